/** Texts in zones: RFC 1035, 5.1. Both forms are taken: the text itself, and quoted strings as a zone file has them. */

/** Maximum length of one string (RFC 1035, 3.3), and of all strings of a record. */
const longest = 255;
const most = Math.floor(65_535 / (longest + 1)) * longest;

const printable = /^[\x20-\x7e]+$/;

/** Quoted strings, set apart by spaces, without their quotes and escapes; undefined for anything else. */
export function quotedStrings(text: string): readonly string[] | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:[ \t]+"(?:[^"\\]|\\.)*")*$/.test(text)) return undefined;
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner = ""]) =>
    // `\DDD` is a character by its number, any other character after a backslash is itself.
    inner.replace(/\\(\d{3}|.)/g, (_, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
    ),
  );
}

/**
 * The strings of a text record, at most 255 characters each. A text that begins and ends with quotes is read as a zone file's; whoever wants quotes around
 * a text writes them inside such ones: `"\"so\""`. Undefined for what is neither, is empty, or goes beyond printable ASCII: how the clouds' APIs take
 * other characters is not known.
 */
export function textStrings(text: string): readonly string[] | undefined {
  if (text.startsWith('"') && text.endsWith('"')) {
    const strings = quotedStrings(text);
    const fits = strings?.every((part) => part.length <= longest && (part === "" || printable.test(part)));
    return fits === true && strings?.some((part) => part !== "") === true ? strings : undefined;
  }
  if (!printable.test(text) || text.length > most) return undefined;
  return text.match(new RegExp(`.{1,${longest}}`, "g")) ?? undefined;
}

/** Strings as a zone file has them. */
export const quoted = (strings: readonly string[]): string =>
  strings.map((part) => `"${part.replace(/["\\]/g, "\\$&")}"`).join(" ");
