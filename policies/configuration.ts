/**
 * Configuration of the judged stack, as `namespace:key` → text. The engine passes it to a pack in its environment; there is none when a
 * state file is judged.
 */
export function stackConfiguration(): Readonly<Record<string, string>> {
  const text = process.env["PULUMI_CONFIG"];
  return text === undefined || text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}
