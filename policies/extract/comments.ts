import { joinedIn } from "./joined";
import { remembering } from "./memo";

/** Lines that are comments in whatever language they stand: shells, ini files, JavaScript, Lua, SQL, Erlang; and systemd's pointers to manuals. */
const comment = /^\s*(#(?!!)|\/\/(\s|$)|--(\s|\[\[)|%{1,3}\s)/;

/** A pointer of systemd to a manual. In a shell it sets a variable. */
const pointer = /^\s*Documentation=/;

/** A line that cloud-init obeys although it begins like a comment: it fetches what follows. */
const includes = /^\s*#include(-once)?\b/;

/** Lines of block lists and of lists of keys: a name that is refused, that leads nowhere, or whose key is known. */
const blocked: readonly RegExp[] = [
  /^\s*local-(zone|data):[^;&|]*\balways_(nxdomain|refuse|null|deny|nodata)\b|\blocal-zone:\s*"[^"\s]*"\s+(refuse|deny|static)\b/, // unbound
  /^\s*\((\\?\.\|\^|\^\|\\?\.)\)[^\s;&|]*$/, // regular expressions of Pi-hole
  /^\s*(0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?)(\s+[a-z0-9][a-z0-9._-]*)+\s*(#.*)?$/i, // hosts files
  /^\s*(address|server|local)=\/[^/\s]+\/(0\.0\.0\.0|::|127\.0\.0\.1|#)?\s*$/, // dnsmasq
  /^\s*\S+(\s+\d+)?(\s+IN)?\s+CNAME\s+\.\s*$/, // response policy zones
  /^\s*\|\|[\w.-]+\^/, // filter lists of browsers
  /^\s*(-[AI]\s|(\S*\/)?ip6?tables\s)[^;&|`$]*\s-j\s+(DROP|REJECT)\b[^;&|`$]*$/, // iptables
  /^\s*(http-request|http-response|tcp-request\s+\w+)\s+(deny|reject|tarpit|silent-drop)\b/, // haproxy
  /^\s*SecRule\s/, // ModSecurity: what it compares
  /^\s*(alert|drop|reject|pass|log)\s+\w+\s.*[-<]>.*\bsid:\d+/, // Suricata and Snort
  /^[^;&|`$]*\b(daddr|saddr)\b[^;&|`$]*\b(drop|reject)\b/, // nftables
  /^\s*deny\s+[\w.:/-]+;\s*$/, // nginx
  /^\s*(@[a-z-]+\s+)?\S+\s+(ssh-\S{1,40}|ecdsa-sha2-\S{1,40}|sk-\S{1,40})\s+AAAA/, // known_hosts: it says whose key that is
];

/** Something of what these lines hold: most hold none of it, and are asked once. */
const mayBlock = /local-|^\s*[(\d:]|=\/|CNAME|\|\||-j\s|http-re|tcp-request|SecRule|sid:|[ds]addr|deny|AAAA/;

/** Text that is no contact: a namespace, a schema's place, and what nginx takes out of a page. */
const replaced = /\b(xmlns(:\w+)?|xsi:schemaLocation)\s*=\s*("[^"]*"|'[^']*')|\bsub_filter\s+("[^"]*"|'[^']*'|\S+)/g;

/**
 * Lines of a text that configure something: without comments, without names that are refused or only referred to. Text inside JSON strings carries its
 * line ends as two characters. Lines whose parts are put together, by variables or by operators, stand at the end once more, put together.
 *
 * What looks like a comment in one language is a command in another, so a line counts as a comment only where no language in use would run it: a line of a
 * crontab begins with `*`, and a shell goes on after `;`.
 */
export const spokenLines = remembering((text): readonly string[] => {
  const plain = lines(text);
  return [...plain, ...joinedIn(plain).lines];
});

/**
 * The same, as patterns can read them: a long line in parts, of which each holds half of the one before it, with one blank for many. A pattern over a whole one would
 * take long, and a line that nobody reads would hide what it says.
 */
export const readableLines = remembering((text): readonly string[] => spokenLines(text).flatMap(parts));

const longest = 4000;

function parts(line: string): readonly string[] {
  if (line.length <= longest) return [line];
  const plain = line.replace(/[ \t]{2,}/g, " ");
  if (plain.length <= longest) return [plain];
  return Array.from({ length: Math.ceil((2 * plain.length) / longest) - 1 }, (_, i) =>
    plain.slice((i * longest) / 2, (i * longest) / 2 + longest),
  );
}

/** One word of a name, an address or a path: no language has a comment in it. */
const word = /^\/?\w[\w.:/@-]*$/;

/** Hosts of a text that are put together of parts which nobody knows. */
export const openHosts = remembering((text): readonly string[] => joinedIn(lines(text)).open);

function lines(text: string): readonly string[] {
  if (word.test(text)) return [text];
  const whole = text.replace(/\\[nrt]/g, "\n");
  const ini = isIni(whole);
  const shell = whole.startsWith("#!");
  const all = withoutBlocks(whole).split(/[\r\n]+/);
  const denied = whole.includes("http_access") ? deniedLists(all) : none;
  return all
    .filter((line, i) => {
      if (line.trim() === "") return false;
      if (includes.test(line)) return true;
      if (comment.test(line) && !goesOn(all[i - 1])) return false;
      if (!shell && pointer.test(line)) return false;
      if (ini && /^\s*;/.test(line)) return false;
      const isBlocked = mayBlock.test(line) && blocked.some((pattern) => pattern.test(line));
      return !isBlocked && !isDenied(line, denied) && !answersNothing(all, i);
    })
    .map((line) => (shell ? withoutTail(line) : withoutTail(line).replace(replaced, "")));
}

/** True if the line before goes on: what begins the next one is an argument. */
const goesOn = (before = ""): boolean => before.trimEnd().endsWith("\\");

/** Files in which `;` begins a comment: ini files and zones. A script and a crontab are none, whatever else they hold. */
const isIni = (text: string): boolean =>
  !/^(#!|#cloud-config)/.test(text) &&
  (/^\[[\w .:@-]{1,60}\][ \t]*$/m.test(text) || /^\$(TTL|ORIGIN)\b/m.test(text) || /\bIN[ \t]+SOA\b/.test(text));

const blocks: readonly (readonly [open: string, close: string])[] = [
  ["<!--", "-->"],
  ["{{/*", "*/}}"],
  ["{{- /*", "*/ -}}"],
];

/** A text without comments that stretch over lines. In a shell `/*` is a pattern of paths, so it opens a comment only where a word may begin. */
function withoutBlocks(text: string): string {
  let result = text;
  // `<!--#include` is a command of a web server.
  for (const [open, close] of blocks) result = cut(result, open, close, (_, after) => after !== "#");
  return /^(#!|#cloud-config)/.test(text)
    ? result
    : cut(result, "/*", "*/", (before, after) => /^[\s;{}(),]?$/.test(before) && /^[\s*!]?$/.test(after));
}

function cut(text: string, open: string, close: string, begins: (before: string, after: string) => boolean): string {
  const kept: string[] = [];
  let position = 0;
  for (;;) {
    const start = text.indexOf(open, position);
    if (start < 0) break;
    const end = text.indexOf(close, start + open.length);
    if (end < 0) break;
    if (begins(text.charAt(start - 1), text.charAt(start + open.length))) {
      kept.push(text.slice(position, start), " ");
      position = end + close.length;
    } else {
      kept.push(text.slice(position, start + open.length));
      position = start + open.length;
    }
  }
  kept.push(text.slice(position));
  return kept.join("");
}

/** A line without the comment at its end. A mark inside quotes is none, nor is a division that more code with a text follows. */
function withoutTail(line: string): string {
  if (!/\s(#|\/\/)\s/.test(line)) return line;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const sign = line.charAt(i);
    if (quote !== "") {
      if (sign === "\\") i++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || (sign === "'" && !/\w/.test(line.charAt(i - 1)))) quote = sign;
    else if (/\s/.test(line.charAt(i - 1)) || i === 0) {
      if (sign === "#" && /\s/.test(line.charAt(i + 1))) return line.slice(0, i);
      if (line.startsWith("//", i) && /\s/.test(line.charAt(i + 2)) && !/["'][^"']*["']/.test(line.slice(i)))
        return line.slice(0, i);
    }
  }
  return line;
}

const none: ReadonlySet<string> = new Set();

/** Names of lists that squid refuses, and allows nowhere. */
function deniedLists(all: readonly string[]): ReadonlySet<string> {
  const named = (access: RegExp): readonly string[] =>
    all.flatMap((line) => access.exec(line)?.[1]?.split(/\s+/) ?? []);
  const allowed = new Set(named(/^\s*http_access\s+allow\s+(\S.*)$/));
  return new Set(named(/^\s*http_access\s+deny\s+(\S.*)$/).filter((name) => !allowed.has(name)));
}

const isDenied = (line: string, denied: ReadonlySet<string>): boolean => {
  const name = denied.size === 0 ? undefined : /^\s*acl\s+(\S+)\s/.exec(line)?.[1];
  return name !== undefined && denied.has(name);
};

/** True if CoreDNS answers with nothing: `template IN ANY example.org { rcode NXDOMAIN }`. */
function answersNothing(all: readonly string[], i: number): boolean {
  if (!/^\s*template\s/.test(all[i] ?? "")) return false;
  const body = all.slice(i, i + 6).join(" ");
  const end = body.indexOf("}");
  return /\brcode\s+(NXDOMAIN|REFUSED)\b/.test(end < 0 ? body : body.slice(0, end));
}
