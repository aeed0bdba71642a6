import type { Outside } from "../../core/link";
import { Cidr, ipAddress } from "../../core/cidr";
import { invalid, validate } from "../../core/errors";
import { type Isolated } from "../../core/isolation";
import { domainName } from "../../core/names";
import { integerInRange } from "../../core/numbers";
import { readSecret } from "../../core/secret";
import { list, record, text } from "../../core/shapes";
import type { Directory } from "./args";
import type { DirectorySettings } from "./directory";

/** A directory that was read: what the realm is told of it, and the way to it. */
export interface ReadDirectory {
  readonly settings: DirectorySettings;
  readonly host: string;
  readonly addresses: readonly string[];
  readonly peer: Outside;
  readonly port: number;
}

/** Ranges of private networks (RFC 1918, RFC 4193). */
const inside = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map((range) => Cidr.parse(range));

const example = '{ host: "directory.example.ch", addresses: ["10.20.0.50"], bindDn, bindPassword, usersDn, ca }';

/** Reads a directory. @throws RangeError with every problem, an address of an isolated system among them. */
export function readDirectory(value: Directory, isolatedFrom: readonly Isolated[]): ReadDirectory {
  const given = record(value, "a directory", example);
  const { port = 636, usernameAttribute = "uid", idAttribute = "entryUUID", objectClasses = ["inetOrgPerson"] } = given;
  const valid = validate({
    host: () => domainName(given.host),
    addresses: () => {
      const all = list(given.addresses, "addresses of the directory", '["10.20.0.50"]', (one) =>
        own(one, isolatedFrom),
      );
      if (all.length === 0)
        throw invalid("at least one address of the directory", given.addresses, "give its private one");
      return all;
    },
    port: () => integerInRange(port, "a port for LDAP over TLS", 1, 65_535),
    bindDn: () => distinguished(given.bindDn, "the name that the service reads it under"),
    bindPassword: () => readSecret(given.bindPassword),
    usersDn: () => distinguished(given.usersDn, "the part of the tree with the people"),
    usernameAttribute: () => attribute(usernameAttribute),
    idAttribute: () => attribute(idAttribute),
    objectClasses: () => list(objectClasses, "classes of a person's entry", '["inetOrgPerson"]', attribute),
    ca: () => text(given.ca, "a certificate in PEM", "give that of the authority that issued the directory's"),
  });
  const ranges = valid.addresses.map((address) => `${address}/${address.includes(":") ? 128 : 32}`);
  const { bindDn, usersDn, usernameAttribute: username, idAttribute: id, objectClasses: classes } = valid;
  return {
    settings: {
      url: `ldaps://${valid.host}:${valid.port}`,
      bindDn,
      usersDn,
      usernameAttribute: username,
      idAttribute: id,
      objectClasses: classes,
    },
    host: valid.host,
    addresses: valid.addresses,
    peer: { name: "directory", ranges },
    port: valid.port,
  };
}

/** @throws RangeError for an address of an isolated system, and for one outside. */
function own(value: string, isolatedFrom: readonly Isolated[]): string {
  const address = ipAddress(value);
  const system = isolatedFrom.find(({ ranges }) => ranges.some((range) => Cidr.parse(range).contains(address)));
  if (system !== undefined)
    throw invalid(
      `a directory apart from "${system.name}", which this network is isolated from`,
      value,
      "leave the directory out, and plan breakGlass accounts: whoever holds an isolated system must not open doors here",
    );
  if (!inside.some((range) => range.contains(address)))
    throw invalid("an address inside the network", value, "give the directory's private address");
  return address;
}

function distinguished(value: unknown, what: string): string {
  if (typeof value !== "string" || !/^[A-Za-z][\w-]*=[^\p{C}]{1,500}$/u.test(value))
    throw invalid(`${what} as a distinguished name`, value, 'give one like "ou=people,dc=example,dc=ch"');
  return value;
}

function attribute(value: unknown): string {
  if (typeof value !== "string" || !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(value))
    throw invalid("the name of an attribute or class", value, 'give one like "uid"');
  return value;
}
