import type { Exemption } from "../../policies/exemptions";

/** Day of the tests' judgement. */
export const day = "2026-11-30";

/** URN of a server that is exempt. */
export const server = "urn:pulumi:test::project::hcloud:index/server:Server::archive";

/** Exemption of that server. */
export const row: Exemption = {
  rule: "UC-REG-001",
  resource: "urn:pulumi:*::*::hcloud:index/server:Server::archive*",
  reason: "moves to Nuremberg with the next window",
  author: "anna@example.ch",
  approver: "beat@example.ch",
  ticket: "SEC-12",
  kind: "waiver",
  approved: "2026-11-01",
  expires: "2027-01-31",
};

/** File with exemptions. */
export const file = (...rows: readonly object[]): string => JSON.stringify({ exemptions: rows });
