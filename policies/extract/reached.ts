import type { Subject } from "../rule";
import { spokenLines } from "./comments";
import { isHostname } from "./hosts";
import { having } from "./keys";
import { remembering } from "./memo";
import { Ranges } from "./ranges";
import { containers } from "./scan";
import { kindOf } from "./subject";
import { type Leaf, ofLeaf } from "./leaf";
import type { Reading } from "./text";
import { at, items, type Value } from "./value";

/** A host that stands alone, where the name of the setting says that it is contacted. */
export interface Reached {
  readonly host: string;
  /** Place for messages. */
  readonly path: string;
}

/** Ends of the names of settings that hold where something is reached: `DB_HOST`, `smtpServer`, `nameserver`, `otlp-endpoint`. */
const reaching =
  /(^|[a-z_.-])(host|hostname|server|endpoint|addr|address|url|uri|broker|relay|upstream|dsn|proxy|nfs|registry|externalName)s?$/i;

/** Those of them that never hold the program's own address: a public address there is somebody else's. */
const elsewhere = /(host|server|endpoint|broker|relay|upstream|proxy|nfs)s?$/i;

/**
 * Settings of the names that a program itself answers to, or that it refuses: `ALLOWED_HOSTS`, `VIRTUAL_HOST` of a proxy, `blocked_hosts`, `upstream-vhost` (the header
 * `Host`: kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md at c8cb9167).
 */
const answered =
  /(^|[_.-])(allow(ed)?|trusted|virtual|forwarded|letsencrypt|block(ed)?|den(y|ied)|ignored?)[_-]?hosts?$|(allowed|trusted|blocked|ignored)Hosts?$|vhost$/i;

/** Host that a setting says it contacts: a name of at least two labels, or a public address, with a port or without. Files are none. */
export function reachedBy(setting: string, value: string): readonly string[] {
  // A name has a dot, and so has an address, or colons.
  if (!value.includes(".") && !value.includes(":")) return [];
  if (value.length > 1000 || setting.length > 1000 || !reaching.test(setting) || answered.test(setting)) return [];
  // Unbound writes port and name behind the address.
  const parts = value
    .trim()
    .split(/[,;\s]+/)
    .map((part) => part.replace(/@\d{1,5}(#\S*)?$/, ""));
  const hosts = parts.map((part) => one(setting, part));
  // A sentence is no list of hosts.
  return parts.length > 1 && hosts.includes(undefined) ? [] : hosts.filter((host) => host !== undefined);
}

function one(setting: string, part: string): string | undefined {
  const [, host] =
    /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,24}|(?:\d{1,3}\.){3}\d{1,3})\.?(?::\d{1,5})?$/i.exec(part) ?? [];
  if (host === undefined) {
    const address = /^\[?([0-9a-f:]{4,45})\]?(?::\d{1,5})?$/i.exec(part)?.[1] ?? "";
    return elsewhere.test(setting) && isPublicIpv6(address) ? address.toLowerCase() : undefined;
  }
  if (/^[\d.]+$/.test(host)) return elsewhere.test(setting) && isPublic(host) ? host : undefined;
  return isHostname(host) || /hosts?$|hostnames?$/i.test(setting) ? host.toLowerCase() : undefined;
}

/** Addresses that a setting says it contacts, private ones too. */
export const privately = (setting: string, value: string): readonly Reached[] =>
  value.length < 300 && /\d\.\d/.test(value) && elsewhere.test(setting.replace(/(\[\d+\])+$/, ""))
    ? value.split(/[,;\s]+/).flatMap((part) => {
        const host = /^((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?$/.exec(part)?.[1];
        return host === undefined ? [] : [{ host, path: setting }];
      })
    : [];

/** False for what is none, and for addresses that are one's own, for manuals, or for many. */
const isPublicIpv6 = (text: string): boolean =>
  text.split(":").length > 2 &&
  Ranges.isAddress(text) &&
  !Ranges.isPrivate(text) &&
  !/^(::|2001:0?db8:|ff|3fff:)/i.test(text);

/** False for addresses that every machine has, that are for manuals or many, or that mean any. */
const isPublic = (address: string): boolean =>
  !Ranges.isPrivate(address) &&
  !/^(0|127|169\.254|192\.0\.2|198\.51\.100|203\.0\.113|22[4-9]|23\d|24\d|25\d)\./.test(address);

/** Kinds of Kubernetes that say under which names something of one's own is reached from outside. */
const publishing =
  /^(Ingress|Route|HTTPRoute|GRPCRoute|TLSRoute|Gateway|VirtualService|IngressRoute\w*|HTTPProxy|Certificate|DomainMapping|Mapping|Host)$/;

/** Fields of such kinds that name hosts. Destinations of a VirtualService are others. */
const published =
  /^\.?spec\.(rules\[\d+\]\.host|tls(\[\d+\])?\.hosts|hosts|hostnames?|host|virtualhost|servers\[\d+\]\.hosts)\b/;

/** The same in values of charts, and names that a host shall resolve by itself. */
const ofIngress = [
  /(^|[.\]\w-])(ingress(es)?|virtualService)[.[]([^ ]*[.\]])?(host|hostname)s?(\[\d+\])*$/i,
  /(^|[.\]])(routes?|httpRoute|tls)[.[]([^ ]*[.\]])?(hosts|hostnames)(\[\d+\])*(\.host)?$/i,
  /(^|[.\]])(hostAliases|extra_hosts)\b/,
];

/** Hosts that stand alone in settings: variables of containers, keys of maps, options of commands, lines of files; and where a Service leads outside. */
export function reachedIn(subject: Subject, read: Reading): readonly Reached[] {
  const variables = containers(read).flatMap(({ path, environment }) =>
    [...environment].flatMap(([name, value]) =>
      typeof value === "string" ? named(name, value, `${path} ${name}`) : [],
    ),
  );
  const own = read.documents.flatMap(({ path, value }) => {
    const kind = path === "" ? kindOf(subject.type)?.kind : at(value, "kind");
    return typeof kind === "string" && publishing.test(kind) ? [path] : [];
  });
  const isOwn = (path: string): boolean =>
    path.length < 1000 &&
    (ofIngress.some((pattern) => pattern.test(path)) ||
      own.some((start) => path.startsWith(start) && published.test(path.slice(start.length))));
  return [
    ...variables,
    ...read.texts.flatMap((leaf) => {
      const found = inLeaf(leaf);
      return found.length === 0 || isOwn(leaf.path) ? [] : found;
    }),
    ...endpoints(subject),
  ];
}

const inLeaf = ofLeaf((leaf) => [...inKey(leaf), ...inLines(leaf)]);

const named = (name: string, value: string, path: string): readonly Reached[] =>
  reachedBy(name, value).map((host) => ({ host, path }));

/** A setting is the last key of a path, and so it is for each item of a list. */
const inKey = ({ path, text }: Leaf): readonly Reached[] =>
  text.includes(".") || text.includes(":")
    ? named(path.replace(/(\[\d+\])+$/, "").replace(/"?\]$/, ""), text, path)
    : [];

/** `--server=a.example.net`, `host = a.example.net`, `server: a.example.net`. */
const setting =
  /^\s*(?:-\s+|export\s+)?(?:--?)?["']?([a-z][\w.-]{1,63})["']?(?:[ \t]{0,8}[:=][ \t]{0,8}|[ \t]{1,8})["']?([^\s"',;]{4,260})["']?[,;]?\s*$/i;

const inLines = ({ path, text }: Leaf): readonly Reached[] => linesOf(text).map((host) => ({ host, path }));

const linesOf = remembering((text): readonly string[] => {
  const lines = spokenLines(text);
  return lines.flatMap((line, i) => {
    if (line.length > 400) return [];
    const [, name = "", value = ""] = setting.exec(line) ?? [];
    const found = reachedBy(name, value);
    // In a file that is no data, what stands above says whose host that is.
    return found.length > 0 && /^host(name)?s?$/i.test(name) && publishedAbove(lines, i) ? [] : found;
  });
});

const publishedAbove = (lines: readonly string[], i: number): boolean =>
  lines.slice(Math.max(0, i - 12), i).some((line) => /\bingress|\b(hosts|rules|tls):/i.test(line));

/** Places in which specifications of pods usually stand. */
const podPaths = ["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"].map(
  (path) => [path, path.split(".")] as const,
);

const hasAliases = having((key) => key === "hostAliases");

/** Addresses outside to which a Service without a selector leads. */
function endpoints({ type, properties }: Subject): readonly Reached[] {
  const kind = kindOf(type)?.kind;
  const list = (value: Value, path: string): readonly Reached[] =>
    items(value).flatMap((item, i) => {
      const host = typeof item === "string" ? item : at(item, "ip");
      return typeof host === "string" &&
        (/^[\d.]+$/.test(host) ? isPublic(host) : /\.[a-z]{2,24}$/i.test(host) && kind !== "ServiceEntry")
        ? [{ host, path: `${path}[${i}]` }]
        : [];
    });
  if (kind === "ServiceEntry" || kind === "WorkloadEntry")
    return [
      ...list(
        items(at(properties, "spec", "endpoints")).map((one) => at(one, "address")),
        "spec.endpoints",
      ),
      ...list([at(properties, "spec", "address")], "spec.address"),
    ];
  const aliases = (hasAliases(properties) ? podPaths : []).flatMap(([path, steps]) =>
    list(
      items(at(properties, ...steps, "hostAliases")).map((one) => at(one, "ip")),
      `${path}.hostAliases`,
    ),
  );
  if (aliases.length > 0) return aliases;
  if (kind === "Endpoints")
    return items(at(properties, "subsets")).flatMap((set, i) => list(at(set, "addresses"), `subsets[${i}].addresses`));
  return kind === "EndpointSlice"
    ? items(at(properties, "endpoints")).flatMap((one, i) => list(at(one, "addresses"), `endpoints[${i}].addresses`))
    : [];
}
