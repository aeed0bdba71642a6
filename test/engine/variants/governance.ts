/** Variants in which the pack itself is told something, or the engine keeps its state elsewhere. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exemptionNamespace } from "../../../policies/exemptions-signed";
import { withFile, withoutInputs } from "./changes";
import type { Variant } from "./variant";

const day = (after: number): string => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);

/** An exemption that two persons have signed, and that nothing needs. */
function unusedExemption(folder: string): Readonly<Record<string, unknown>> {
  const path = (name: string): string => join(folder, name);
  const row = {
    rule: "UC-REG-001",
    resource: "urn:pulumi:*::*::hcloud:index/server:Server::archive",
    reason: "moves to Nuremberg with the next window",
    author: "team",
    approver: "security",
    ticket: "SEC-12",
    kind: "waiver",
    approved: day(0),
    expires: day(30),
  };
  const [file, signers] = [path("exemptions.json"), path("signers")];
  writeFileSync(file, JSON.stringify({ exemptions: [row] }));
  const keys = (["author", "approver"] as const).map((role) => {
    const name = row[role];
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path(name)]);
    const signed = execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", exemptionNamespace, "-f", path(name)], {
      input: readFileSync(file),
      stdio: ["pipe", "pipe", "pipe"],
    });
    writeFileSync(`${file}.${role}.sig`, signed);
    return `${name} ${readFileSync(path(`${name}.pub`), "utf8")}`;
  });
  writeFileSync(signers, keys.join(""));
  return { settings: { exemptions: { file, signers } } };
}

export const governance: readonly Variant[] = [
  {
    rule: "UC-STA-001",
    change: "a login to Pulumi's service, and no variable that names the backend",
    login: "https://api.pulumi.com",
  },
  { rule: "UC-GOV-001", change: "an exemption that nothing needs", pack: unusedExemption },
  {
    rule: "UC-GOV-002",
    change: "a fact of the operator's that nobody has looked at for years",
    pack: () => ({
      settings: {
        facts: [
          {
            host: "archive.partner.example.org",
            party: "Partner AG",
            country: "CH",
            nexus: "none",
            source: "https://partner.example.org/imprint",
            reviewed: "2024-01-15",
          },
        ],
      },
    }),
  },
  {
    rule: "UC-GOV-003",
    change: "a component that hides what it was asked for",
    inputs: withoutInputs("sovereign-uc:index:CertificateAuthority", "portal-web"),
  },
  {
    rule: "UC-GOV-004",
    change: "a host in no table, while the rule that asks about it only advises",
    // No preview can see it: the update may still learn what is open. Without the pack's word, UC-NET-002 itself would stop the update before this rule is asked.
    seen: "up",
    inputs: withFile("rooms-server-config", "reports.yaml", "reports: https://reports.example.net/api\n"),
    pack: () => ({ "uc-net-002-default-leak-endpoints": "advisory" }),
  },
];
