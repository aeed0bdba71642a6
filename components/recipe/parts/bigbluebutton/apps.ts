import { invalid } from "../../../core/errors";
import { leastSecret } from "./freeswitch";

/** Settings of the programs behind the web application. */
export interface AppsSettings {
  /** Name of the server. */
  readonly host: string;
  /** The secret of the server's API. */
  readonly sharedSecret: string;
}

/**
 * Overrides for `/etc/bigbluebutton/bbb-apps-akka.conf`, whose format has JSON's texts: the address and the secret of the server's own API, in place of those that the
 * packages write at installation.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path, the include, `services.bbbWebAPI` and `services.sharedSecret` | templates/bbb-config/bigbluebutton/bbb-apps-akka.conf.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 */
export const appsOverrides = ({ host, sharedSecret }: AppsSettings): string => {
  if (sharedSecret.length < leastSecret)
    throw invalid(
      `a secret of at least ${leastSecret} characters`,
      `${sharedSecret.length} characters`,
      "take a random one",
    );
  return [
    'include "/usr/share/bbb-apps-akka/conf/application.conf"',
    "services {",
    `  bbbWebAPI = ${JSON.stringify(`https://${host}/bigbluebutton/api`)}`,
    `  sharedSecret = ${JSON.stringify(sharedSecret)}`,
    "}",
    "",
  ].join("\n");
};
