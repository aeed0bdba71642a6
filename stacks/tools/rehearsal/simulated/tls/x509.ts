import { createHash, createPublicKey, KeyObject, randomBytes, sign } from "node:crypto";
import ipaddr from "ipaddr.js";
import { ProviderError } from "../kind";
import { flag, isList, list, number, object, own, Properties, text } from "../values";
import {
  bits,
  element,
  elements,
  identifier,
  implicit,
  integer,
  octets,
  pem,
  read,
  sequence,
  set,
  tagged,
  tags,
  time,
  unpem,
  yes,
} from "./der";
import { extendedUsages, keyUsages } from "./usages";

const names: readonly (readonly [property: string, identifier: string])[] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

const extensionRequest = "1.2.840.113549.1.9.14";
const alternativeNames = "2.5.29.17";

/** Subject, public key and alternative names of a certificate. */
export interface Holder {
  readonly subject: Buffer;
  /** The public key, encoded (SubjectPublicKeyInfo). */
  readonly publicKey: Buffer;
  /** Extension with the alternative names, encoded. */
  readonly alternatives: Buffer | undefined;
}

export interface Issuer {
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly keyIdentifier: Buffer | undefined;
}

export interface Issued {
  readonly id: string;
  readonly pem: string;
  readonly from: Date;
  readonly until: Date;
}

/** Subject of a self-signed certificate: the names come from the resource's inputs. */
export function holderOf(inputs: Properties, key: KeyObject): Holder {
  return { subject: subjectOf(object(inputs, "subject")), publicKey: spki(key), alternatives: alternativesOf(inputs) };
}

/** A certificate request (PKCS#10) that the key itself signs. */
export function request(holder: Holder, key: KeyObject): string {
  const wanted =
    holder.alternatives === undefined
      ? []
      : [sequence(identifier(extensionRequest), set(sequence(holder.alternatives)))];
  const body = sequence(integer(0), holder.subject, holder.publicKey, tagged(0, ...wanted));
  return pem("CERTIFICATE REQUEST", signed(body, key));
}

/** Subject of a certificate request. @throws ProviderError when it is none. */
export function holderOfRequest(text: string): Holder {
  try {
    const [body] = elements(read(unpem("CERTIFICATE REQUEST", text)).content);
    const [, subject, publicKey, attributes] = elements(body?.content ?? Buffer.alloc(0));
    if (subject === undefined || publicKey === undefined)
      throw new RangeError("expected a subject and a key, got neither; make a new request");
    return {
      subject: subject.encoded,
      publicKey: publicKey.encoded,
      alternatives: alternativesIn(attributes?.content ?? Buffer.alloc(0)),
    };
  } catch (error) {
    throw new ProviderError(`Failed to parse certificate request: ${(error as Error).message}`);
  }
}

function alternativesIn(attributes: Buffer): Buffer | undefined {
  for (const attribute of elements(attributes)) {
    const [kind, values] = elements(attribute.content);
    if (kind === undefined || values === undefined || !kind.encoded.equals(identifier(extensionRequest))) continue;
    for (const extensions of elements(values.content))
      for (const extension of elements(extensions.content))
        if (elements(extension.content)[0]?.encoded.equals(identifier(alternativeNames)) === true)
          return extension.encoded;
  }
  return undefined;
}

/** The issuer with a certificate and its key. @throws ProviderError when the text is no certificate. */
export function issuerOf(certificate: string, key: KeyObject): Issuer {
  try {
    const [body] = elements(read(unpem("CERTIFICATE", certificate)).content);
    const fields = elements(body?.content ?? Buffer.alloc(0));
    const subject = fields[5];
    if (subject === undefined) throw new RangeError("expected a subject, got none; make a new certificate");
    return { subject: subject.encoded, key, keyIdentifier: keyIdentifier(key) };
  } catch (error) {
    throw new ProviderError(`Failed to parse CA certificate: ${(error as Error).message}`);
  }
}

/** Issues a certificate; usage, validity and the rest come from the resource's inputs. */
export function certificate(holder: Holder, issuer: Issuer, inputs: Properties): Issued {
  const from = new Date(Math.floor(Date.now() / 1000) * 1000);
  const until = new Date(from.getTime() + (number(inputs, "validityPeriodHours") ?? 0) * 3_600_000);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const isAuthority = flag(inputs, "isCaCertificate");
  if (isAuthority && elements(read(holder.subject).content).length === 0)
    throw new ProviderError(
      "Invalid Certificate Subject: must contain at least one Distinguished Name when creating Certificate Authority (CA)",
    );
  const body = sequence(
    tagged(0, integer(2)),
    integer(serial),
    algorithm(issuer.key),
    issuer.subject,
    sequence(time(from), time(until)),
    holder.subject,
    holder.publicKey,
    tagged(3, sequence(...extensions(holder, issuer, inputs, isAuthority))),
  );
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    pem: pem("CERTIFICATE", signed(body, issuer.key)),
    from,
    until,
  };
}

function extensions(holder: Holder, issuer: Issuer, inputs: Properties, isAuthority: boolean): readonly Buffer[] {
  const uses = list(inputs, "allowedUses").map(String);
  const depth = number(inputs, "maxPathLength");
  const constraints = isAuthority ? [yes, ...(depth === undefined || depth < 0 ? [] : [integer(depth)])] : [];
  const usage = uses.flatMap((use) => (keyUsages.includes(use) ? [keyUsages.indexOf(use)] : []));
  const extended = uses.flatMap((use) => extendedUsages[use] ?? []);
  const found: (Buffer | undefined)[] = [
    usage.length === 0 ? undefined : extension("2.5.29.15", true, usageBits(usage)),
    extended.length === 0 ? undefined : extension("2.5.29.37", false, sequence(...extended.map(identifier))),
    extension("2.5.29.19", true, sequence(...constraints)),
    isAuthority || flag(inputs, "setSubjectKeyId")
      ? extension("2.5.29.14", false, octets(keyIdentifierOf(holder.publicKey)))
      : undefined,
    issuer.keyIdentifier === undefined
      ? undefined
      : extension("2.5.29.35", false, sequence(implicit(0, issuer.keyIdentifier))),
    holder.alternatives,
  ];
  return found.filter((one) => one !== undefined);
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(identifier(id), ...(critical ? [yes] : []), octets(value));

function usageBits(usage: readonly number[]): Buffer {
  const highest = Math.max(...usage);
  const bytes = Buffer.alloc(Math.floor(highest / 8) + 1);
  for (const bit of usage) bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] ?? 0) | (0x80 >> (bit % 8));
  return bits(bytes, 7 - (highest % 8));
}

function subjectOf(subject: Properties): Buffer {
  const parts = names.flatMap(([property, id]) => {
    const values = isList(own(subject, property)) ? list(subject, property).map(String) : [text(subject, property)];
    return values.flatMap((value) =>
      value === undefined ? [] : [set(sequence(identifier(id), string(property, value)))],
    );
  });
  return sequence(...parts);
}

const string = (property: string, value: string): Buffer =>
  property === "emailAddress" ? element(tags.ia5, Buffer.from(value)) : element(tags.utf8, Buffer.from(value));

function alternativesOf(inputs: Properties): Buffer | undefined {
  const found = [
    ...list(inputs, "dnsNames").map((name) => implicit(2, Buffer.from(String(name)))),
    ...list(inputs, "ipAddresses").map((address) => implicit(7, addressBytes(String(address)))),
    ...list(inputs, "uris").map((uri) => implicit(6, Buffer.from(String(uri)))),
  ];
  return found.length === 0
    ? undefined
    : extension(alternativeNames, own(inputs, "subject") === undefined, sequence(...found));
}

function addressBytes(address: string): Buffer {
  if (!ipaddr.isValid(address)) throw new ProviderError(`Invalid IP address: failed to parse "${address}"`);
  return Buffer.from(ipaddr.parse(address).toByteArray());
}

const spki = (key: KeyObject): Buffer => Buffer.from(createPublicKey(key).export({ type: "spki", format: "der" }));

/** Key identifier in certificates. */
export const keyIdentifier = (key: KeyObject): Buffer => keyIdentifierOf(spki(key));

/** The first method of RFC 5280, section 4.2.1.2: SHA-1 of the key's bits. */
function keyIdentifierOf(publicKey: Buffer): Buffer {
  const [, key] = elements(read(publicKey).content);
  return createHash("sha1")
    .update(key?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

/** Signature algorithms as Go's standard library chooses them for a key. */
function algorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === "rsa") return sequence(identifier("1.2.840.113549.1.1.11"), element(0x05));
  if (key.asymmetricKeyType === "ed25519") return sequence(identifier("1.3.101.112"));
  return sequence(identifier(`1.2.840.10045.4.3.${{ sha256: 2, sha384: 3, sha512: 4 }[hashOf(key)]}`));
}

function hashOf(key: KeyObject): "sha256" | "sha384" | "sha512" {
  if (key.asymmetricKeyDetails?.namedCurve === "secp384r1") return "sha384";
  return key.asymmetricKeyDetails?.namedCurve === "secp521r1" ? "sha512" : "sha256";
}

function signed(body: Buffer, key: KeyObject): Buffer {
  const signature = sign(key.asymmetricKeyType === "ed25519" ? null : hashOf(key), body, key);
  return sequence(body, algorithm(key), bits(signature));
}
