/** One element of a DER encoding (X.690): a tag and what is in it. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** The element as it is encoded, header included. */
  readonly encoded: Buffer;
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  identifier: 0x06,
  utf8: 0x0c,
  ia5: 0x16,
  utcTime: 0x17,
  generalTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const hex = size.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => element(tags.sequence, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => element(tags.set, ...parts);
export const octets = (content: Buffer): Buffer => element(tags.octetString, content);
export const bits = (content: Buffer, unused = 0): Buffer => element(tags.bitString, Buffer.from([unused]), content);
export const yes = element(tags.boolean, Buffer.from([0xff]));
/** Context-specific, constructed. */
export const tagged = (n: number, ...parts: readonly Buffer[]): Buffer => element(0xa0 | n, ...parts);
/** Context-specific, primitive. */
export const implicit = (n: number, content: Buffer): Buffer => element(0x80 | n, content);

/** A positive whole number; bytes with the highest bit set get a zero in front. */
export function integer(value: Buffer | number): Buffer {
  const bytes = typeof value === "number" ? Buffer.from([value]) : value;
  const first = bytes.findIndex((byte) => byte !== 0);
  const plain = bytes.subarray(first < 0 ? bytes.length - 1 : first);
  return element(tags.integer, (plain[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), plain]) : plain);
}

export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(tags.identifier, Buffer.from(bytes));
}

/** Times until 2049 have the short form, as RFC 5280 demands. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050
    ? element(tags.utcTime, Buffer.from(text.slice(2)))
    : element(tags.generalTime, Buffer.from(text));
}

/** The elements that a constructed element consists of. @throws RangeError when the bytes are no DER. */
export function elements(content: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length;) {
    const one = read(content.subarray(at));
    found.push(one);
    at += one.encoded.length;
  }
  return found;
}

export function read(bytes: Buffer): Element {
  const [tag = 0, first = 0] = bytes;
  const extra = first & 0x80 ? first & 0x7f : 0;
  const size = extra === 0 ? first : Number.parseInt(bytes.subarray(2, 2 + extra).toString("hex") || "0", 16);
  const start = 2 + extra;
  if (bytes.length < start + size)
    throw new RangeError(`expected ${size} bytes of an element, got ${bytes.length - start}; the encoding is cut off`);
  return { tag, content: bytes.subarray(start, start + size), encoded: bytes.subarray(0, start + size) };
}

export function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The bytes in a PEM block of that label. @throws RangeError when the text has none. */
export function unpem(label: string, text: string): Buffer {
  const body = new RegExp(`-----BEGIN ${label}-----([^-]+)-----END ${label}-----`).exec(text)?.[1];
  if (body === undefined) throw new RangeError(`expected a PEM block "${label}", got none; hand over the whole text`);
  return Buffer.from(body.replace(/\s/g, ""), "base64");
}
