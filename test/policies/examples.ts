/** Texts that a simple pattern describes: each of its alternatives once, and each part that may be missing, with and without. Classes of characters are one sign. */
export function examples(pattern: RegExp): readonly string[] {
  const plain = pattern.source
    .replace(/^\^|\$$/g, "")
    .replace(/\[a-z\]\{2\}/g, "zz")
    .replace(/\[a-z0-9-\]\+/g, "eu-1")
    .replace(/\[a-z-\]\*/g, "-a")
    .replace(/\\w\+/g, "a")
    .replace(/\\d\+/g, "1")
    .replace(/\\/g, "")
    .replace(/^\./, "a.");
  return [...new Set(written(plain))];
}

/** Alternatives of a text with groups: `a(b|c)?` is `a`, `ab` and `ac`. */
function written(text: string): readonly string[] {
  const [, before = "", inside, missing, after = ""] = /^(.*?)\(([^()]*)\)(\??)(.*)$/.exec(text) ?? [];
  if (inside === undefined) return text.split("|");
  const parts = [...inside.split("|"), ...(missing === "?" ? [""] : [])];
  return parts.flatMap((part) => written(before + part + after));
}
