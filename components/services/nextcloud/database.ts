import { databaseLimits } from "../../core/connections";

/** Variables by which libpq finds limits: PHP builds its connection string itself and has no place for them. */
export const limitsVariables = (folder: string): { readonly PGSERVICEFILE: string; readonly PGSERVICE: string } => ({
  PGSERVICEFILE: `${folder}/${limitsFile}`,
  PGSERVICE: service,
});

/** Name of the file of limits. */
export const limitsFile = "pg_service.conf";

const service = "hub";

/**
 * The file of limits: a service of libpq's that says nothing else. That a connection is waited for is said by PHP's connection string, which counts more: for 30 seconds
 * at most (PDO::ATTR_TIMEOUT).
 */
export const limitsText = (): string =>
  [
    `[${service}]`,
    ...Object.entries(databaseLimits)
      .filter(([key]) => key !== "connect_timeout")
      .map(([key, value]) => `${key}=${value}`),
    "",
  ].join("\n");
