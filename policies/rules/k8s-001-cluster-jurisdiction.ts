import { loginPrograms } from "../facts/clusters";
import { partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import { countriesText } from "../profiles";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { documents } from "../extract/documents";
import { hostOf, isInternal, ofHost } from "../extract/hosts";
import { Ranges } from "../extract/ranges";
import { at, isOn, items, strings, unknown, type Value } from "../extract/value";
import { isOwn, type Settings } from "../settings";

/** UC-K8S-001: the cluster is the operator's own, or of a party that the profile accepts. */
export const clusterJurisdiction: Rule = {
  id: "UC-K8S-001",
  name: "cluster-jurisdiction",
  title: "Every Kubernetes cluster is your own, or of an operator that the profile accepts.",
  rationale:
    "The operator of a cluster's control plane can read every Secret in it. The Kubernetes provider uses any kubeconfig, even one that happens to be on the machine, so the program has to give it, and it is judged by its server.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "ir2024-2690", reference: "5.1" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "revfadp", reference: "9" },
    { framework: "revfadp", reference: "16" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Give the provider a kubeconfig of your own cluster, whose server is under one of your own domains or in a private network.",
  types: ["pulumi:providers:kubernetes", "sovereign-uc:index:AdoptedCluster"],
  remedies: {
    components: "Let `Platform` make the cluster, or adopt one with `AdoptedCluster` and state its server and country.",
    pulumi: "Give the Kubernetes provider the content of a kubeconfig whose `server` is under one of your own domains.",
  },
  examples: {
    good: [
      {
        type: "pulumi:providers:kubernetes",
        properties: {
          kubeconfig: 'apiVersion: v1\nclusters:\n- cluster: { server: "https://api.crisis.example.ch:6443" }\n',
        },
      },
    ],
    bad: [
      {
        type: "pulumi:providers:kubernetes",
        properties: {
          kubeconfig: 'apiVersion: v1\nclusters:\n- cluster: { server: "https://api.elsewhere.example.net:6443" }\n',
        },
      },
    ],
  },
  check: judge,
};

function judge(subject: Subject, { settings }: Context): Verdict {
  const allowed = `servers under your own domains (${settings.ownDomains.join(", ") || "none declared"}), in private networks, or with ${acceptedText(settings.profile)}`;
  if (subject.type === "sovereign-uc:index:AdoptedCluster") return adopted(subject, settings, allowed);
  if (subject.type !== "pulumi:providers:kubernetes") return undefined;
  const { properties } = subject;
  // Nothing is contacted where manifests are only written to a folder.
  const folder = at(properties, "renderYamlToDirectory");
  if (typeof folder === "string" && folder !== "") return [];
  const kubeconfig = at(properties, "kubeconfig");
  if (kubeconfig === unknown) return [{ undetermined: "the kubeconfig is not known before the update", later: true }];
  if (typeof kubeconfig !== "string" || kubeconfig === "")
    return [
      {
        found: "no kubeconfig, so that the one of the machine is used",
        allowed,
        action: "give the provider its kubeconfig",
      },
    ];
  // A reader may take the first document or the last one: all of them are judged.
  const texts = documents(kubeconfig);
  const servers = texts.flatMap((text) => items(at(text, "clusters")));
  if (servers.length === 0)
    return [
      {
        found: "a kubeconfig that cannot be read (a path, or no clusters)",
        allowed,
        action: "give its content, as YAML or JSON",
      },
    ];
  return [
    ...servers.flatMap((entry) => {
      const cluster = at(entry, "cluster");
      return [
        ...server(proven(cluster, settings) ?? at(cluster, "server"), settings, allowed),
        ...server(at(cluster, "tls-server-name"), settings, allowed),
        ...server(at(cluster, "proxy-url"), settings, allowed),
        ...verified(cluster),
      ];
    }),
    ...texts.flatMap((text) => items(at(text, "users"))).flatMap((user) => login(at(user, "user"), settings, allowed)),
  ];
}

/** Findings on the stated facts of an adopted cluster, whose kubeconfig may not be known yet: the component checks the kubeconfig against it. */
function adopted({ properties }: Subject, settings: Settings, allowed: string): readonly Finding[] {
  const country = at(properties, "country");
  const stands = typeof country === "string" ? `in ${country}` : "in a country that is not stated";
  return [
    ...server(at(properties, "server") ?? null, settings, allowed),
    ...(settings.profile.countries.some((one) => one === country)
      ? []
      : [
          {
            found: `an adopted cluster ${stands}`,
            allowed: countriesText(settings.profile),
            action: "adopt a cluster whose hosts are in an allowed country, and state the country as a plain string",
          },
        ]),
  ];
}

/**
 * The name in a server's certificate, if it is the operator's own and the kubeconfig has the authority that proves it: an address alone says nothing about
 * the cluster's owner, and a managed cluster has no key for a name of the operator's.
 */
function proven(cluster: Value, settings: Settings): Value {
  const name = at(cluster, "tls-server-name");
  const host = typeof name === "string" ? hostOf(name) : undefined;
  const authority = at(cluster, "certificate-authority-data");
  return host !== undefined && isOwn(settings, host) && typeof authority === "string" && authority !== ""
    ? name
    : undefined;
}

function verified(cluster: Value): readonly Finding[] {
  return isOn(at(cluster, "insecure-skip-tls-verify"))
    ? [
        {
          found: "a server whose certificate is not verified",
          allowed: "servers with a verified certificate",
          action: "remove insecure-skip-tls-verify and give certificate-authority-data",
        },
      ]
    : [];
}

function server(url: Value, settings: Settings, allowed: string): readonly Finding[] {
  if (url === undefined) return [];
  const host = typeof url === "string" ? hostOf(url) : undefined;
  if (host === undefined)
    return [
      { found: "a server that is no address", allowed, action: "give it like https://api.crisis.example.ch:6443" },
    ];
  if (isOwn(settings, host) || isInternal(host) || Ranges.isPrivate(host)) return [];
  const row = ofHost(settings.tables.clusters, host);
  if (row === undefined)
    return [
      {
        found: `the server ${host}, which is in no table`,
        allowed,
        action: "name it under a domain in ownDomains if the cluster is yours",
      },
    ];
  const abroad = row.country !== undefined && !settings.profile.countries.includes(row.country);
  const reason =
    objection(settings.profile, row.party) ??
    (abroad ? `it is in ${row.country}, outside ${countriesText(settings.profile)}` : undefined);
  return reason === undefined
    ? []
    : [
        {
          found: `the server ${host} of ${partyText(row.party)}: ${reason}`,
          allowed,
          action: "use a cluster of your own",
        },
      ];
}

/** Programs that run others, so that the one that logs in stands among their arguments. */
const wrappers = /^(sh|bash|dash|zsh|ash|env|sudo|cmd|powershell|pwsh|python3?|node|nix-shell|timeout|exec)$/;

/** A program's name without folder and ending. */
const bare = (command: string): string =>
  (command.split(/[\\/]/).at(-1) ?? "").replace(/\.(exe|cmd|bat|sh)$/i, "").toLowerCase();

/** The way in which a kubeconfig logs in: built in by name, or a program, also one that a shell runs. Programs that nobody knows are undetermined. */
function login(user: Value, settings: Settings, allowed: string): readonly (Finding | Undetermined)[] {
  const builtIn = at(user, "auth-provider", "name");
  const issuer = at(user, "auth-provider", "config", "idp-issuer-url");
  const command = at(user, "exec", "command");
  const ways: string[] = typeof builtIn === "string" ? [builtIn.toLowerCase()] : [];
  if (typeof command === "string") {
    ways.push(bare(command));
    if (wrappers.test(bare(command)))
      ways.push(...strings(at(user, "exec", "args")).flatMap((text) => text.split(/[\s;&|'"=]+/).map(bare)));
  }
  const row = loginPrograms.find(({ program }) => ways.includes(program));
  if (row !== undefined)
    return [
      {
        found: `a login through ${row.program} of ${partyText(row.party)}`,
        allowed,
        action: "use a client certificate of your own cluster",
      },
    ];
  const args = strings(at(user, "exec", "args"));
  const asked = /oidc[-_]login/.test([ways[0] ?? "", ...args].join(" "))
    ? args.flatMap((text, i) =>
        text === "--oidc-issuer-url" ? (args[i + 1] ?? []) : (/^--oidc-issuer-url=(.+)/.exec(text)?.[1] ?? []),
      )[0]
    : undefined;
  if (typeof issuer === "string") return server(issuer, settings, allowed);
  if (asked !== undefined) return server(asked, settings, allowed);
  if (command === undefined && builtIn === undefined) return [];
  return [
    {
      undetermined: `a login through ${typeof command === "string" ? bare(command) : "a way"} that is in no table`,
      action: "use a client certificate of your own cluster",
    },
  ];
}
