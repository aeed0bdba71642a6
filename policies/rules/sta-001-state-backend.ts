import { exampleNetwork } from "../examples";
import { partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { hostOf, isInternal, ofHost } from "../extract/hosts";
import { Ranges } from "../extract/ranges";
import { objectStore } from "../extract/subject";
import { at } from "../extract/value";
import { isOwn, type Settings } from "../settings";

/** UC-STA-001: the state lies where the platform does. */
export const stateBackend: Rule = {
  id: "UC-STA-001",
  name: "state-backend",
  title: "Pulumi's state is kept in a store of your own, or of an operator that the profile accepts.",
  rationale:
    "The state lists every host, address, name and setting, and holds the secrets of all of them, encrypted by a key that the same service may keep. Pulumi's own service, which is the default, is a US company's.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.h" },
    { framework: "gdpr", reference: "28" },
    { framework: "revfadp", reference: "9" },
    { framework: "csf", reference: "SOV-3" },
    { framework: "csf", reference: "SOV-4" },
  ],
  remediation: "Log in to a backend of your own, and name it in PULUMI_BACKEND_URL, so that it can be judged.",
  types: ["pulumi:pulumi:Stack", "pulumi:pulumi:StackReference"],
  remedies: {
    components:
      'Write `backend: { url: "s3://state?endpoint=…" }` in Pulumi.yaml and the same address in PULUMI_BACKEND_URL; a passphrase encrypts the secrets.',
    pulumi:
      "Set PULUMI_BACKEND_URL to `file://…`, or to `s3://bucket?endpoint=host` of an accepted store, and take `passphrase` as secrets provider.",
  },
  beyond: "No law names the state. It is a copy of everything that the laws are about.",
  examples: {
    good: [exampleNetwork],
    bad: [{ type: "pulumi:pulumi:Stack", properties: {} }],
    operation: { organization: "acme" },
  },
  check: judge,
};

/** Organization of every stack whose backend is not Pulumi's service. Source: pulumi/pulumi pkg/backend/diy/backend.go at v3.256.0. */
const diy = "organization";

function judge({ type, properties }: Subject, { settings, operation }: Context): Verdict {
  if (type === "pulumi:pulumi:StackReference") {
    const name = at(properties, "name");
    const parts = typeof name === "string" ? name.split("/") : [];
    return parts.length === 3 && parts[0] !== diy
      ? [
          refused(
            `a reference to a stack of the organization "${parts[0] ?? ""}", whose state Pulumi's service keeps`,
            settings,
          ),
        ]
      : [];
  }
  if (type !== "pulumi:pulumi:Stack" || operation === undefined) return undefined;
  const { organization, backend } = operation;
  if (backend !== undefined && backend !== "") return stored(backend, settings);
  // A project can name its backend itself, and no pack is told: only a profile that leaves nothing open stops there.
  if (organization === diy && settings.profile.name !== "strict") return undefined;
  return organization === diy
    ? [
        {
          undetermined: "a backend whose address neither the environment nor a login of this user names",
          action: "name it in PULUMI_BACKEND_URL",
        },
      ]
    : [refused(`the state of the organization "${organization}" in Pulumi's service`, settings)];
}

const refused = (found: string, { profile }: Settings): Finding => ({
  found,
  allowed: `a folder, a store under your own domains, or one with ${acceptedText(profile)}`,
  action: "log in to a backend of your own",
});

/** Backends of clouds that are named by no host. Source: pulumi/pulumi pkg/backend/diy at v3.256.0 (gocloud.dev/blob). */
const clouds: Readonly<Record<string, string>> = {
  "azblob:": "Microsoft's blob store",
  "gs:": "Google's object store",
};

function stored(backend: string, settings: Settings): readonly (Finding | Undetermined)[] {
  if (/^(file:|~|\.{0,2}\/)/.test(backend)) return [];
  const scheme = /^[a-z0-9+]+:/i.exec(backend)?.[0].toLowerCase() ?? "";
  const cloud = clouds[scheme];
  if (cloud !== undefined) return [refused(`the state in ${cloud}`, settings)];
  if (scheme !== "s3:") return atHost(backend, settings);
  const endpoint = /[?&]endpoint=([^&]+)/.exec(backend)?.[1];
  return endpoint === undefined
    ? [refused("the state in Amazon's object store, since no endpoint is named", settings)]
    : atHost(decodeURIComponent(endpoint), settings);
}

/** A backend by its host: a database, a service of Pulumi's kind, or an object store. */
function atHost(address: string, settings: Settings): readonly (Finding | Undetermined)[] {
  const host = hostOf(address);
  if (host === undefined)
    return [{ undetermined: "an address of the backend that cannot be read", action: "write it like https://…" }];
  if (isOwn(settings, host) || isInternal(host) || Ranges.isPrivate(host)) return [];
  const { tables, profile } = settings;
  const party = objectStore(tables, host)?.party ?? ofHost(tables.hosts, host)?.party;
  const reason = party === undefined ? "which is in no table" : objection(profile, party);
  if (reason === undefined) return [];
  return [
    refused(
      `the state at ${host}${party === undefined ? `, ${reason}` : ` of ${partyText(party)}: ${reason}`}`,
      settings,
    ),
  ];
}
