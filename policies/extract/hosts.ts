import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";
import { spokenLines } from "./comments";
import { attached, remembering } from "./memo";
import { Ranges } from "./ranges";

export { spokenLines } from "./comments";

/** A host that a text names. */
export interface Contact {
  readonly host: string;
  /** True if it stands in a URL, or after a command that fetches: nothing but a contact is written so. */
  readonly asked: boolean;
}

/**
 * Host names and addresses that stand where a host stands: in a URL, before a port, in a list of hosts, as a word of a configuration line. Segments of paths,
 * comments, XML namespaces, mail addresses, versions and import paths of programs are none.
 */
export const contactsIn = remembering((text): readonly Contact[] => {
  // Without one of these, nothing is written that stands for a dot or a colon.
  if (/^[\w \n-]*$/.test(text)) return [];
  const hosts = new Map<string, boolean>();
  const add = (host: string, asked: boolean): void => {
    const name = host.toLowerCase().replace(/\.+$/, "");
    hosts.set(name, asked || hosts.get(name) === true);
  };
  for (const line of spokenLines(plainly(text))) {
    if (line.includes(".")) names(line, add);
    if (line.includes(":")) addresses(line, add);
  }
  return [...hosts].map(([host, asked]) => ({ host, asked }));
});

/** The hosts alone. */
export const hostsIn = remembering((text): readonly string[] => contactsIn(text).map(({ host }) => host));

/** A text with what stands for dots, slashes and letters written out. */
const plainly = (text: string): string =>
  text
    .replace(/\\u00([2-7][0-9a-f])|\\x([2-7][0-9a-f])/gi, (_, one?: string, other?: string) => sign(one ?? other ?? ""))
    .replace(/\\(0?[4-7][0-7]|1[0-7][0-7])(?![0-9])/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    )
    .replace(/\\([/:.])/g, "$1")
    .replace(/%([2-7][0-9a-f])/gi, (whole, code: string) => lettered(whole, code))
    .replace(/&(period|colon|sol|hyphen);/g, (_, name: string) => named[name] ?? "")
    .replace(/&#x([2-7][0-9a-f]);|&#(\d{2,3});/gi, (_, hex?: string, dec?: string) =>
      hex === undefined ? String.fromCharCode(Number(dec)) : sign(hex),
    )
    .replace(/:\/\/(\d{8,10}|0x[0-9a-f]{6,8})(?=[:/\s"']|$)/gi, numbered)
    .replace(/[\u3002\uff0e\uff61]/g, ".")
    .normalize("NFKC")
    .replace(
      /:\/\/([^\s/:"'<>@]{0,200}[^\u0000-\u007f][^\s/:"'<>@]{0,200})/g,
      (whole, host: string) => `://${domainToASCII(host) || whole.slice(3)}`,
    );

const named: Readonly<Record<string, string>> = { period: ".", colon: ":", sol: "/", hyphen: "-" };

/** An address that is written as one number. */
const numbered = (whole: string, number: string): string =>
  Number(number) > 0xffffffff ? whole : `://${new URL(`http://${number}`).hostname}`;

const sign = (code: string): string => String.fromCharCode(Number.parseInt(code, 16));

/** A percent code that stands for a letter, a digit or a mark of URLs; others stay, since they begin other things. */
const lettered = (whole: string, code: string): string => (/[a-z0-9./:_-]/i.test(sign(code)) ? sign(code) : whole);

/**
 * Schemes in which no host follows: objects of Python's logging, Go packages that ko builds, the class path, files, sockets, identities of SPIFFE.
 *
 * Sources: docs.python.org/3/library/logging.config.html (`ext`, `cfg`), ko.build/features/k8s (`ko`), RFC 8089 (`file`), the SPIFFE-ID standard.
 */
const hostless = new Set(["ext", "cfg", "ko", "classpath", "file", "unix", "spiffe"]);

/** Commands that contact the host that follows, and words before a server. */
const fetches =
  /\b(curl|wget|git|go|pip3?|npm|npx|helm|docker|podman|ssh|scp|rsync|sftp|nc|ncat|telnet|ping6?|dig|nslookup|mount|aria2c|ansible-pull|l?ftp|tftp|smbclient|sshfs|autossh|mosh|traceroute|nmap|whois|kinit|realm|Resolve-DnsName|Test-Connection|Test-NetConnection|Invoke-WebRequest|Invoke-RestMethod|uses:)\s/;

/** Clients of databases and directories, which name the server by an option. */
const clients = /\b(psql|pg_dump|pg_isready|mysql\w*|mariadb|mongosh|redis-cli|ldapsearch)\s/;

type Add = (host: string, asked: boolean) => void;

function names(line: string, add: Add): void {
  const fetching = fetches.test(line);
  const mayBe = line.length < 4000 && mayDirect.test(line);
  for (const { 0: word, index } of line.matchAll(/[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?/gi)) {
    if (!word.includes(".")) continue;
    const before = line.slice(Math.max(0, index - 64), index);
    const after = line.slice(index + word.length, index + word.length + 64);
    const scheme = /(?:^|:-|[^a-z0-9+.-])([a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"'<>]*@)?$/i.exec(before)?.[1];
    const url = scheme !== undefined;
    if (url && hostless.has(scheme.toLowerCase())) continue;
    if (
      !url &&
      (inPath(before) ||
        /(^|[\s|"'(])!$/.test(before) ||
        isMail(before, after, fetching) ||
        isVersion(word, before) ||
        /\bpkg:$/.test(before) ||
        isImport(word, before, after, fetching))
    )
      continue;
    const called =
      (mayBe && !/^[\d.]+$/.test(word) && isDirected(before, after)) ||
      /(^|[\s"'=,([])(stuns?|turns?|sips?):([^\s@"']*@)?$/i.test(before) ||
      /(^|\s)git@$/.test(before) ||
      (/\s(-h|--host(name)?)[ =]["']?$/.test(before) && clients.test(line));
    const fetched =
      fetching &&
      /\.[a-z]{2,}$/i.test(word) &&
      /(^|\s)["']?([\w.+-]{1,32}@|@)?$/.test(before) &&
      /^["']?(:\d{1,5})?(:{1,2}[^\s:]*)?(\/|[\s;|&)]|$)/.test(after) &&
      isHostname(word);
    add(word, url || called || fetched);
  }
}

/** Lines of configuration that send to the host that stands in them, by what stands before and after it. */
const directed: readonly (readonly [before: RegExp, after: RegExp])[] = [
  [/\/dev\/(tcp|udp)\/$/, /^\/\d/],
  [/\b(TCP|UDP|OPENSSL|SSL)[46]?(-CONNECT)?:$/i, /^:\d/], // socat
  [/\s-connect[ =]["']?$/, /^:\d/], // openssl s_client
  [/^\s*remote\s+$/, /^\s+\d+(\s|$)/], // openvpn
  [/^\s*(server|peer|pool)\s+$/, /^\s+(iburst|burst|prefer|minpoll|maxpoll|key|nts|offline|trust|version|xleave)\b/], // clocks
  [/^\s*server\s+[\w.-]+\s+$/, /^:\d/], // haproxy
  [/^\s*cache_peer\s+$/, /^\s+(parent|sibling)\b/], // squid
  [/^\s*right\s*=\s*$/, /^\s*$/], // IPsec
  [/(^|\s)@@?$/, /^(:\d+)?(;\S+)?\s*$/], // rsyslog
  [/^\s*relayhost\s*=\s*\[?$/, /^\]?(:\w+)?\s*$/], // postfix
  [/\broute_(list|data)\s*=\s*.{0,60}\s$/, /^(:|::\d+|\s|$)/], // exim
  [/\bproxy(_maybe)?=\w+\s.{0,60}\bhost=$/, /^(\s|$)/], // dovecot
  [/\bsmbclient\s.{0,200}\/\/$/, /^\//],
  [/["'(=]\/\/$/, /^[/:"')?\s]/], // links without a scheme
  [/^\s*$/, /^:\/\S*\s+\/\S*\s+(nfs4?|ceph|glusterfs|fuse\S*)\s/], // fstab
  [/^\s*\/\/$/, /^\/\S*\s+\/\S*\s+(cifs|smb3?)\s/],
  [/\s\/\/$/, /^\/\S+\s+\//], // mount -t cifs
  [/\s(-k|--kustomize)[ =]["']?$/, /^\//], // kubectl
  [/(^|[\s"'])$/, /^\/\S*\?ref=/], // bases of kustomize
];

/** Something of what these lines hold: most hold none of it, and are asked once. */
const mayDirect =
  /connect|tcp|udp|ssl|remote|server|peer|pool|right|@|\/\/|nfs|ceph|gluster|fuse|relayhost|route_|proxy|\?ref=|-k/i;

const isDirected = (before: string, after: string): boolean =>
  directed.some(([left, right]) => left.test(before) && right.test(after));

/** Ends of names that are files far more often than hosts. */
export const isHostname = (word: string): boolean =>
  !/\.(sh|json|ya?ml|conf|cfg|ini|txt|tar|gz|tgz|zip|deb|rpm|pem|crt|key|py|js|ts|go|log|list|gpg|asc|xml|html?|so|bin|service|md|wav|iso|img|qcow2)$/i.test(
    word,
  );

/** True if a word begins after a single slash: `/usr/share/example.org` names no host; `https:/…`, `/dev/tcp/…` and `/dns4/…` lead to one. */
const inPath = (before: string): boolean =>
  before.endsWith("/") &&
  !before.endsWith("//") &&
  !/(\b[a-z][a-z0-9+.-]*:|\/dev\/(tcp|udp)|\/dns(4|6|addr)?)\/$/i.test(before);

/** True if the word is the right side of a mail address: nothing is sent there because of it. */
const isMail = (before: string, after: string, fetching: boolean): boolean =>
  /[\w.+-]@$/.test(before) &&
  (!/[:/]\S*@$/.test(before) || /\bmailto:\S*@$/.test(before)) &&
  !/^[:/]/.test(after) &&
  !fetching;

/** True if four numbers are a version: a tag of an image, a number after such a word. */
const isVersion = (word: string, before: string): boolean =>
  /^v?\d+(\.\d+){3}$/.test(word) &&
  /(\/[\w.-]+:|(version|release|\btag)["']?\s{0,16}[:= ]\s{0,16}["']?v?|[\w)]@)$/i.test(before);

const codeHosts =
  /^(github\.com|gitlab\.com|bitbucket\.org|golang\.org|gopkg\.in|google\.golang\.org|go\.uber\.org|(sigs\.)?k8s\.io)$/i;

/** True if a word begins the import path of a program's module: a name, and no contact where nothing fetches. */
const isImport = (word: string, before: string, after: string, fetching: boolean): boolean =>
  codeHosts.test(word) &&
  /^\/[\w.-]+\/?/.test(after) &&
  !fetching &&
  !/^\/\S*(\?ref=|\/\/)/.test(after) &&
  !/[:@]$/.test(before) &&
  /(^|[\s"'`(=,[])$/.test(before);

/** IPv6 addresses of a line. */
function addresses(line: string, add: Add): void {
  for (const { 0: word, index } of line.matchAll(/[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}/gi)) {
    if (/[\w]$/.test(line.charAt(index - 1)) || !/[0-9a-f]{3,4}:/i.test(word)) continue;
    if (!ipaddr.IPv6.isValid(word)) continue;
    add(ipaddr.IPv6.parse(word).toString(), /:\/\/\[$/.test(line.slice(Math.max(0, index - 4), index)));
  }
}

interface Hosted {
  readonly host: string;
  readonly pattern?: RegExp;
}

/** The row of a table whose host is the given one, or a domain above it. */
export function ofHost<Row extends Hosted>(table: readonly Row[], host: string): Row | undefined {
  return indexOf(table)(host) as Row | undefined;
}

/** Finds rows of a table by their hosts. */
const indexOf = attached((table: readonly Hosted[]) => {
  const named = new Map(table.filter(({ pattern }) => pattern === undefined).map((row) => [row.host, row]));
  const patterns = table.filter(({ pattern }) => pattern !== undefined);
  return remembering((host: string): Hosted | undefined => {
    for (let name = host; name !== "";) {
      const row = named.get(name);
      if (row !== undefined) return row;
      const dot = name.indexOf(".");
      if (dot < 0) break;
      name = name.slice(dot + 1);
    }
    return host.length > 253 ? undefined : patterns.find(({ pattern }) => pattern?.test(host));
  });
});

/** Host of a URL, of `host:port` or of a bare name; undefined when there is none. */
export const hostOf = (text: string): string | undefined => (text.length > 4096 ? undefined : hostOfShort(text));

const hostOfShort = remembering(parsed);

function parsed(text: string): string | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const host = (urlOf(url)?.hostname ?? "")
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return host === "" ? undefined : host;
}

/**
 * A text as an address. `URL.canParse` asks without an exception, which saves time, but of ASCII alone: once it is compiled, Node 20 reads letters like ü as broken
 * UTF-8 there, and answers that they are none.
 */
function urlOf(text: string): URL | undefined {
  try {
    return /[^\u0000-\u007f]/.test(text) || URL.canParse(text) ? new URL(text) : undefined;
  } catch {
    return undefined;
  }
}

/** True if a name is resolved inside the cluster only: a bare service name, `*.svc`, `*.svc.cluster.local`, `localhost`. An address is none. */
export const isInternal = (host: string): boolean =>
  host === "localhost" ||
  (!host.includes(".") && !host.includes(":")) ||
  /\.svc(\.cluster\.local)?$/.test(host) ||
  host.endsWith(".cluster.local");

/** True if a host is reached without leaving what is one's own: inside the cluster, or in a private network. */
export const isNear = (host: string): boolean => isInternal(host) || Ranges.isPrivate(host);
