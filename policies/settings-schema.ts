import type { PolicyConfigSchema } from "@pulumi/policy";

/** Schema of the settings that the first policy of a pack has, as CrossGuard checks it before the parser of the settings does. */
export const settingsSchema: PolicyConfigSchema = {
  properties: {
    profile: { type: "string", enum: ["swiss", "european", "strict"] },
    ownDomains: { type: "array", items: { type: "string" } },
    isolated: { type: "array", items: { type: "string" } },
    facts: {
      type: "array",
      items: {
        type: "object",
        // Which keys a row has depends on its table; the parser of the settings knows.
        required: ["source", "reviewed"],
      },
    },
    opaque: {
      type: "array",
      items: {
        type: "object",
        properties: { resource: { type: "string" }, reason: { type: "string" } },
        required: ["resource", "reason"],
        additionalProperties: false,
      },
    },
    ownPorts: {
      type: "array",
      items: {
        type: "object",
        properties: { port: { type: "integer" }, reason: { type: "string" } },
        required: ["port", "reason"],
        additionalProperties: false,
      },
    },
    exemptions: {
      type: "object",
      properties: { file: { type: "string" }, signers: { type: "string" } },
      required: ["file", "signers"],
      additionalProperties: false,
    },
  },
};
