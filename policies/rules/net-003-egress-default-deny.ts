import { exampleDeployment, exampleGuards } from "../examples";
import type { Context, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { isEverybody } from "../extract/exposed";
import { type Opening, openingsOf } from "../extract/openings";
import { partial, together } from "../extract/scan";
import { at, entries, isList, items, unknown, type Value } from "../extract/value";
import { openWays, podsOf, wallsOf } from "../extract/walls";

/** UC-NET-003: nothing leaves but what is named. */
export const egressDefaultDeny: Rule = {
  id: "UC-NET-003",
  name: "egress-default-deny",
  title: "Every host and every pod refuses what goes out, but for what is named.",
  rationale:
    "What a program sends home by default, and what an intruder carries away, leaves through the same open door. A filter that names what may go out shows both, and stops both.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.7.2.c" },
    { framework: "ir2024-2690", reference: "6.8.2.e" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "revfadp", reference: "8" },
  ],
  remediation: "Close each namespace and each host outwards, and open single ports to single ranges or names.",
  types: [
    "hcloud:index/firewall:Firewall",
    "hcloud:index/server:Server",
    "exoscale:index/securityGroupRule:SecurityGroupRule",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    "kubernetes:*",
    "sovereign-uc:index:HostPool",
    "sovereign-uc:index:Gateway",
  ],
  remedies: {
    components:
      "Make namespaces with `Namespace`, which closes them, and list destinations as `egress` of the service: the gateways' proxy lets nothing else out.",
    pulumi:
      "Give each public server a firewall, with rules outwards of single ports: Hetzner lets everything out as long as there is none.",
    kubernetes:
      "Add a NetworkPolicy with an empty `podSelector` and both `policyTypes` to each namespace, and one `egress` rule with peers and ports for each need.",
  },
  beyond:
    "The regulation asks to limit what is needed. A single port to everybody passes at hosts, since a proxy's destinations are names.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment(), ...exampleGuards.filter(({ type }) => !type.includes("NetworkPolicy"))],
  },
  check: judge,
  checkStack: (subjects, context) => together(doors(subjects), unclosed(subjects, context)),
};

const firewall = "hcloud:index/firewall:Firewall";
const allowed = "single ports, to ranges that are named where they can be";

function judge(subject: Subject): Verdict {
  const read = openingsOf(subject);
  if (read === undefined) return undefined;
  const isPolicy = subject.type.startsWith("kubernetes:");
  const outwards = read.openings.filter(({ direction }) => direction === "out");
  const wide = outwards.filter((one) => isEverybody(one) && (isPolicy || !isNamed(one)));
  if (subject.type !== firewall && outwards.length === 0 && !read.partial) return undefined;
  return [...wide.map(refused), ...silent(subject), ...(read.partial ? [partial] : [])];
}

/** True for one port, for what has no ports, and for media, which goes to any port that a browser chose. */
const isNamed = ({ protocol, first, last }: Opening): boolean =>
  protocol === "other" || first === last || (protocol === "udp" && first >= 1024);

const refused = ({ what, protocol, first, last }: Opening): Finding => ({
  found: `${what}, which lets ${protocol === "any" ? "everything" : `${protocol} ${first === last ? String(first) : `${first}-${last}`}`} out to everybody`,
  allowed,
  action: "name the ranges and the ports that are needed",
});

/** A firewall of Hetzner's without a rule outwards lets everything out. Source: docs.hetzner.com/cloud/firewalls/faq, changed 2023-11-16. */
function silent({ type, properties }: Subject): readonly Finding[] {
  const rules = at(properties, "rules");
  if (
    type !== firewall ||
    rules === unknown ||
    items(rules).some((rule) => rule === unknown || at(rule, "direction") === "out")
  )
    return [];
  return [
    {
      found: "no rule outwards, so that everything goes out",
      allowed,
      action: "add a rule outwards for what is needed: then all else is refused",
    },
  ];
}

const isFilled = (value: Value): boolean => isList(value) && value.length > 0;
const isNo = (value: Value): boolean => value === false;

/** Machines of clouds that have a public address unless they say otherwise, and the property that names their filter. */
const machines: ReadonlyMap<string, readonly [filter: string, isPrivate: (properties: Value) => boolean]> = new Map([
  [
    "hcloud:index/server:Server",
    [
      "firewallIds",
      (properties: Value) => {
        const nets = items(at(properties, "publicNets"));
        return nets.length > 0 && nets.every((net) => isNo(at(net, "ipv4Enabled")) && isNo(at(net, "ipv6Enabled")));
      },
    ],
  ],
  [
    "exoscale:index/computeInstance:ComputeInstance",
    ["securityGroupIds", (properties: Value) => at(properties, "private") === true],
  ],
  ["exoscale:index/instancePool:InstancePool", ["securityGroupIds", () => false]],
]);

/** Machines with a public address and no filter of the cloud's. */
function doors(subjects: readonly Subject[]): Verdict {
  const all = subjects.flatMap((subject) => {
    const machine = machines.get(subject.type);
    return machine === undefined ? [] : [{ subject, machine }];
  });
  if (all.length === 0) return undefined;
  return all.flatMap(({ subject, machine: [filter, isPrivate] }): readonly Item[] => {
    if (isPrivate(subject.properties) || isFilled(at(subject.properties, filter))) return [];
    const { urn, name } = subject;
    if (at(subject.properties, filter) === unknown)
      return [{ undetermined: `${filter} of "${name}" is not known before the update`, later: true, urn }];
    const other = applied(subject, subjects);
    if (other === "covered") return [];
    return [
      other ?? {
        found: `"${name}" with a public address and without ${filter}`,
        allowed: "a filter of the cloud's before each public address",
        action: `set ${filter}, or take the public address away`,
        urn,
      },
    ];
  });
}

/** A firewall that names servers itself: by labels, which can be read, or by number, which nobody knows before the update. */
function applied(
  { urn, name, properties }: Subject,
  subjects: readonly Subject[],
): "covered" | Undetermined | undefined {
  const targets = subjects.flatMap((one): readonly Value[] =>
    one.type === firewall
      ? items(at(one.properties, "applyTos"))
      : one.type === "hcloud:index/firewallAttachment:FirewallAttachment"
        ? [
            one.properties,
            ...items(at(one.properties, "labelSelectors")).map((labelSelector): Value => ({ labelSelector })),
          ]
        : [],
  );
  const labels = new Map(entries(at(properties, "labels")));
  const byLabel = targets.some((target) => {
    const selector = at(target, "labelSelector");
    const [key = "", value] = typeof selector === "string" ? selector.split(/==?/).map((part) => part.trim()) : [];
    return value === undefined ? labels.has(key) : labels.get(key) === value;
  });
  if (byLabel) return "covered";
  const byNumber = targets.some(
    (target) => at(target, "server") !== undefined || at(target, "serverIds") !== undefined,
  );
  return byNumber
    ? {
        undetermined: `whether a firewall that names servers by number is before "${name}"`,
        action: "name the firewall in firewallIds of the server",
        urn,
      }
    : undefined;
}

/** Pods that no policy closes outwards. Those on the network of their hosts have the hosts' filter. */
function unclosed(subjects: readonly Subject[], { inputs, settings: { opaque } }: Context): Verdict {
  const given = subjects.map((subject) => inputs.get(subject.urn) ?? subject);
  const pods = given.flatMap((subject) => podsOf(subject) ?? []);
  if (pods.length === 0) return undefined;
  const walls = given.flatMap(wallsOf);
  const left = pods.filter(
    ({ subject: { name, urn }, onHost, perhapsOnHost }) =>
      (!onHost || perhapsOnHost) && !opaque.some(({ resource }) => resource === name || resource === urn),
  );
  return left.flatMap((row): readonly Item[] => {
    const { name, urn } = row.subject;
    if (row.perhapsOnHost)
      return [{ undetermined: `whether pods of "${name}" share their host's network is not known`, later: true, urn }];
    if (row.namespace === unknown)
      return [{ undetermined: `the namespace of "${name}" is not known before the update`, later: true, urn }];
    return openWays(row, walls).includes("out")
      ? [
          {
            found: `pods of "${name}", which no policy of this stack closes outwards`,
            allowed: "pods in a namespace that a policy closes",
            action: "add a NetworkPolicy with an empty podSelector and both policyTypes to their namespace",
            urn,
          },
        ]
      : [];
  });
}
