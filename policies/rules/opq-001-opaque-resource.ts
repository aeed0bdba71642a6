import { createHash } from "node:crypto";
import { opaqueTypes } from "../facts/opaque";
import { knownScripts } from "../facts/scripts";
import type { Context, Rule, Subject, Verdict } from "../rule";
import { at, entries } from "../extract/value";

/** UC-OPQ-001: a resource whose effect cannot be read is not deployed. */
export const opaqueResource: Rule = {
  id: "UC-OPQ-001",
  name: "opaque-resource",
  title: "Every deployed resource can be judged.",
  rationale:
    "A chart that is rendered later, a script, code inside the program: all other rules would pass them unseen. They count as undetermined, so they stop the deployment until they are reviewed and accepted by name.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.3" },
    { framework: "csf", reference: "SOV-5" },
  ],
  remediation:
    "Use typed resources and recipes, or list the resource under the setting `opaque` with the reason why it is accepted.",
  check: judge,
};

const known = new Set(knownScripts.map(({ digest }) => digest));

function judge(subject: Subject, { settings: { opaque } }: Context): Verdict {
  const row = opaqueTypes.find(({ type }) =>
    type.endsWith("*") ? subject.type.startsWith(type.slice(0, -1)) : subject.type === type,
  );
  if (row === undefined) return undefined;
  if (subject.type === "command:remote:Command" && isRecipe(subject)) return [];
  if (opaque.some(({ resource }) => resource === subject.name || resource === subject.urn)) return [];
  return [
    {
      found: `${subject.type} "${subject.name}", which cannot be judged: ${row.why}`,
      allowed:
        "resources that can be judged, our own scripts by digest, and resources that `opaque` lists with a reason",
      action: row.action,
    },
  ];
}

/** True if all scripts of a command are our own, byte for byte, and it sets no environment, which could change what they do. */
function isRecipe({ properties }: Subject): boolean {
  const given = ["create", "update", "delete"]
    .map((step) => at(properties, step))
    .filter((script) => script !== undefined && script !== null);
  return (
    given.length > 0 &&
    entries(at(properties, "environment")).length === 0 &&
    given.every((script) => typeof script === "string" && known.has(createHash("sha256").update(script).digest("hex")))
  );
}
