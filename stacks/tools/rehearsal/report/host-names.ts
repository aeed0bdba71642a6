import ipaddr from "ipaddr.js";

/** A host name or address in a text, with its port if one follows. */
export interface Mention {
  readonly host: string;
  readonly port?: number;
}

const scheme =
  /\b(?:[a-z][a-z0-9+.-]*:\/\/|(?:stuns?|turns?):)(?:[^\s/@"'`]*@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?/g;
const name =
  /(?<![\w./-]|\/\/)((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])(?::(\d{1,5}))?(?![\w(-]|\.\w)/g;
const address = /(?<![\w.:/-])((?:\d{1,3}\.){3}\d{1,3})(?:\/(\d{1,2}))?(?::(\d{1,5}))?(?![\w-]|\.\d)/g;
const address6 = /(?<![\w.:/-])\[?((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})\]?(?:\/(\d{1,3}))?(?![\w:-])/gi;

/** Generic top-level domains by which a bare name counts as a host; a name in a URL or with a port needs none of them. */
const generic = new Set(
  "com org net io info biz eu dev app cloud online tech swiss berlin zuerich example test internal local lan svc arpa edu gov mil int goog page run ai".split(
    " ",
  ),
);

/** Country codes of two letters that are more often file endings or words of a program. */
const words = new Set("cc hs id in is js la md me mk no pl ps py rs sh so to ts by do as my".split(" "));

/** Endings that make a name with a port no host (`nftables.conf:12`). */
const files = new Set(
  "conf cfg yaml yml json sh service env pem crt key lock log txt list sock socket target timer js ts lua html css xml properties".split(
    " ",
  ),
);

/** API groups and label prefixes of Kubernetes look like hosts and are none; their subdomains that serve images and files are hosts. */
const kubernetesName = /(^|\.)(kubernetes|k8s)\.io$/;
const kubernetesHost = /^(registry|dl|pkgs|cdn\.dl|prow|storage)\.k8s\.io$/;

/**
 * Host names and addresses in a text, on host position: in a URL, before a port, or alone where the ending is a top-level domain. Parts of
 * words, file names, packages of Java, labels of Kubernetes and ranges of addresses are none.
 */
export function mentions(source: string): readonly Mention[] {
  const found = new Map<string, Mention>();
  const add = (host: string, port: string | undefined): void => {
    const mention = port === undefined ? { host } : { host, port: Number(port) };
    found.set(`${mention.host}:${mention.port ?? ""}`, mention);
  };
  // Line ends that a JSON text escapes would otherwise run into the name that follows.
  const lines = source.replace(/\\[nrt]/g, "\n");
  for (const [, host = "", port] of lines.matchAll(scheme)) {
    const bare = host
      .replace(/^\[|\]$/g, "")
      .replace(/\.$/, "")
      .toLowerCase();
    if (bare.includes(".") || bare.includes(":")) add(bare, port);
  }
  for (const [, host = "", port] of lines.matchAll(name)) if (isHost(host, port !== undefined)) add(host, port);
  for (const [, host = "", prefix, port] of lines.matchAll(address))
    if ((prefix ?? "32") === "32" && ipaddr.IPv4.isValidFourPartDecimal(host)) add(host, port);
  for (const [, host = ""] of rangesLeftOut(lines)) if (ipaddr.IPv6.isValid(host)) add(host.toLowerCase(), undefined);
  return withoutTwins([...found.values()]);
}

const rangesLeftOut = (source: string): RegExpExecArray[] =>
  [...source.matchAll(address6)].filter(([, , prefix]) => (prefix ?? "128") === "128");

function isHost(host: string, port: boolean): boolean {
  const labels = host.split(".");
  const last = labels.at(-1) ?? "";
  if (kubernetesName.test(host)) return kubernetesHost.test(host);
  if (files.has(last)) return false;
  if (port) return true;
  // `org.jitsi.jicofo.io` and the like: a package is written from the top-level domain down.
  if (["org", "com", "net", "io"].includes(labels[0] ?? "") && labels.length > 2) return false;
  return generic.has(last) || (last.length === 2 && !words.has(last));
}

/** A host that also appears with a port is listed once, with the port. */
const withoutTwins = (all: readonly Mention[]): readonly Mention[] =>
  all.filter(
    ({ host, port }) => port !== undefined || !all.some((other) => other.host === host && other.port !== undefined),
  );
