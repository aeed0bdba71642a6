import { adminPorts, publicPorts } from "../facts/public-ports";
import { isolatedPorts, plainSipPorts } from "../facts/ports";
import type { Finding, Rule, Subject, Verdict } from "../rule";
import { type Exposed, exposedBy, isPartly } from "../extract/exposed";
import { partial } from "../extract/scan";

/** UC-NET-004: everybody reaches what is made for everybody, and nothing else. */
export const publicExposure: Rule = {
  id: "UC-NET-004",
  name: "public-exposure",
  title: "Everybody reaches the ports of web, TURN and media only.",
  rationale:
    "A port that is open to the whole internet is tried within minutes. Web, TURN and media have to be; each other port is one more program that must never have a fault.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.7.2.f" },
    { framework: "gdpr", reference: "32.1.b" },
  ],
  remediation: "Name the ranges that need the port, or put the service behind the gateway on 443.",
  types: [
    "hcloud:index/firewall:Firewall",
    "hcloud:index/loadBalancerService:LoadBalancerService",
    "exoscale:index/securityGroupRule:SecurityGroupRule",
    "exoscale:index/nlbService:NlbService",
    "kubernetes:core/v1:Service",
    "kubernetes:gateway.networking.k8s.io/*",
    "kubernetes:networking.istio.io/*",
    "docker:*",
    "sovereign-uc:index:Gateway",
    "sovereign-uc:index:HostPool",
  ],
  remedies: {
    components:
      "Publish services through routes of the platform, which all stand on 443, and name ranges in `from` where a gateway publishes another port.",
    pulumi: "Replace 0.0.0.0/0 and ::/0 in `sourceIps` or `cidr` by the ranges that need the port.",
    kubernetes: "Set `type: ClusterIP` behind an ingress, or `loadBalancerSourceRanges` at the Service.",
  },
  beyond:
    "The regulation asks to switch off services that are not needed. The rule says which ports can be: a table that grows by review.",
  examples: {
    good: [wall("443")],
    bad: [wall("8080")],
  },
  check: judge,
};

function wall(port: string) {
  const rules = [
    { direction: "in", protocol: "tcp", port, sourceIps: ["0.0.0.0/0", "::/0"] },
    { direction: "out", protocol: "tcp", port: "853", destinationIps: ["192.0.2.53/32"] },
  ];
  return { type: "hcloud:index/firewall:Firewall", properties: { rules } };
}

function judge(subject: Subject): Verdict {
  const exposed = exposedBy(subject);
  if (exposed === undefined) return undefined;
  return [
    ...exposed.filter((one) => !isPublic(one) && !isOthers(one)).map(refused),
    ...(isPartly(subject) ? [partial] : []),
  ];
}

const within = (inner: Exposed, outer: { readonly first: number; readonly last: number }): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

const isPublic = (one: Exposed): boolean =>
  one.protocol === "other" ||
  publicPorts.some((row) => row.protocols.some((name) => name === one.protocol) && within(one, row));

/** Ports that rules of their own refuse: of administration (UC-ADM-001), of mail and directories (UC-NET-001), of SIP in clear (UC-MED-001). */
const isOthers = (one: Exposed): boolean =>
  [...adminPorts, ...isolatedPorts, ...plainSipPorts.map(({ port }) => ({ first: port, last: port }))].some((row) =>
    within(one, row),
  );

const shown = ({ first, last, protocol }: Exposed): string =>
  `${protocol === "any" ? "every protocol" : protocol} ${first === last ? String(first) : `${first}-${last}`}`;

const refused = (one: Exposed): Finding => ({
  found: `${one.what}, which opens ${shown(one)} to everybody`,
  allowed: `to everybody: ${[...new Set(publicPorts.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)))].join(", ")}`,
  action: "name the ranges that need it, or add the port to facts/public-ports.ts with what listens there",
});
