/** Lines that name hosts without contacting them. An argument (`--stun=…`) and a wildcard (`*.example.org`) begin much like comments. */
const silent: readonly RegExp[] = [
  /^\s*(#|;|\/\/\s|\/\*|\*[\s/]|--(\s|\[\[))/, // comments of shells, ini files, JavaScript, Lua
  /^\s*Documentation=/, // systemd units
  /\balways_(nxdomain|refuse|null|deny)\b/, // unbound: names that it refuses to resolve
];

/** Text that is no contact: a namespace, and text that nginx removes from a page. */
const replaced = /\bxmlns(:\w+)?\s*=\s*("[^"]*"|'[^']*')|\bsub_filter\s+("[^"]*"|'[^']*'|\S+)/g;

const remembered = new Map<string, readonly string[]>();

/**
 * Host names and IPv4 addresses in a host's position: in a URL, before a port, in a list of hosts, as a word of a configuration line. Segments
 * of paths, comments and XML namespaces are none.
 */
export function hostsIn(text: string): readonly string[] {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const hosts = new Set<string>();
  for (const line of spokenLines(text))
    if (line.includes("."))
      for (const { 0: word, index } of line.matchAll(/[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?/gi))
        if (word.includes(".") && !inPath(line, index)) hosts.add(word.toLowerCase());
  const result = [...hosts];
  if (remembered.size > 5000) remembered.clear();
  remembered.set(text, result);
  return result;
}

/**
 * Lines of a text that configure something: without comments, without names that are refused or only mentioned. Text inside JSON strings has its
 * line ends as two characters.
 */
export const spokenLines = (text: string): readonly string[] =>
  text
    .replace(/\\[nrt]/g, "\n")
    .replace(/\/\*.*?\*\//g, " ")
    .split(/[\r\n]+/)
    .filter((line) => !silent.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/\s(#|\/\/)\s.*$/, "").replace(replaced, ""));

/** True if a word begins after a single slash: `/usr/share/example.org` names no host, `https://example.org` does. */
const inPath = (line: string, index: number): boolean => line[index - 1] === "/" && line[index - 2] !== "/";

/** The row of a table whose host is the given one, or a domain above it. */
export function ofHost<Row extends { readonly host: string; readonly pattern?: RegExp }>(
  table: readonly Row[],
  host: string,
): Row | undefined {
  const index = indexOf(table);
  const labels = host.split(".");
  for (let i = 0; i < labels.length; i++) {
    const row = index.get(labels.slice(i).join("."));
    if (row !== undefined) return row;
  }
  return table.find(({ pattern }) => pattern?.test(host));
}

const indices = new WeakMap<object, Map<string, unknown>>();

function indexOf<Row extends { readonly host: string; readonly pattern?: RegExp }>(
  table: readonly Row[],
): Map<string, Row> {
  const known = indices.get(table) as Map<string, Row> | undefined;
  if (known !== undefined) return known;
  const index = new Map(table.filter(({ pattern }) => pattern === undefined).map((row) => [row.host, row]));
  indices.set(table, index);
  return index;
}

/** Host of a URL, of `host:port` or of a bare name; undefined when there is none. */
export function hostOf(text: string): string | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return host === "" ? undefined : host;
}

/** True if a name is resolved inside the cluster only: a bare service name, `*.svc`, `*.svc.cluster.local`, `localhost`. */
export const isInternal = (host: string): boolean =>
  host === "localhost" ||
  !host.includes(".") ||
  /\.svc(\.cluster\.local)?$/.test(host) ||
  host.endsWith(".cluster.local");
