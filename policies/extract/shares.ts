import { isolatedPorts } from "../facts/ports";
import type { Subject } from "../rule";
import { spokenLines } from "./comments";
import { having, objectsIn } from "./keys";
import { manifestsIn } from "./manifests";
import { containers } from "./scan";
import { Ranges } from "./ranges";
import { ofLeaf } from "./leaf";
import type { Reading } from "./text";
import { at, entries, items, type Properties, type Value } from "./value";

/** A file or directory service that is reached by its address, so that nothing says whose it is. */
export interface Share {
  readonly what: string;
  readonly path: string;
}

const v4 = /(?:\d{1,3}\.){3}\d{1,3}/.source;
const v6 = /\[[0-9a-f:.]{4,45}\]|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}/.source;
const any = `(${v4}|${v6})`;
const bracketed = `(${v4}|\\[[0-9a-f:.]{4,45}\\])`;

/** Signs of which some stand in every address. */
const address = /\d\.\d|:[0-9a-f]*:/i;

/** URLs of such services, with an address as their host. */
const url = new RegExp(`\\b(ldaps?|nfs4?|smb|cifs|afp)://(?:[^\\s/@]{0,100}@)?${any}(?![\\w.])`, "gi");

/** Their words before an address in a line: settings, commands, tables of mounts. */
const word =
  /(?:^|[^a-z])(ldap[a-z_]*|ad_server|ipa_server|sssd|krb5?|kdc|kpasswd_server|admin_server|kinit|realm\s+join|adcli|smbclient|smb|cifs|samba|nfs[34]?|mount|autofs|fstype)(?![a-z])/i;
const addressed = new RegExp(`(?:^|[^\\w.:/-]|//|@)${any}(?![\\w.]*\\w|/\\d{1,2}(?!\\w))`, "gi");
/** An export or a share: `10.20.5.9:/volume`, `//10.20.5.9/share`. */
const exported = new RegExp(`(?:^|[\\s"'=,])${bracketed}:/[^\\s:]|(?:^|[\\s"'=,])//${bracketed}/\\S+(?:\\s|$)`, "i");

/** An export that is a whole text. */
const alone = new RegExp(`^${bracketed}:/[^/\\s:]\\S*$`, "i");

/** Names of settings that say what is behind an address: `NFS_SERVER`, `ldaphost`, `filesNfsServer`; `confServer` is none. */
const says = /(^|[\s._[\]-])(ldap|nfs|smb|cifs|samba|kerberos|krb5|kdc|active[_-]?directory)/i;
const named = (path: string): boolean => says.test(path.replace(/([a-z])(?=[A-Z])/g, "$1_"));
const reaching = /(hosts?|servers?|ip|addr(ess)?(es)?|ur[il]s?|endpoints?|kdc|source|share|device)["\]]*(\[\d+\])*$/i;

/** True for an address of somebody: one's own machine, and what means every machine, are nobody's. */
const isSomebodys = (text: string): boolean => {
  const address = text.replace(/[[\]]/g, "");
  return Ranges.isAddress(address) && !/^(127\.|0\.0\.0\.0|fe80:|169\.254\.|255\.)/i.test(address);
};

/** Ports of file and directory services. Mail has relays of one's own, which stand by address as well. */
const ports = isolatedPorts.filter(({ system }) => system === "directory" || system === "file sharing");
const isPort = (port: unknown): boolean =>
  typeof port === "number" && ports.some(({ first, last }) => first <= port && port <= last);
const withPort = new RegExp(`(?:^|[^\\w.:-])${any}:(\\d{2,5})(?!\\d|[:.])`, "g");

/** File and directory services that a resource reaches by address: volumes, URLs, settings, commands, tables of mounts, objects that lead to their ports. */
export function sharesIn(subject: Subject, read: Reading): readonly Share[] {
  const found = [
    ...manifestsIn(subject, read).flatMap(({ kind, value, path }) => ofObject(kind, value, path)),
    ...read.documents.flatMap(({ path, value }) => [
      ...(mayMount(value) ? objectsIn(value).flatMap((one) => mounted(one, path)) : []),
      ...objectsIn(value).flatMap((one) => connected(one, path)),
    ]),
    ...read.leaves.flatMap((leaf) => ofText(leaf)),
    ...containers(read).flatMap(({ path, environment }) =>
      [...environment].flatMap(([key, text]) =>
        typeof text === "string" ? ofText({ path: `${path} ${key}`, text }).filter(() => named(key)) : [],
      ),
    ),
  ];
  // Several ways of reading find the same address: the one that says most comes last.
  const host = ({ what }: Share): string => what.replace(/.*(?: at |:\/\/)/, "");
  return [...new Map(found.map((one) => [host(one), one])).values()];
}

const first = (text: Value): string | undefined => {
  if (typeof text !== "string") return undefined;
  const host = new RegExp(`^(?:[a-z0-9]+://|//)?${any}(?:[:/].*)?$`, "i").exec(text)?.[1];
  return host !== undefined && isSomebodys(host) ? host : undefined;
};

const share = (what: string, host: string | undefined, path: string): readonly Share[] =>
  host === undefined ? [] : [{ what: `${what} at ${host}`, path }];

const isShared = (driver: Value): boolean => typeof driver === "string" && /nfs|smb|cifs/i.test(driver);

function ofObject(kind: string, value: Value, path: string): readonly Share[] {
  if (kind === "StorageClass" && isShared(at(value, "provisioner")))
    return entries(at(value, "parameters")).flatMap(([key, text]) =>
      share("a file service", first(text), `${path} parameters.${key}`.trim()),
    );
  if (kind === "Endpoints")
    return items(at(value, "subsets")).flatMap((set) =>
      behind(
        at(set, "ports"),
        items(at(set, "addresses")).map((one) => at(one, "ip")),
        path,
      ),
    );
  if (kind === "EndpointSlice")
    return items(at(value, "endpoints")).flatMap((one) =>
      behind(at(value, "ports"), items(at(one, "addresses")), path),
    );
  return [];
}

const behind = (list: Value, addresses: readonly Value[], path: string): readonly Share[] =>
  items(list).some((port) => isPort(at(port, "port")))
    ? addresses.flatMap((text) => share("a file or directory service", first(text), path))
    : [];

/** Volumes of pods, of the cluster, of Docker and of compose, that name the server by a key of the driver's own. */
function mounted(value: Properties, path: string): readonly Share[] {
  const options = at(value, "driver_opts") ?? at(value, "driverOpts");
  const attributes = isShared(at(value, "csi", "driver")) ? entries(at(value, "csi", "volumeAttributes")) : [];
  const flexible = isShared(at(value, "flexVolume", "driver")) ? entries(at(value, "flexVolume", "options")) : [];
  return [
    ...[...attributes, ...flexible].flatMap(([, text]) => share("a file service", first(text), path)),
    ...(isShared(at(options, "type"))
      ? entries(options).flatMap(([, text]) =>
          share(
            "a file service",
            typeof text === "string" ? first(/\baddr=([^,\s]+)/.exec(text)?.[1] ?? text) : undefined,
            path,
          ),
        )
      : []),
  ];
}

const mayMount = having((key) => ["csi", "flexVolume", "driver_opts", "driverOpts"].includes(key));

/** Keys beside which a word says that a directory is behind the addresses of a connector. */
const connectors = ["type", "provider", "providerId", "kind", "backend"];

function connected(value: Properties, path: string): readonly Share[] {
  const isDirectory = connectors.some((key) => {
    const word = at(value, key);
    return typeof word === "string" && /^(ldap|kerberos|activedirectory|ad)$/i.test(word);
  });
  return isDirectory
    ? [...entries(value), ...entries(at(value, "config"))].flatMap(([, text]) =>
        share("a directory", first(text), path),
      )
    : [];
}

const ofText = ofLeaf(({ path, text }): readonly Share[] => {
  // Most texts hold no address at all, and in others most lines.
  if (!address.test(text)) return [];
  const whole = text.length <= 300 && named(path) && reaching.test(path) ? text.split(/[,;\s]+/) : [];
  return [
    ...whole.flatMap((one) => share("a file or directory service", first(one), path)),
    ...share("an export", first(alone.exec(text)?.[1]), path),
    ...spokenLines(text).flatMap((line) => (address.test(line) && line.length <= 2000 ? ofLine(line, path) : [])),
  ];
});

function ofLine(line: string, path: string): readonly Share[] {
  const urls = [...line.matchAll(url)].flatMap(([, scheme = "", host = ""]) =>
    isSomebodys(host) ? [{ what: `${scheme.toLowerCase()}://${host}`, path }] : [],
  );
  if (urls.length > 0) return urls;
  const said = word.exec(line)?.[1]?.toLowerCase();
  const isMount = ["mount", "autofs", "fstype"].some((one) => one === said);
  const by =
    said !== undefined && (!isMount || exported.test(line))
      ? [...line.matchAll(addressed)].map(([, host = ""]) => host)
      : [];
  const unit = /^\s*What=/.test(line) ? (exported.exec(line) ?? []).slice(1).map((host = "") => host) : [];
  const ported = [...line.matchAll(withPort)].flatMap(([, host = "", port]) => (isPort(Number(port)) ? [host] : []));
  const beside = isPort(Number(/\bport["']?\s{0,3}[=:]\s{0,3}["']?(\d{2,5})\b/i.exec(line)?.[1]))
    ? [...line.matchAll(addressed)].map(([, host = ""]) => host)
    : [];
  return [...new Set([...by, ...unit, ...ported, ...beside])].filter(isSomebodys).map((host) => ({
    what: `${said === undefined || isMount ? "a file or directory service" : said} at ${host}`,
    path,
  }));
}
