import { invalid } from "../../../core/errors";
import { xmlAttribute } from "./xml";

/**
 * FreeSWITCH's event socket, `/opt/freeswitch/etc/freeswitch/autoload_configs/event_socket.conf.xml`: whoever speaks to it commands FreeSWITCH. It answers on the
 * server itself only, and to a password of the deployment's.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path; `listen-ip` and `password` are what a server has to change | tasks/configure-freeswitch.yml | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 * | the settings and their names | mod/freeswitch/conf/autoload_configs/event_socket.conf.xml | bigbluebutton/docker f6e71fc, for 3.0.4 |
 * | who reads the same password: bbb-fsesl-akka (`freeswitch.esl.password`) and the SFU (`freeswitch.esl_password`) | templates/bbb-config/bigbluebutton/bbb-fsesl-akka.conf.j2, bbb-webrtc-sfu/production.yml.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 * | `loopback.auto` is a list of FreeSWITCH's own, and "ClueCon" the password in its example | event_socket.conf.xml of FreeSWITCH's example configuration | read 2026-11-29 in copies, revision not shown |
 */
export function eventSocket(password: string): string {
  const settings = {
    "nat-map": "false",
    "listen-ip": "127.0.0.1",
    "listen-port": "8021",
    password: eventSocketPassword(password),
    "apply-inbound-acl": "loopback.auto",
  };
  return [
    '<configuration name="event_socket.conf" description="Socket Client">',
    "  <settings>",
    ...Object.entries(settings).map(([name, value]) => `    <param name="${name}" value="${xmlAttribute(value)}"/>`),
    "  </settings>",
    "</configuration>",
    "",
  ].join("\n");
}

/** Overrides of `/etc/bigbluebutton/bbb-fsesl-akka.conf`, whose format has JSON's texts. */
export const eventSocketClient = (password: string): string =>
  [
    'include "/usr/share/bbb-fsesl-akka/conf/application.conf"',
    "freeswitch {",
    "  esl {",
    `    password = ${JSON.stringify(eventSocketPassword(password))}`,
    "  }",
    "}",
    "",
  ].join("\n");

/** Characters of a secret that nobody guesses, at least. Those that a deployment makes have 48. */
export const leastSecret = 20;

/** @throws RangeError for one that could be guessed. */
export function eventSocketPassword(password: string): string {
  if (password.length < leastSecret)
    throw invalid(
      `a password of at least ${leastSecret} characters for FreeSWITCH's event socket`,
      `${password.length}`,
      "take a random one: upstream's is known to everybody",
    );
  return password;
}
