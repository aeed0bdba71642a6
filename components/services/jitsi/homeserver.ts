import type * as pulumi from "@pulumi/pulumi";
import { type Reachable, reachableKeys } from "../../core/connections";
import { type Keys, knownKeys, validate } from "../../core/errors";
import { linkEnd } from "../../core/link";
import { domainName } from "../../core/names";
import { integerInRange } from "../../core/numbers";
import { list, record } from "../../core/shapes";
import { ipAddress } from "../../core/cidr";

/** A Matrix homeserver that says who its people are. Its plan has `jitsiTokens: true`. */
export interface Homeserver extends Reachable {
  /** Part of its people's names after the colon. */
  readonly serverName: string;
  /** Host name that it answers at: `chat.crisis.example.ch`. */
  readonly domain: string;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
  /** Addresses at which pods find the name, where it is on the same platform: the gateways'. @default - the resolver's */
  readonly addresses?: readonly string[];
}

const homeserverKeys: Keys<Homeserver> = {
  ...reachableKeys,
  serverName: true,
  domain: true,
  ca: true,
  addresses: true,
};

/** Reads a homeserver. @throws RangeError with every problem. */
export function givenHomeserver(value: Homeserver): Homeserver {
  const example = '{ serverName: "chat.example.ch", domain: "chat.example.ch", peer, port: 443 }';
  const given = knownKeys(record(value, "a homeserver", example) as Homeserver, homeserverKeys);
  const { addresses, ...read } = validate({
    serverName: () => domainName(given.serverName),
    domain: () => domainName(given.domain),
    port: () => integerInRange(given.port, "a port", 1, 65_535),
    peer: () => linkEnd(given.peer),
    addresses: () =>
      given.addresses === undefined ? [] : list(given.addresses, "addresses", '["10.20.0.2"]', ipAddress),
  });
  return { ...given, ...read, ...(addresses.length === 0 ? {} : { addresses }) };
}
