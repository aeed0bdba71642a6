import { isolatedPorts } from "../facts/ports";
import type { Subject } from "../rule";
import { spokenLines } from "./comments";
import { manifestsIn } from "./manifests";
import { containers } from "./scan";
import { Ranges } from "./ranges";
import type { Leaf, Reading } from "./text";
import { at, entries, isList, isObject, items, type Value } from "./value";

/** A file or directory service that is reached by its address, so that nothing says whose it is. */
export interface Share {
  readonly what: string;
  readonly path: string;
}

const v4 = /(?:\d{1,3}\.){3}\d{1,3}/.source;
const v6 = /\[[0-9a-f:.]{4,45}\]|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}/.source;
const any = `(${v4}|${v6})`;
const bracketed = `(${v4}|\\[[0-9a-f:.]{4,45}\\])`;

/** URLs of such services, with an address as their host. */
const url = new RegExp(`\\b(ldaps?|nfs4?|smb|cifs|afp)://(?:[^\\s/@]{0,100}@)?${any}(?![\\w.])`, "gi");

/** Their words before an address in a line: settings, commands, tables of mounts. */
const word =
  /(?:^|[^a-z])(ldap[a-z_]*|ad_server|ipa_server|sssd|krb5?|kdc|kpasswd_server|admin_server|kinit|realm\s+join|adcli|smbclient|smb|cifs|samba|nfs[34]?|mount|autofs|fstype)(?![a-z])/i;
const addressed = new RegExp(`(?:^|[^\\w.:/-]|//|@)${any}(?![\\w.]*\\w|/\\d{1,2}(?!\\w))`, "gi");
/** An export or a share: `10.20.5.9:/volume`, `//10.20.5.9/share`. */
const exported = new RegExp(`(?:^|[\\s"'=,])${bracketed}:/[^\\s:]|(?:^|[\\s"'=,])//${bracketed}/\\S+(?:\\s|$)`, "i");

/** Names of settings that say what is behind an address. */
const named =
  /(^|[\s._[\]-]|[a-z](?=[A-Z]))(ldaps?|nfs|smb|cifs|samba|kerberos|krb5|kdc|active_?directory)(?=[._[\]-]|[A-Z]|$|hosts?|servers?|urls?)/i;
const reaching = /(hosts?|servers?|ip|addr(ess)?(es)?|ur[il]s?|endpoints?|kdc|source|share|device)["\]]*(\[\d+\])*$/i;

/** True for an address of somebody: one's own machine, and what means every machine, are nobody's. */
const isSomebodys = (text: string): boolean => {
  const address = text.replace(/^\[|\]$/g, "");
  return Ranges.isAddress(address) && !/^(127\.|0\.0\.0\.0|::1?$|fe80:|169\.254\.|255\.)/i.test(address);
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
    ...read.documents.flatMap(({ path, value }) => [...mounted(value, path), ...connected(value, path)]),
    ...read.leaves.flatMap(ofText),
    ...containers(read).flatMap(({ path, environment }) =>
      [...environment].flatMap(([key, text]) =>
        typeof text === "string" ? ofText({ path: `${path} ${key}`, text }).filter(() => named.test(key)) : [],
      ),
    ),
  ];
  // Several ways of reading find the same address: the one that says most comes last.
  const address = ({ what }: Share): string => what.replace(/^.*(?: at |:\/\/)/, "");
  return [...new Map(found.map((one) => [address(one), one])).values()];
}

const first = (text: Value): string | undefined => {
  if (typeof text !== "string" || text.length > 300) return undefined;
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

/** Volumes of pods, of the cluster, of Docker and of compose. */
function mounted(value: Value, path: string): readonly Share[] {
  if (isList(value)) return value.flatMap((item) => mounted(item, path));
  if (!isObject(value)) return [];
  const server = at(value, "nfs", "server");
  const options = at(value, "driver_opts") ?? at(value, "driverOpts");
  const attributes = isShared(at(value, "csi", "driver")) ? entries(at(value, "csi", "volumeAttributes")) : [];
  const flexible = isShared(at(value, "flexVolume", "driver")) ? entries(at(value, "flexVolume", "options")) : [];
  return [
    ...share("a file service", first(server), path),
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
    ...entries(value).flatMap(([, item]) => mounted(item, path)),
  ];
}

/** Connectors that say by a word beside them that a directory is behind their addresses. */
function connected(value: Value, path: string): readonly Share[] {
  if (isList(value)) return value.flatMap((item) => connected(item, path));
  if (!isObject(value)) return [];
  const isDirectory = ["type", "provider", "providerId", "kind", "backend"].some((key) =>
    /^(ldap|kerberos|activedirectory|ad)$/i.test(String(typeof at(value, key) === "string" ? at(value, key) : "")),
  );
  const held: readonly Value[] = isDirectory
    ? [...Object.values(value), ...Object.values(isObject(at(value, "config")) ? (at(value, "config") as object) : {})]
    : [];
  return [
    ...held.flatMap((text) => share("a directory", first(text), path)),
    ...entries(value).flatMap(([, item]) => connected(item, path)),
  ];
}

function ofText({ path, text }: Leaf): readonly Share[] {
  // Most texts hold no address at all.
  if (!/\d\.\d|::|:[0-9a-f]+:/i.test(text)) return [];
  const whole = text.length < 300 && named.test(path) && reaching.test(path) ? text.split(/[,;\s]+/) : [];
  const alone =
    text.length < 300 && !/\s/.test(text) && /^[^\s]*:\/[^/]/.test(text) && exported.test(text)
      ? first(text)
      : undefined;
  return [
    ...whole.flatMap((one) => share("a file or directory service", first(one), path)),
    ...share("an export", alone, path),
    ...spokenLines(text).flatMap((line) =>
      line.length > 2000 || !/\d\.\d|::|:[0-9a-f]+:/i.test(line) ? [] : ofLine(line, path),
    ),
  ];
}

function ofLine(line: string, path: string): readonly Share[] {
  const urls = [...line.matchAll(url)].flatMap(([, scheme = "", host = ""]) =>
    isSomebodys(host) ? [{ what: `${scheme.toLowerCase()}://${host}`, path }] : [],
  );
  if (urls.length > 0) return urls;
  const said = word.exec(line)?.[1];
  const isMount = said !== undefined && /^(mount|autofs|fstype)$/i.test(said);
  const by =
    said !== undefined && (!isMount || exported.test(line))
      ? [...line.matchAll(addressed)].map(([, host = ""]) => host)
      : [];
  const open =
    exported.test(line) && /\b(nfs4?|cifs|smb3?)\b|^\s*What=/i.test(line)
      ? [
          exported
            .exec(line)
            ?.slice(1)
            .find((one) => one !== undefined) ?? "",
        ]
      : [];
  const ported = [...line.matchAll(withPort)].flatMap(([, host = "", port]) => (isPort(Number(port)) ? [host] : []));
  const beside = isPort(Number(/\bport["']?\s{0,3}[=:]\s{0,3}["']?(\d{2,5})\b/i.exec(line)?.[1]))
    ? [...line.matchAll(addressed)].map(([, host = ""]) => host)
    : [];
  return [...new Set([...by, ...open, ...ported, ...beside])].filter(isSomebodys).map((host) => ({
    what: `${said === undefined || /^(mount|What)$/i.test(said) ? "a file or directory service" : said.toLowerCase()} at ${host}`,
    path,
  }));
}
