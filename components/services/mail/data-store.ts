import { inFile } from "./objects";
import { folders, secretFiles } from "./settings";

/** Database of the servers, which has what they are told: the one file that it reads from disk (`DataStore`). */
export const dataStore = (
  database: { readonly host: string; readonly port: number; readonly name: string; readonly user: string },
  most: number,
): string =>
  `${JSON.stringify(
    {
      "@type": "PostgreSql",
      host: database.host,
      port: database.port,
      database: database.name,
      authUsername: database.user,
      authSecret: inFile(`${folders.secrets}/${secretFiles.database}`),
      useTls: true,
      allowInvalidCerts: false,
      poolMaxConnections: most,
      timeout: 15_000,
    },
    null,
    2,
  )}\n`;
