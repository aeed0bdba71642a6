import { partyText } from "../facts/entities";
import { providerFact, providers } from "../facts/providers";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import {
  isComponent,
  isProvider,
  objectStore,
  packageOf,
  providerProperties,
  storeHosts,
  tokenPackage,
} from "../extract/subject";
import { at, isOn } from "../extract/value";
import { isOwn, type Settings } from "../settings";

const allowed = providers
  .filter(({ accepted }) => accepted)
  .map((row) => row.package)
  .join(", ");

/** UC-JUR-001: only allowed providers. */
export const providerAllowlist: Rule = {
  id: "UC-JUR-001",
  name: "provider-allowlist",
  title: "Every provider is on the allow-list.",
  rationale:
    "A provider's operator can be compelled to hand over data that it stores or transmits. A provider that was not reviewed is an unknown party, so it is refused.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "ir2024-2690", reference: "5.1" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "gdpr", reference: "48" },
    { framework: "revfadp", reference: "9" },
    { framework: "revfadp", reference: "16" },
    { framework: "csf", reference: "SOV-1" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Take an accepted provider, or have the new one reviewed and added to facts/providers.ts with its party, source and date.",
  check: judge,
};

function judge(subject: Subject, { settings }: Context): Verdict {
  // A state without provider references still shows the package in its tokens; a component's token is in no table.
  const name = packageOf(subject) ?? (isComponent(subject) ? undefined : tokenPackage(subject));
  if (name === undefined || subject.type.startsWith("pulumi:pulumi:")) return undefined;
  const row = providerFact(name);
  const refuse = (found: string, action: string): readonly Finding[] => [{ found, allowed, action }];
  if (row === undefined)
    return refuse(
      `provider "${name}", which is in no table`,
      "take an accepted provider or have this one reviewed and added to facts/providers.ts",
    );
  if (row.kind === "object-store") return store(subject, name, settings);
  if (row.accepted) return [];
  return refuse(
    `provider "${name}" of ${row.party === undefined ? "no single party" : partyText(row.party)}`,
    "take an accepted provider",
  );
}

/** Judges provider `aws` or `minio`: accepted only as the client of an accepted object store. */
function store(subject: Subject, name: string, settings: Settings): Verdict {
  const configuration = providerProperties(subject);
  const hosts = storeHosts(configuration);
  const party = providerFact(name)?.party;
  const whose = party === undefined ? "" : ` of ${partyText(party)}`;
  const wrong = hosts.filter((host) => objectStore(host) === undefined && !isOwn(settings, host));
  const accepted = `${allowed}; ${name} only as a client of an accepted object store`;
  if (hosts.length === 0 || wrong.length > 0)
    return [
      {
        found: `provider "${name}"${whose} ${hosts.length === 0 ? "without an endpoint of its own" : `with the endpoint ${wrong.join(", ")}`}`,
        allowed: accepted,
        action:
          "set its endpoints to an object store of an accepted cloud (sos-<zone>.exo.io, <location>.your-objectstorage.com) or of an own domain",
      },
    ];
  if (name !== "aws") return [];
  const findings: Finding[] = [];
  if (!isProvider(subject) && !/^aws:s3\//.test(subject.type))
    findings.push({
      found: `${subject.type}, for which no endpoint replaces Amazon's`,
      allowed: accepted,
      action: "use types of aws:s3 only",
    });
  const contacts = ["skipCredentialsValidation", "skipRequestingAccountId"].filter(
    (key) => !isOn(at(configuration, key)),
  );
  if (contacts.length > 0)
    findings.push({
      found: `provider "aws" without ${contacts.join(" and ")}, so that it asks Amazon who you are`,
      allowed: accepted,
      action: `set ${contacts.join(" and ")} to true`,
    });
  return findings;
}
