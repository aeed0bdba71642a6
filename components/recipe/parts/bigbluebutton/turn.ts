import { invalid, validate } from "../../../core/errors";
import { xmlAttribute } from "./xml";

/** STUN and TURN servers that browsers are told. */
export interface RelaySettings {
  /** The deployment's own: "stun:turn.example.ch:3478". */
  readonly stun: readonly string[];
  /** The deployment's own: "turns:turn.example.ch:443?transport=tcp". */
  readonly turn: readonly string[];
  /** The secret that the TURN servers check credentials with. */
  readonly secret: string;
  /** Seconds that a credential counts. It has to outlive the longest meeting: a browser is given it once. */
  readonly credentialSeconds: number;
}

/**
 * The beans of `/etc/bigbluebutton/turn-stun-servers.xml`, which replace upstream's whole: its own list has FreeSWITCH's public STUN server.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path, beans, their classes and arguments (secret, address, seconds); the sets of `stunTurnService` | mod/bbb-web/turn-stun-servers.xml, mod/bbb-web/entrypoint.sh | bigbluebutton/docker f6e71fc, for 3.0.4 |
 * | the same | templates/bbb-config/bigbluebutton/turn-stun-servers.xml.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 * | upstream's list has `stun:stun.freeswitch.org` | bigbluebutton-web/grails-app/conf/spring/turn-stun-servers.xml | bigbluebutton/bigbluebutton 020df250 |
 *
 * @throws RangeError with everything that is no address of a server.
 */
export function turnStunServers({ stun, turn, secret, credentialSeconds }: RelaySettings): string {
  validate({
    stun: () => addresses(stun, /^stuns?:[a-z0-9.-]+(:\d+)?$/, "stun:turn.example.ch:3478"),
    turn: () => addresses(turn, /^turns?:[a-z0-9.-]+(:\d+)?(\?transport=(udp|tcp))?$/, "turn:turn.example.ch:3478"),
  });
  const reference = (kind: string) => (_: string, i: number) => `        <ref bean="${kind}${i + 1}"/>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<beans xmlns="http://www.springframework.org/schema/beans"',
    '    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    '    xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans-2.5.xsd">',
    ...stun.flatMap((address, i) => bean(`stun${i + 1}`, "StunServer", [address])),
    ...turn.flatMap((address, i) => bean(`turn${i + 1}`, "TurnServer", [secret, address, String(credentialSeconds)])),
    '  <bean id="stunTurnService" class="org.bigbluebutton.web.services.turn.StunTurnService">',
    '    <property name="stunServers"><set>',
    ...stun.map(reference("stun")),
    "    </set></property>",
    '    <property name="turnServers"><set>',
    ...turn.map(reference("turn")),
    "    </set></property>",
    '    <property name="remoteIceCandidates"><set></set></property>',
    "  </bean>",
    "</beans>",
    "",
  ].join("\n");
}

function addresses(given: readonly string[], pattern: RegExp, example: string): void {
  const wrong = given.find((address) => !pattern.test(address));
  if (given.length === 0 || wrong !== undefined)
    throw invalid("addresses of the deployment's own servers", wrong, `give some like "${example}"`);
}

const bean = (id: string, kind: string, values: readonly string[]): readonly string[] => [
  `  <bean id="${id}" class="org.bigbluebutton.web.services.turn.${kind}">`,
  ...values.map((value, i) => `    <constructor-arg index="${i}" value="${xmlAttribute(value)}"/>`),
  "  </bean>",
];
