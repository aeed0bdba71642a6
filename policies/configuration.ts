/**
 * Configuration of the judged stack, as `namespace:key` → text. The engine passes it to a pack in its environment; there is none when a
 * state file is judged.
 */
export function stackConfiguration(): Readonly<Record<string, string>> {
  const text = process.env["PULUMI_CONFIG"];
  return text === undefined || text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}

/** True while the engine only previews. It says so in the environment of a pack; a state file is judged without it, as it stands. */
export const isPreview = (): boolean => process.env["PULUMI_NODEJS_DRY_RUN"] === "true";
