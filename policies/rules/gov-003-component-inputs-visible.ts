import type { Rule, Subject, Verdict } from "../rule";

/** UC-GOV-003: what a component was asked for can be seen. */
export const componentInputsVisible: Rule = {
  id: "UC-GOV-003",
  name: "component-inputs-visible",
  title: "Components of ours show what they were asked for.",
  rationale:
    "Several rules read intent from a component's inputs: from what it is isolated, whether it records. The engine drops them where the SDK is older than 3.202, or where PULUMI_NODEJS_SKIP_COMPONENT_INPUTS is set, and then these rules would see nothing and say nothing.",
  severity: "high",
  kind: "component",
  legal: [
    { framework: "nis2", reference: "21.2.f" },
    { framework: "ir2024-2690", reference: "7" },
  ],
  remediation: "Use @pulumi/pulumi 3.202 or later, and unset PULUMI_NODEJS_SKIP_COMPONENT_INPUTS.",
  types: ["sovereign-uc:index:*"],
  remedies: {
    components:
      "Run `npm ls @pulumi/pulumi`, bring it to 3.202 or later, and unset PULUMI_NODEJS_SKIP_COMPONENT_INPUTS.",
    pulumi:
      "Pass the arguments of a component of your own to `super` as its third argument, so that rules can read them.",
  },
  beyond: "No law knows of components. Without this rule, silence of others could mean that they saw nothing.",
  examples: {
    good: [
      { type: "sovereign-uc:index:CertificateAuthority", properties: { commonName: "crisis", validityHours: 8760 } },
    ],
    bad: [{ type: "sovereign-uc:index:CertificateAuthority", properties: {} }],
  },
  check: judge,
};

function judge({ type, properties }: Subject): Verdict {
  if (!type.startsWith("sovereign-uc:")) return undefined;
  return Object.keys(properties).length > 0
    ? []
    : [
        {
          found: `${type.split(":").at(-1) ?? ""} without a single input, so that no rule can see what it was asked for`,
          allowed: "components with their inputs",
          action: "use @pulumi/pulumi 3.202 or later, and unset PULUMI_NODEJS_SKIP_COMPONENT_INPUTS",
        },
      ];
}
