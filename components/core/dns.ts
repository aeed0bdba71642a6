import { ipAddress, ipv4Address } from "./cidr";
import { validate, invalid, tryParse } from "./errors";
import { quotedStrings, textStrings } from "./dns-text";

/** Types of records that zones may have; which of them a cloud's zones take, the cloud says. */
export const recordTypes = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NS",
  "PTR",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
] as const;

export type RecordType = (typeof recordTypes)[number];

/** The root, where it stands for "none": no mail, no such service. */
export const root = ".";

/** A reader of one value: returns the form that is handed to clouds, undefined for a malformed one. */
type Reader = (value: string) => string | undefined;

/**
 * The value of a record in one form: names in lower case and without a final dot, numbers without leading zeros, one space between fields.
 *
 * | type | form | source |
 * |---|---|---|
 * | A, AAAA | an address | RFC 1035, RFC 3596 |
 * | CAA | flags, property, value in quotes or as one word | RFC 8659, 4.1 |
 * | CNAME, PTR, HTTPS, SVCB | a domain name, which may have labels of any kind, underscores included | RFC 2181, 11; RFC 9460 |
 * | NS, MX, SRV | the name of a host: letters, digits, inner hyphens | RFC 1123, 2.1; RFC 2181, 10.3; RFC 2782 |
 * | MX "0 ." | takes no mail; the only one of its name | RFC 7505 |
 * | SRV "… ." | there is no such service | RFC 2782 |
 * | DS, TLSA, SSHFP | numbers and a digest whose length fits its kind | RFC 4034 and 4509 and 6605; RFC 6698; RFC 4255 and 6594 |
 * | TXT | the text itself, or quoted strings as in a zone file | RFC 1035, 5.1 |
 *
 * A name of one label ("web") is refused: it would nearly always be meant inside the zone.
 *
 * @throws RangeError for a value that is malformed.
 */
export function recordValue(type: RecordType, value: unknown): string {
  const [expected, read] = readers[type];
  const found = typeof value === "string" ? read(value.trim()) : undefined;
  if (found === undefined) throw invalid(`${expected} in a ${type} record`, value, "change it");
  return found;
}

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const hostLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A complete name in lower case, without its final dot. */
function nameOf(value: string, pattern: RegExp): string | undefined {
  const name = value.replace(/\.$/, "").toLowerCase();
  const labels = name.split(".");
  const valid =
    labels.length > 1 &&
    name.length <= 253 &&
    labels.every((part) => pattern.test(part)) &&
    // What ends in a number is an address, or part of one.
    !/^\d+$/.test(labels.at(-1) ?? "");
  return valid ? name : undefined;
}

const domain: Reader = (value) => nameOf(value, label);
const host: Reader = (value) => nameOf(value, hostLabel);
const hostOrRoot: Reader = (value) => (value === root ? root : host(value));
const domainOrRoot: Reader = (value) => (value === root ? root : domain(value));

const address6: Reader = (value) => {
  const address = tryParse(() => ipAddress(value));
  return address?.includes(":") === true ? address : undefined;
};

/** A number of so many bits. */
const number =
  (bits: 8 | 16): Reader =>
  (value) =>
    /^\d{1,5}$/.test(value) && Number(value) < 2 ** bits ? String(Number(value)) : undefined;

/** Fields that are set apart by spaces; the last takes the rest. */
const fields =
  (...readers: readonly Reader[]): Reader =>
  (value) => {
    const parts = value.split(/[ \t]+/);
    const given = [...parts.slice(0, readers.length - 1), parts.slice(readers.length - 1).join(" ")];
    const read = readers.map((reader, i) => reader(given[i] ?? ""));
    return read.includes(undefined) ? undefined : read.join(" ");
  };

/** Numbers of 8 bits (the first of `DS` of 16) before a digest, whose kind fixes how many digits it has; a kind that is not listed has any. */
const digest =
  (numbers: readonly (8 | 16)[], digits: Readonly<Record<string, number>>): Reader =>
  (value) => {
    const read = fields(...numbers.map(number), (hex) => {
      const plain = hex.replace(/ /g, "").toLowerCase();
      return /^([0-9a-f]{2})+$/.test(plain) ? plain : undefined;
    })(value);
    const parts = read?.split(" ") ?? [];
    const length = digits[parts[numbers.length - 1] ?? ""];
    return length === undefined || parts.at(-1)?.length === length ? read : undefined;
  };

/** RFC 8659: a value without quotes is one word in which nothing begins a comment. */
const authority: Reader = (value) => {
  const [, flags = "", tag = "", rest = ""] = /^(\d+)[ \t]+([a-zA-Z0-9]{1,15})[ \t]+(\S.*)$/.exec(value) ?? [];
  const word = /^[^\s"\\;()]+$/.test(rest) ? [rest] : quotedStrings(rest);
  const read = number(8)(flags);
  return read === undefined || word?.length !== 1
    ? undefined
    : `${read} ${tag.toLowerCase()} "${(word[0] ?? "").replace(/["\\]/g, "\\$&")}"`;
};

/** RFC 9460: a priority, a target, and parameters, each key once; one of priority 0 is an alias and has none. */
const service: Reader = (value) => {
  const [priority = "", target = "", ...rest] = value.split(/[ \t]+/);
  const [read, name] = [number(16)(priority), domainOrRoot(target)];
  const keys = rest.map((parameter) => parameter.split("=")[0] ?? "");
  const valid =
    read !== undefined &&
    name !== undefined &&
    (read !== "0" || rest.length === 0) &&
    new Set(keys).size === keys.length &&
    rest.every(parameterFits);
  return valid ? [read, name, ...rest].join(" ") : undefined;
};

function parameterFits(text: string): boolean {
  const [, key = "", quoted, plain] = /^([a-z0-9-]{1,63})(?:=(?:"([^"\\]*)"|([^"\\\s]*)))?$/.exec(text) ?? [];
  const value = quoted ?? plain;
  const list = (value ?? "").split(",");
  switch (key) {
    case "":
      return false;
    case "port":
      return number(16)(value ?? "") !== undefined;
    case "ipv4hint":
      return list.every((part) => tryParse(() => ipv4Address(part)) !== undefined);
    case "ipv6hint":
      return list.every((part) => address6(part) !== undefined);
    case "no-default-alpn":
      return value === undefined;
    default:
      return value === undefined ? /^key\d{1,5}$/.test(key) : value !== "";
  }
}

/** RFC 7505: preference 0 and the root. */
const mail: Reader = (value) => {
  const read = fields(number(16), hostOrRoot)(value);
  return read?.endsWith(` ${root}`) === true && read !== `0 ${root}` ? undefined : read;
};

const texts: Reader = (value) => (textStrings(value) === undefined ? undefined : value);

const readers: Readonly<Record<RecordType, readonly [expected: string, read: Reader]>> = {
  A: ["an IPv4 address", (value) => tryParse(() => ipv4Address(value))],
  AAAA: ["an IPv6 address", address6],
  CAA: ['a value like 0 issue "ca.example.ch"', authority],
  CNAME: ['a complete domain name like "web.example.ch"', domain],
  DS: ['a value like "60485 5 2 D4B7…"', digest([16, 8, 8], { "1": 40, "2": 64, "4": 96 })],
  HTTPS: ['a value like "1 . alpn=h2"', service],
  MX: ['"0 ." (no mail) or a value like "10 mail.example.ch"', mail],
  NS: ['a complete host name like "ns1.example.ch"', host],
  PTR: ['a complete domain name like "host.example.ch"', domain],
  SRV: ['a value like "10 5 5061 sip.example.ch"', fields(number(16), number(16), number(16), hostOrRoot)],
  SSHFP: ['a value like "4 2 123456…"', digest([8, 8], { "1": 40, "2": 64 })],
  SVCB: ['a value like "1 svc.example.ch port=8443"', service],
  TLSA: ['a value like "3 1 1 D4B7…"', digest([8, 8, 8], { "1": 64, "2": 128 })],
  TXT: ["a text of printable ASCII characters, or quoted strings of at most 255", texts],
};

/** A name inside a zone in lower case; `@` for the zone itself, a star first for every name that there is not. @throws RangeError for anything else. */
export function recordName(value: unknown, zone: string | undefined): string {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  const valid = name === "@" || name.split(".").every((part, i) => (part === "*" && i === 0) || label.test(part));
  if (!valid) throw invalid("a name inside the zone", value, 'give one like "meet", or "@" for the zone');
  const whole = `${name}.${zone ?? ""}`;
  if (whole.length > 253)
    throw invalid("at most 253 characters together with the zone", `${whole.length}`, "shorten the name");
  return name;
}

/** Checks the values of one record together. @throws RangeError for values that exclude each other. */
export function checkTogether(type: RecordType, values: readonly string[]): void {
  validate({
    values: () => {
      const twice = values.find((value, i) => values.indexOf(value) !== i);
      if (twice !== undefined) throw invalid("each value once", twice, "remove one");
      if (type === "MX" && values.length > 1 && values.includes(`0 ${root}`))
        throw invalid('"0 ." alone, since it says that there is no mail', values, "remove it, or all others");
    },
  });
}
