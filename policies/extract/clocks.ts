import { spokenLines } from "./comments";
import { ofLeaf } from "./leaf";
import { attached, remembering } from "./memo";
import type { Reading } from "./text";
import { at, isObject, items, unknown, type Value } from "./value";

/** A clock that a machine is told to ask. */
export interface Clock {
  /** Name or address, in lower case; undefined where a configuration of time names none, so that a default is asked. */
  readonly host: string | undefined;
  /** Place for messages. */
  readonly path: string;
}

/** Words after a source of chrony's and ntpd's. Sources: chrony.conf(5) of chrony 4.3; ntp.conf(5) of ntpsec 1.2. */
const options =
  /^(iburst|burst|prefer|minpoll|maxpoll|key|nts|ntsport|certset|offline|trust|require|noselect|version|xleave|polltarget|presend|maxdelay|maxdelayratio|maxsources|minstratum|auto_offline|filter|offset|asymmetry|extfield|copy|port|mindelay|minsamples|maxsamples|true)$/;

/** Lines that stand in files of chrony or ntpd, and in no other. */
const daemon = /^\s*(driftfile|makestep|rtcsync|leapsectz|restrict\s+default|logchange|ntsdumpdir)\b/m;

/**
 * Every clock that a configuration names, as far as it can be told from other text:
 *
 * | spelling | source |
 * |---|---|
 * | `server`, `pool`, `peer` with options, or in a file with other lines of chrony or ntpd | chrony.conf(5) of chrony 4.3, ntp.conf(5) of ntpsec 1.2 |
 * | `NTP=`, `FallbackNTP=` | timesyncd.conf(5) of systemd 252 |
 * | `ntp: { servers, pools, peers }` of cloud-config; with none of them, pools of the distribution | canonical/cloud-init cloudinit/config/cc_ntp.py at 0044c835 |
 * | `machine.time.servers` of Talos | siderolabs/talos pkg/machinery/config/types/v1alpha1 at ad88231 |
 */
export const clocksIn = attached(({ texts, documents }: Reading): readonly Clock[] => [
  ...texts.flatMap((leaf) => inLeaf(leaf)),
  ...documents.flatMap(({ path, value }) => [
    ...listed(at(value, "ntp"), [path, "ntp"], ["servers", "pools", "peers"]),
    ...listed(at(value, "machine", "time"), [path, "machine.time"], ["servers"]),
  ]),
]);

const inLeaf = ofLeaf(({ path, text }) => written(text).map((host) => ({ host, path })));

/** Servers of a section, or that there are none; a section that is switched off leaves time to others. */
function listed(section: Value, path: readonly string[], keys: readonly string[]): readonly Clock[] {
  if (!isObject(section) || at(section, "enabled") === false || at(section, "disabled") === true) return [];
  const here = path.filter(Boolean).join(" ");
  const values = keys.flatMap((key): readonly Value[] => {
    const list = at(section, key);
    return list === unknown ? [unknown] : items(list);
  });
  // What is not known is a part of the resource that is not known, which the rule says once.
  if (values.length === 0) return [{ host: undefined, path: here }];
  return values.flatMap((value) => (typeof value === "string" ? [{ host: plain(value), path: here }] : []));
}

const plain = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\](:\d+)?$/g, "")
    .replace(/\.+$/, "");

const written = remembering((text): readonly string[] => {
  if (!/\b(server|pool|peer|NTP)\b/.test(text)) return [];
  const isDaemon = daemon.test(text);
  return spokenLines(text).flatMap((line) => {
    if (line.length > 1000) return [];
    const [, timesyncd] = /(?:^|["'\s/|])(?:Fallback)?NTP=([^"'/|]*)/.exec(line) ?? [];
    if (timesyncd !== undefined)
      return timesyncd
        .split(/\s+/)
        .filter((word) => /^[\w.:[\]-]+$/.test(word) && !/^(yes|no|true|false)$/i.test(word))
        .map(plain);
    const [, host = "", rest = ""] = /(?:^|["'])\s*(?:server|pool|peer)\s+([\w.:[\]-]+)([^"']*)/.exec(line) ?? [];
    const [first] = rest.trim().split(/\s+/);
    const isSource = first === "" || first === undefined ? isDaemon : options.test(first);
    return host !== "" && isSource ? [plain(host)] : [];
  });
});
