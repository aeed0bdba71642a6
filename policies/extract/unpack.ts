import { gunzipSync } from "node:zlib";

/** Characters that a packed text may grow to; a larger one is not read, which is said. */
export const largest = 512 * 1024;

/** A packed text that is too large to be read. */
export const tooLarge: unique symbol = Symbol("too large to be read");

/**
 * Text inside base64 (padded or not, also in the alphabet of URLs) or gzip; undefined when the text is neither.
 *
 * @param certain true where the place says that it is base64: then a short one is taken as well, and so is one that looks like a word.
 */
export function unpack(text: string, certain = false): string | typeof tooLarge | undefined {
  if (text.length < (certain ? 2 : 16) || text.length > 4 * largest || !/^[A-Za-z0-9+/_-]/.test(text)) return undefined;
  const dense = text.replace(/\s+/g, "");
  const body = /^([A-Za-z0-9+/_-]+)={0,2}$/.exec(dense)?.[1];
  if (body === undefined || body.length % 4 === 1) return undefined;
  const bytes = Buffer.from(body, "base64");
  // No text begins with the first byte of gzip.
  const plain = bytes[0] === 0x1f ? inflated(bytes) : printable(bytes);
  // A short word decodes to something now and then; what matters in so short a text is a host or a command.
  return certain || dense.length >= 24 || /^(?=[^]*[./])[\x20-\x7e\n]+$/.test(String(plain)) ? plain : undefined;
}

function inflated(bytes: Buffer): string | typeof tooLarge | undefined {
  try {
    return printable(gunzipSync(bytes, { maxOutputLength: largest }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge : undefined;
  }
}

/** Text that bytes hold; undefined when they are no text. A long word is not mistaken for base64, since its bytes are no text. */
function printable(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") || /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
}

/** Base64 of at least this length inside a longer text is read too: `echo … | base64 -d | sh`. */
const embedded = /[A-Za-z0-9+/]{24,}={0,2}/g;

/** Shorter ones, where the text says that it has some. */
const announced = /\b(base64|atob|b64decode|b64dec|Base64)\b/;
const shorter = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{12,}={0,2}/g;

/** Texts that stand as base64 inside a longer text. */
export function embeddedIn(text: string): readonly (string | typeof tooLarge)[] {
  if (text.length < 24) return [];
  const hex = /xxd|unhex|fromhex|\bhex\b/i.test(text) ? [...text.matchAll(/\b(?:[2-7][0-9a-f]){12,}\b/gi)] : [];
  const data = [...text.matchAll(/\bdata:[\w/+.-]*(?:;[\w=-]+)*,([^\s"'<>]{12,})/g)].map(([, plain = ""]) =>
    percented(plain),
  );
  const base32 = text.includes("base32")
    ? [...text.matchAll(/\b[A-Z2-7]{16,}={0,6}/g)].map(([token]) => ofBase32(token))
    : [];
  return [...base32, ...hex.map(([token]) => Buffer.from(token, "hex").toString("latin1")), ...data, ...coded(text)];
}

/** Text of base32 (RFC 4648, section 6). */
function ofBase32(token: string): string {
  const bits = [...token.replace(/=+$/, "")]
    .map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0"))
    .join("");
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join("");
}

/** Text of a URL that holds what it names. */
const percented = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

function coded(text: string): readonly (string | typeof tooLarge)[] {
  return [...text.matchAll(announced.test(text) ? shorter : embedded)].flatMap(([token]) => {
    const plain = unpack(token);
    return plain === undefined ? [] : [plain];
  });
}

/**
 * Parts of a MIME message as cloud-init takes it, each decoded; empty when the text is none. Lines are boundaries and headers where Python's parser takes them
 * for that (CPython 3.11 Lib/email/feedparser.py, `headerRE` and `boundaryre`): a part may have no headers, and what looks like no header begins its body.
 */
export function mimeParts(text: string): readonly string[] {
  const [, inQuotes, bare] =
    /^content-type:[^\n]{0,200}(?:\n[ \t][^\n]{0,200})?boundary=(?:"([^"\n]{1,70})"|([^"\s;]{1,70}))/im.exec(
      text.slice(0, 4096),
    ) ?? [];
  const boundary = inQuotes ?? bare;
  if (boundary === undefined) return [];
  const parts: string[][] = [];
  for (const line of text.split(/\r\n?|\n/)) {
    const sign = line.replace(/[ \t]+$/, "");
    if (sign === `--${boundary}--`) break;
    if (sign === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map(decoded).filter((body) => body.trim() !== "");
}

/** Body of a part. A blank line behind the headers belongs to neither. */
function decoded(part: readonly string[]): string {
  const lines = [...part, ""];
  const end = lines.findIndex((line) => !/^([!-9;-~]*:|[ \t])/.test(line));
  const headers = lines.slice(0, end).join("\n");
  const body = lines.slice(lines[end] === "" ? end + 1 : end).join("\n");
  const coded = /^content-transfer-encoding:[ \t]*(\S+)/im.exec(headers)?.[1]?.toLowerCase();
  if (coded === "quoted-printable") return quoted(body);
  const plain = coded === "base64" ? unpack(body.trim(), true) : undefined;
  return typeof plain === "string" ? plain : body;
}

const quoted = (text: string): string =>
  text
    .replace(/=\n/g, "")
    .replace(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
