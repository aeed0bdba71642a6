import { namedOnly, publicHalves, secretForms, secretNames } from "../facts/secrets";
import { readableLines } from "./comments";
import { remembering } from "./memo";

/** Words that stand where a secret is put in, or that say whether there is one. */
const placeholder =
  /^[$%{<@&*!]|\$\{|\$\(|\{\{|%\(|^(?:x+|\*+|\.+|-+|_+)$|^(?:true|false|yes|no|on|off|none|null|nil|optional|required|disabled|enabled|auto|generate[d]?|redacted|unset|undefined)$/i;

/** Names of objects, paths and addresses: a secret's place, and no secret. */
const elsewhere = /^(?:\/|\.{1,2}\/|~\/|file:|vault:|env:|ref\+|[a-z][a-z0-9+.-]*:\/\/[^@]*$)/i;

/** True if a value can be the secret itself, and is no placeholder, path or switch. */
export const isLiteral = (value: string): boolean =>
  value.trim() !== "" && !placeholder.test(value.trim()) && !elsewhere.test(value.trim());

/** True if a name says that a secret stands under it. */
export const isSecretName = remembering(
  (name) => secretNames.test(name) && !namedOnly.test(name) && !publicHalves.has(name),
);

/** Bits that each character of a text carries, by its own letters (Shannon). Words have less than 3, random texts of 20 characters more. */
export const entropy = remembering((text): number => {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
});

/** True for a text that nobody writes by hand: long, of letters and digits, and without a pattern. */
export const isRandom = (text: string): boolean =>
  text.length >= 16 && /\d/.test(text) && /[a-z]/i.test(text) && !/\s/.test(text) && entropy(text) >= 3.2;

/** Secrets in a text, by their form. The text itself is in no answer. */
export const secretsIn = remembering((text): readonly string[] => {
  const found = new Set<string>();
  for (const { what, word, pattern } of secretForms) if (text.includes(word) && pattern.test(text)) found.add(what);
  if (text.includes("://") && text.includes("@") && hasLogin(text)) found.add("an address with a password");
  return [...found];
});

/** `postgres://user:password@host`, where the password is one. */
function hasLogin(text: string): boolean {
  for (const [, password = ""] of text.matchAll(
    /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>]{0,100}:([^\s@/"'<>]{1,200})@/gi,
  ))
    if (isLiteral(password) && !/^(?:password|pass|pw|secret|PASSWORD)$/.test(password)) return true;
  return false;
}

/** Names in a file of settings or a script, under which a text stands that is random enough for a secret. */
export const secretLines = remembering((text): readonly string[] => {
  if (!/pass|secret|token|key/i.test(text)) return [];
  return readableLines(text).flatMap((line) => {
    const [, name = "", value = ""] =
      /^\s{0,40}(?:export\s{1,4}|set\s{1,4}|ENV\s{1,4}|-\s{1,4})?["']?([A-Za-z][\w.-]{2,80})["']?\s{0,4}(?:=>|[:=])\s{0,4}["']?([^"'\s;,]{1,300})/.exec(
        line,
      ) ?? [];
    // A call or a member of a list is computed, and no secret itself.
    return isSecretName(name) && !/[()[\]]/.test(value) && isLiteral(value) && isRandom(value) ? [name] : [];
  });
});
