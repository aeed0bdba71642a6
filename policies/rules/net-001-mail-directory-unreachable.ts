import { isolatedPorts } from "../facts/ports";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { destinationsOf, isRoute, type Opening, openingsOf } from "../extract/openings";
import { dropped, hostFilters } from "../extract/host-filter";
import { breachesIn, filtersOf } from "../extract/isolated-texts";
import { hostPorts } from "../extract/openings-kubernetes";
import { sharesIn } from "../extract/shares";
import { Ranges } from "../extract/ranges";
import { contactsIn } from "../extract/hosts";
import { privately } from "../extract/reached";
import { containers, partial, place, reading, together } from "../extract/scan";
import { isProvider } from "../extract/subject";
import { isObject, unknown } from "../extract/value";
import { openWays, podsOf, wallsOf } from "../extract/walls";

/** UC-NET-001: no connection to or from mail, directory and file services. */
export const mailDirectoryUnreachable: Rule = {
  id: "UC-NET-001",
  name: "mail-directory-unreachable",
  title: "No filter allows connections to or from mail, directory or file services.",
  rationale:
    "A crisis platform must work while the directory and the mail servers are under attack, so neither may reach the other. An opening of their ports, or towards their ranges, would connect them.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "nis2", reference: "21.2.j" },
    { framework: "ir2024-2690", reference: "6.7.2.c" },
    { framework: "ir2024-2690", reference: "6.7.2.f" },
    { framework: "ir2024-2690", reference: "6.8.2" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.2.f" },
  ],
  remediation:
    "Open single ports of your own services to single ranges. Exclude isolated ranges with `except` if the filter has it.",
  types: [
    "hcloud:index/firewall:Firewall",
    "hcloud:index/networkRoute:NetworkRoute",
    "exoscale:index/securityGroupRule:SecurityGroupRule",
    "kubernetes:*",
    "sovereign-uc:*",
    "*",
  ],
  remedies: {
    components:
      "Name mail, directory and file services under `isolatedFrom` of the network: every host then drops their ranges, before any opening.",
    pulumi: "Remove rules for ports of mail, directories and file shares, and routes that lead to their ranges.",
    kubernetes: "Name ports in `egress`, and cut isolated ranges out with `ipBlock.except`.",
  },
  beyond:
    "No law asks that conferences and mail never meet. The article does, so that a crisis platform works while the directory is under attack.",
  examples: {
    good: [
      {
        type: "hcloud:index/firewall:Firewall",
        properties: {
          rules: [
            { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] },
            { direction: "out", protocol: "tcp", port: "853", destinationIps: ["192.0.2.53/32"] },
          ],
        },
      },
    ],
    bad: [
      {
        type: "hcloud:index/firewall:Firewall",
        properties: {
          rules: [
            { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] },
            { direction: "out", protocol: "tcp", port: "636", destinationIps: ["192.0.2.53/32"] },
          ],
        },
      },
    ],
  },
  check: judge,
  // Resources come in any order: a network may be seen after a filter that contradicts its isolation.
  checkStack: (subjects, context) =>
    together(contradicted(subjects, context), contacted(subjects, context), unwalled(subjects, context)),
};

/** Filters that contradict the isolation. */
function contradicted(subjects: readonly Subject[], context: Context): Verdict {
  const filters = subjects
    .map((subject) => ({ subject, inputs: context.inputs.get(subject.urn) ?? subject }))
    .filter(({ inputs }) => openingsOf(inputs) !== undefined || isRoute(inputs.type));
  if (filters.length === 0 || context.isolated.length === 0) return undefined;
  return filters.flatMap(({ subject, inputs }) =>
    isolation(inputs, context).map((finding) => ({
      ...finding,
      urn: subject.urn,
    })),
  );
}

/** Texts that ask for what another resource is isolated from. */
function contacted(subjects: readonly Subject[], context: Context): Verdict {
  const found = subjects.flatMap((subject) =>
    contacting(context.inputs.get(subject.urn) ?? subject, context).map((finding) => ({
      ...finding,
      urn: subject.urn,
    })),
  );
  return found.length === 0 ? undefined : found;
}

/** A component of ours whose hosts have filters of ours. */
const ours = "sovereign-uc:index:Cluster";
/** Clusters whose hosts have filters that nobody here sees. */
const strange: readonly string[] = ["sovereign-uc:index:AdoptedCluster", "sovereign-uc:index:ManagedCluster"];

/** True if a resource is one of a cluster of ours, or the cluster itself: its URN says what it is part of. */
const isOfOurs = ({ urn, type }: Subject): boolean =>
  type === ours || (urn.split("::")[2] ?? "").split("$").slice(0, -1).includes(ours);

/**
 * Isolated ranges that hosts of our clusters in this stack let through, as far as it shows: what counts is the filter that was rendered for each host, not
 * that a component says so.
 */
function letThrough(subjects: readonly Subject[], isolated: readonly string[]): readonly string[] {
  const filters = subjects.filter(isOfOurs).flatMap((subject) => hostFilters(subject) ?? []);
  if (filters.length === 0) return isolated;
  const walls = filters.map(dropped);
  return isolated.filter((range) => !walls.every((ranges) => Ranges.covers(ranges, range)));
}

/**
 * Pods that no filter of a host closes: on a cluster that is adopted, managed, or known by a kubeconfig only, or whose hosts let an isolated range through.
 * There policies have to: each pod is closed in both directions, and what is opened again is judged like any opening. Where that cannot be seen, nothing is
 * proven.
 */
function unwalled(subjects: readonly Subject[], { isolated, inputs, settings: { opaque } }: Context): Verdict {
  const pods = subjects.flatMap((subject) => podsOf(inputs.get(subject.urn) ?? subject) ?? []);
  if (isolated.length === 0 || pods.length === 0) return undefined;
  const clusters = subjects.filter(({ type }) => strange.includes(type));
  const open = letThrough(subjects, isolated);
  const providers = subjects.filter(({ type }) => type === "pulumi:providers:kubernetes");
  /** True for pods on a cluster of ours. A state can leave providers out: then it is so if the stack has no other cluster. */
  const isOnOurs = ({ provider }: Subject): boolean => {
    const named = providers.filter(({ name }) => name === provider?.name);
    return named.length > 0
      ? named.every(isOfOurs)
      : clusters.length === 0 && providers.every(isOfOurs) && subjects.some(isOfOurs);
  };
  const walls = subjects.flatMap((subject) => wallsOf(inputs.get(subject.urn) ?? subject));
  const accepted = ({ name, urn }: Subject): boolean =>
    opaque.some(({ resource }) => resource === name || resource === urn);
  const looked = clusters.length > 0 && clusters.every(accepted);
  const left = pods.filter(({ subject }) => !accepted(subject) && !(isOnOurs(subject) && open.length === 0));
  return left.flatMap((row): readonly Undetermined[] => {
    const { subject, onHost } = row;
    const isOurs = isOnOurs(subject);
    if (onHost && looked && !isOurs) return [];
    const ranges = (isOurs ? open : isolated).join(", ");
    if (onHost)
      return [
        {
          undetermined: `pods of "${subject.name}" on the network of their hosts, ${isOurs ? "whose filters, as this stack shows them, let it through" : "whose filter this stack does not show"}: nothing proves that they are isolated from ${ranges}`,
          action: isOurs
            ? "name it in isolatedFrom of the cluster's network, so that its hosts drop it"
            : "take them off the hosts' network, or list the cluster or the workload under \"opaque\" with who looked at the hosts' filter",
          urn: subject.urn,
        },
      ];
    const ways = openWays(row, walls);
    if (ways.length === 0) return [];
    return [
      {
        undetermined: `pods of "${subject.name}", which no policy of this stack closes ${ways.map((way) => (way === "in" ? "inwards" : "outwards")).join(" and ")}: nothing proves that they are isolated from ${ranges}`,
        action: "add a NetworkPolicy with an empty podSelector and both policyTypes to their namespace",
        urn: subject.urn,
      },
    ];
  });
}

function judge(subject: Subject, context: Context): Verdict {
  const read = openingsOf(subject);
  const asked = [...contacting(subject, context), ...told(subject, context)];
  if (read === undefined && !isRoute(subject.type)) return asked.length === 0 ? undefined : asked;
  const findings = [
    ...(read?.openings ?? []).flatMap((one) => ports(one, context)),
    ...isolation(subject, context),
    ...asked,
  ];
  const open = read?.partial === true || destinationsOf(subject).includes(unknown);
  return open ? [...findings, partial] : findings;
}

/**
 * Findings on ports of the isolated systems, with any peer. Openings between pods lead to nothing outside. A stack whose own service has such a port says so in the
 * pack's configuration, with a reason: it is accepted inwards, as a single port.
 */
function ports(opening: Opening, { settings: { ownPorts } }: Context): readonly Finding[] {
  const { first, last, direction, inside } = opening;
  const own = direction === "in" && first === last && ownPorts.some(({ port }) => port === first);
  if (inside || own) return [];
  const hit = isolatedPorts.filter(
    ({ first, last, protocols }) =>
      opening.first <= last &&
      first <= opening.last &&
      protocols.some((protocol) => opening.protocol === "any" || protocol === opening.protocol),
  );
  if (hit.length === 0) return [];
  const names = hit.map(({ service, first }) => `${service} ${first}`);
  return [
    {
      found: `${opening.what}, which opens ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} ${opening.direction === "in" ? "inwards" : "outwards"}`,
      allowed: "ports of the platform's own services",
      action: "name the ports that the service needs, without those of mail, directory and file services",
    },
  ];
}

/** Addresses and ranges of isolated systems in texts: what a filter opens, where a tunnel or a route leads, what a setting or a command names. */
function contacting(subject: Subject, { isolated }: Context): readonly Finding[] {
  if (isolated.length === 0 || subject.type.startsWith("sovereign-uc:") || isProvider(subject)) return [];
  const read = reading(subject);
  const within = (host: string): string | undefined => isolated.find((range) => Ranges.contains(range, host));
  const hosts = [
    ...read.texts.flatMap(({ path, text }) =>
      contactsIn(text).flatMap(({ host, asked }) => (asked ? [{ host, path }] : [])),
    ),
    ...containers(read).flatMap(({ path, environment }) =>
      [...environment].flatMap(([name, value]) =>
        typeof value === "string" ? privately(`${path} ${name}`, value) : [],
      ),
    ),
  ].flatMap(({ host, path }) => {
    const range = within(host);
    return range === undefined ? [] : [{ what: host, path, range }];
  });
  const texts = breachesIn(read, isolated, openingsOf(subject) !== undefined || isRoute(subject.type));
  const found = [
    ...hosts,
    ...texts.filter((one) => !hosts.some(({ path, range }) => path === one.path && range === one.range)),
  ];
  return [...new Map(found.map((one) => [`${one.what} ${one.path}`, one])).values()].map(({ what, path, range }) => ({
    found: `${what}${place(path)}, which is in the isolated range ${range}`,
    allowed: "services outside the isolated ranges",
    action: "name a service of the platform's own",
  }));
}

/** Openings of isolated ports in texts, and file and directory services that stand by address, so that nothing says whose they are. */
function told(subject: Subject, context: Context): readonly (Finding | Undetermined)[] {
  if (isProvider(subject)) return [];
  const read = reading(subject);
  const filters = filtersOf(read);
  const opened = [
    ...filters.openings,
    ...read.documents.flatMap(({ path, value }) =>
      path === "" || !isObject(value)
        ? []
        : hostPorts(value).map((one) => ({ ...one, what: `${one.what}${place(path)}` })),
    ),
  ];
  return [
    ...opened.flatMap((one) => ports(one, context)),
    ...filters.unread.map(({ path }) => ({
      undetermined: `a filter${place(path)} with more members than any rule reads`,
      action: "name ranges in the place of single addresses",
    })),
    ...sharesIn(subject, read).map(({ what, path }) => ({
      found: `${what}${place(path)}, and nothing says whose it is`,
      allowed: "file and directory services of the platform's own, by a name in the cluster or under your own domains",
      action: "name it, if it is the platform's own, or keep the files and the accounts within the platform",
    })),
  ];
}

function isolation(subject: Subject, { isolated }: Context): readonly Finding[] {
  const routed = destinationsOf(subject).flatMap((destination) =>
    isolated
      .filter((range) => typeof destination === "string" && Ranges.overlap(range, destination))
      .map((range) => ({
        found: `a route to ${String(destination)}, which contains the isolated range ${range}`,
        allowed: "routes outside the isolated ranges",
        action: "remove the route or name a destination outside",
      })),
  );
  const policy = subject.type.startsWith("kubernetes:");
  const opened = (openingsOf(subject)?.openings ?? []).flatMap((opening) =>
    opening.peers.flatMap((peer) =>
      isolated
        // Cloud firewalls cannot except a range from "everybody": there the hosts' own filter drops it first. A NetworkPolicy can.
        .filter((range) => Ranges.overlap(range, peer) && (policy || !Ranges.isEverything(peer)))
        .filter((range) => !Ranges.covers(opening.except, range))
        .map((range) => ({
          found: `${opening.what} with the peer ${peer}, which contains the isolated range ${range}`,
          allowed: "peers outside the isolated ranges",
          action: policy ? `add ${range} to ipBlock.except or name a smaller peer` : "name a smaller peer",
        })),
    ),
  );
  return [...routed, ...opened];
}
