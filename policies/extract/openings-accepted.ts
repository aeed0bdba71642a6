import type { Subject } from "../rule";
import { remembering } from "./memo";
import { collect, everybody, everything, type Opening, type Openings, portText, type Reader, shown } from "./opening";
import { at, items, unknown, type Value, worded } from "./value";

/** The first of some keys that is there; a key may be a path. */
const first = (value: Value, ...keys: readonly string[]): Value =>
  keys.map((key) => at(value, ...key.split("."))).find((one) => one !== undefined && one !== null && one !== "");

const number = (value: Value): number | undefined =>
  typeof value === "number" ? value : typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : undefined;

/** Ports of a rule, in the keys of OpenStack, UpCloud, IONOS, STACKIT and Scaleway. */
function portsOf(rule: Value): Pick<Opening, "first" | "last"> {
  const start = number(first(rule, "destinationPortStart", "portRangeMin", "portRangeStart", "portRange.min", "port"));
  const end = number(first(rule, "destinationPortEnd", "portRangeMax", "portRangeEnd", "portRange.max"));
  if (start !== undefined) return { first: start, last: end ?? start };
  return portText(first(rule, "portRange", "port"));
}

const protocolOf = (rule: Value): Opening["protocol"] => {
  const named = first(rule, "protocol.name", "protocol");
  const name = typeof named === "string" ? named.toLowerCase() : "any";
  if (name === "tcp" || name === "udp") return name;
  return name === "any" || name === "all" ? "any" : "other";
};

/** One rule of a filter. A rule that refuses opens nothing. */
function ruleOf(rule: Value, what: string, way?: Opening["direction"]): readonly Opening[] {
  const action = first(rule, "action");
  if (typeof action === "string" && /^(drop|deny|reject)$/i.test(action)) return [];
  const said = first(rule, "direction", "type");
  const direction = way ?? (typeof said === "string" && /^(out|egress)/i.test(said) ? "out" : "in");
  const range = first(rule, "remoteIpPrefix", "ipRange", "cidr", "sourceIp", "sourceCidr", "ip");
  const from = first(rule, "sourceAddressStart", "destinationAddressStart");
  const group = first(rule, "remoteGroupId", "remoteSecurityGroupId");
  const peers =
    typeof range === "string" ? [range] : from === undefined || from === "0.0.0.0" ? everybody : [worded(from)];
  return [
    {
      what: `${what} (${direction} ${worded(first(rule, "protocol.name", "protocol") ?? "any protocol")})`,
      direction,
      protocol: protocolOf(rule),
      ...portsOf(rule),
      peers: group === undefined ? peers : [],
      except: [],
      inside: group !== undefined && range === undefined,
    },
  ];
}

const single = (properties: Subject["properties"]): Openings => ({
  openings: ruleOf(properties, "the rule"),
  partial: Object.values(properties).includes(unknown),
});

const listed =
  (key: string, way?: Opening["direction"]): Reader =>
  (properties) =>
    collect(at(properties, key), (rule, i) => ruleOf(rule, `${key}[${i}]`, way));

/** Without a word about it, a security group of Scaleway accepts everything. */
function scaleway(properties: Subject["properties"]): Openings {
  const parts = (
    [
      ["inboundRules", "in", "inboundDefaultPolicy"],
      ["outboundRules", "out", "outboundDefaultPolicy"],
    ] as const
  ).map(([key, way, policy]): Openings => {
    const rules = listed(key, way)(properties);
    const usual = at(properties, policy);
    const open: readonly Opening[] =
      usual === "drop" || usual === unknown
        ? []
        : [
            {
              what: `${policy} ${shownWord(usual)}`,
              direction: way,
              protocol: "any",
              ...everything,
              peers: everybody,
              except: [],
              inside: false,
            },
          ];
    return { openings: [...rules.openings, ...open], partial: rules.partial || usual === unknown };
  });
  return { openings: parts.flatMap(({ openings }) => openings), partial: parts.some(({ partial }) => partial) };
}

const shownWord = (value: Value): string => (typeof value === "string" ? value : "accept (the default)");

/** A balancer has no filter, so that its ports are open to everybody. */
const balancer: Reader = (properties) => {
  const listeners = first(properties, "listeners", "frontends");
  const all = items(listeners).length > 0 ? items(listeners) : [properties];
  const ports = all.map((one) => first(one, "inboundPort", "listenerPort", "protocolPort", "port"));
  return {
    openings: ports.flatMap((port): readonly Opening[] =>
      typeof port === "number" || typeof port === "string"
        ? [
            {
              what: `the balancer's port ${shown(port)}`,
              direction: "in",
              protocol: "tcp",
              ...portText(port),
              peers: [],
              except: [],
              inside: false,
            },
          ]
        : [],
    ),
    partial: ports.includes(unknown),
  };
};

/** Readers of the filters and balancers of the other accepted clouds, by what their types hold. Shapes: the Terraform providers of each, `docs/resources`. */
const readers: readonly (readonly [type: RegExp, reader: Reader])[] = [
  [/^upcloud:.*\bFirewallRules$/, listed("firewallRules")],
  [/^scaleway:.*SecurityGroup$/, scaleway],
  [/^ionoscloud:.*\bFirewall$/, single],
  [/^opentelekomcloud:.*SecgroupRuleV\d$/, single],
  [/^stackit:.*\bSecurityGroupRule$/, single],
  [
    /^(ovh|scaleway|upcloud|ionoscloud|stackit|opentelekomcloud):.*(Frontend|Listener(V\d)?|Forwardingrule|Loadbalancer)$/i,
    balancer,
  ],
];

/** Filters of these clouds that nobody has read are not known, and so what they open is not known either. */
const filter =
  /^(ovh|scaleway|upcloud|ionoscloud|stackit|opentelekomcloud|infomaniak):(?=.*(rule|firewall|acl))(?=.*(firewall|secgroup|securityGroup|acl))/i;

/** Reader of a type of these clouds; undefined for every other type. */
export const acceptedReader = remembering((type): Reader | undefined => {
  const known = readers.find(([pattern]) => pattern.test(type))?.[1];
  if (known !== undefined) return known;
  return filter.test(type) ? () => ({ openings: [], partial: true }) : undefined;
});
