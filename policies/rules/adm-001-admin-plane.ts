import { adminPorts } from "../facts/public-ports";
import { exampleFile } from "../examples";
import type { Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { spokenLines } from "../extract/comments";
import { exposedBy, isPartly } from "../extract/exposed";
import { ofLeaf } from "../extract/leaf";
import { remembering } from "../extract/memo";
import { judgeComponents, partial, place, reading } from "../extract/scan";
import { kindOf } from "../extract/subject";
import { at, isOn, items, strings, unknown, type Value, worded } from "../extract/value";

/** UC-ADM-001: administration has ways of its own. */
export const adminPlane: Rule = {
  id: "UC-ADM-001",
  name: "admin-plane",
  title: "Hosts, clusters and databases are administered from named ranges, by keys, and by named people.",
  rationale:
    "Who administers a platform can read everything on it. SSH, the Kubernetes API and databases that the whole internet reaches are guessed at all day, passwords are guessed in the end, and a right that everybody has cannot be taken from anybody.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.i" },
    { framework: "ir2024-2690", reference: "11.3" },
    { framework: "ir2024-2690", reference: "11.4" },
    { framework: "ir2024-2690", reference: "6.8.2.f" },
    { framework: "dpo", reference: "3.1" },
  ],
  remediation: "Open these ports to the administrators' ranges only, and log in with keys.",
  types: [
    "hcloud:index/firewall:Firewall",
    "hcloud:index/loadBalancerService:LoadBalancerService",
    "exoscale:index/securityGroupRule:SecurityGroupRule",
    "exoscale:index/nlbService:NlbService",
    "kubernetes:core/v1:Service",
    "kubernetes:rbac.authorization.k8s.io/*",
    "docker:*",
    "sovereign-uc:index:Gateway",
    "sovereign-uc:index:HostPool",
    "*",
  ],
  remedies: {
    components:
      "Name the administrators' ranges under `administrators`: gateways open SSH and the Kubernetes API to them and to nobody else, and hosts take keys only.",
    pulumi: "Name ranges in `sourceIps` or `cidr` for these ports, and set `ssh_pwauth: false` in user data.",
    kubernetes:
      "Take `type: LoadBalancer` from Services of databases, and bind roles to named users and service accounts, not to `system:authenticated`.",
  },
  examples: {
    good: [exampleFile("sshd_config", "PasswordAuthentication no\nPermitRootLogin prohibit-password\n")],
    bad: [exampleFile("sshd_config", "PasswordAuthentication yes\nPermitRootLogin prohibit-password\n")],
  },
  check: (subject) => judge(subject),
  checkStack: (subjects) => judgeComponents(subjects, (subject) => texts(subject)),
};

function judge(subject: Subject): Verdict {
  const found = [...ports(subject), ...texts(subject), ...bound(subject)];
  const related = exposedBy(subject) !== undefined || kindOf(subject.type)?.group === "rbac.authorization.k8s.io";
  return found.length === 0 && !related ? undefined : found;
}

function ports(subject: Subject): readonly (Finding | Undetermined)[] {
  const exposed = exposedBy(subject) ?? [];
  const found = exposed.flatMap((one): readonly Finding[] => {
    const hit = adminPorts.filter(
      ({ first, last }) => one.protocol !== "udp" && one.protocol !== "other" && one.first <= last && first <= one.last,
    );
    if (hit.length === 0) return [];
    const names = hit.map(({ service, first }) => `${service} (${first})`);
    return [
      {
        found: `${one.what}, which opens ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} to everybody`,
        allowed: "ranges of administrators, or a network of their own",
        action: "name the administrators' ranges",
      },
    ];
  });
  return isPartly(subject) ? [...found, partial] : found;
}

/** Lines of sshd's configuration that let in who has no key. Keywords and values: openssh-portable sshd_config.5 and servconf.c. */
const logins: readonly (readonly [pattern: RegExp, what: string, action: string])[] = [
  [/^\s{0,20}PasswordAuthentication[\s=]+yes\b/i, "SSH with passwords", "set PasswordAuthentication no"],
  [/^\s{0,20}PermitEmptyPasswords[\s=]+yes\b/i, "SSH with empty passwords", "set PermitEmptyPasswords no"],
  [
    /^\s{0,20}PermitRootLogin[\s=]+yes\b/i,
    "SSH as root, also with a password",
    "set PermitRootLogin prohibit-password",
  ],
  [/^\s{0,20}ssh_pwauth:\s{0,4}["']?(?:true|yes|1)\b/i, "SSH with passwords", "set ssh_pwauth: false"],
];

const loginsIn = remembering((text) =>
  /Authentication|Permit|ssh_pwauth/i.test(text)
    ? logins.filter(([pattern]) => spokenLines(text).some((line) => pattern.test(line)))
    : [],
);

function texts(subject: Subject): readonly Finding[] {
  const read = reading(subject);
  const written = read.texts.flatMap((leaf) => writtenIn(leaf));
  const parsed = read.documents.flatMap(({ path, value }) =>
    isOn(at(value, "ssh_pwauth")) ? [login(`SSH with passwords${place(path)}`, "set ssh_pwauth: false")] : [],
  );
  return [...written, ...parsed];
}

const writtenIn = ofLeaf(({ path, text }) =>
  loginsIn(text).map(([, what, action]) => login(`${what}${place(path)}`, action)),
);

const login = (found: string, action: string): Finding => ({ found, allowed: "SSH with keys only", action });

/** Groups of Kubernetes that hold everybody. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings. */
const everybody = /^system:(anonymous|unauthenticated|authenticated|serviceaccounts)$/;

/** Roles that change or read everything. */
const mighty = /^(cluster-admin|admin|edit)$/;

/** True for a word that a pattern takes; one that is not known may be any. */
const may = (pattern: RegExp, word: Value): boolean => word === unknown || pattern.test(worded(word));

function bound({ type, properties }: Subject): readonly (Finding | Undetermined)[] {
  const kind = kindOf(type);
  if (kind?.group !== "rbac.authorization.k8s.io") return [];
  if (kind.kind.includes("RoleBinding")) {
    const role = at(properties, "roleRef", "name");
    const subjects = at(properties, "subjects");
    const list: readonly Value[] = subjects === unknown ? [unknown] : items(subjects);
    return list.flatMap((one): readonly (Finding | Undetermined)[] => {
      const name = at(one, "name");
      if (!may(mighty, role) || !may(everybody, name)) return [];
      if (role === unknown || name === unknown)
        return [{ undetermined: "which role it gives to whom is not known before the update", later: true }];
      return [
        {
          found: `the role ${worded(role)} for ${worded(name)}, which is everybody`,
          allowed: "named users, groups and service accounts",
          action: "bind the role to who needs it",
        },
      ];
    });
  }
  return items(at(properties, "rules")).flatMap((rule, i) =>
    ["apiGroups", "resources", "verbs"].every((key) => strings(at(rule, key)).includes("*"))
      ? [
          {
            found: `rules[${i}] of a role, which allows everything`,
            allowed: "groups, resources and verbs by name",
            action: "name what the role needs",
          },
        ]
      : [],
  );
}
