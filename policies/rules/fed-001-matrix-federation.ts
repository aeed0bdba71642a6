import { exampleFile } from "../examples";
import { federations } from "../facts/federation";
import type { Rule } from "../rule";
import { judgeSourced, judgeSwitches, type Switches } from "../extract/switches";

const switches: Switches = {
  rows: federations,
  allowed: "homeservers that you named, and no directory, identity server or integration manager of others",
};

const homeserver = (more: string): string =>
  [
    "server_name: crisis.example.ch",
    "listeners: []",
    "trusted_key_servers: []",
    "password_config:",
    "  enabled: false",
    "push:",
    "  enabled: false",
    more,
  ].join("\n");

/** UC-FED-001: a homeserver talks to those that somebody named. */
export const matrixFederation: Rule = {
  id: "UC-FED-001",
  name: "matrix-federation",
  title: "A Matrix homeserver talks only to servers that are named, and shows its rooms and people to no other.",
  rationale:
    "In an open federation every server in the world may ask who is here, and holds a copy of every room that one of its people is in, for ever. Directories, identity servers and integration managers of the makers see the same from the side of the clients.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.j" },
    { framework: "revfadp", reference: "7.3" },
    { framework: "gdpr", reference: "25" },
  ],
  remediation: "List the servers under your control, or switch federation off, and name your own directory.",
  types: ["kubernetes:*", "docker:*", "sovereign-uc:index:*", "*"],
  remedies: {
    components:
      "Name servers in `federation` of the plan, or leave it out: then there is none, and no listener for it.",
    pulumi: "Write `federation_domain_whitelist: []` into the homeserver's configuration in user data.",
    kubernetes:
      "Set `federation_domain_whitelist` in homeserver.yaml, and `room_directory.servers` in Element's config.json.",
  },
  beyond: "The laws name no federation. The rule refuses what copies rooms to places that nobody chose.",
  examples: {
    good: [exampleFile("homeserver.yaml", homeserver("federation_domain_whitelist: []\n"))],
    bad: [exampleFile("homeserver.yaml", homeserver("allow_public_rooms_over_federation: false\n"))],
  },
  check: (subject) => judgeSwitches(subject, switches),
  checkStack: (subjects) => judgeSourced(subjects, switches),
};
