import type { JitsiFact } from "../facts/jitsi";
import type { Finding, Undetermined } from "../rule";
import type { Container } from "./containers";
import { image } from "./images";
import { place } from "./scan";
import { isOn, unknown } from "./value";

/** What a table demands of a container: findings for what is missing, undetermined where objects that the container names may hold it. */
export function demands(
  container: Container,
  table: readonly JitsiFact[],
  resolved: ReadonlyMap<string, string | typeof unknown> = new Map(),
): readonly (Finding | Undetermined)[] {
  const name = jitsiName(container);
  if (name === undefined) return [];
  const environment = new Map([...resolved, ...container.environment]);
  const open = container.sources.length > 0 && resolved.size === 0;
  return table
    .filter((row) => row.image === name && (row.when === undefined || isOn(environment.get(row.when))))
    .flatMap((row): readonly (Finding | Undetermined)[] => {
      const problem = broken(row, environment);
      if (problem === undefined) return [];
      if (problem.absent && open)
        return [{ undetermined: `the environment of ${container.path} comes from another object` }];
      return [
        {
          found: `${problem.what}${place(container.path)}: ${row.otherwise}`,
          allowed: "no contact and no path that nobody asked for",
          action: row.action,
        },
      ];
    });
}

/** Which of Jitsi's images it is: `jvb` for `registry.example.ch/jitsi/jvb:stable`. */
function jitsiName({ image: reference }: Container): string | undefined {
  const parts = typeof reference === "string" ? (image(reference)?.repository.split("/") ?? []) : [];
  return parts.slice(0, -1).some((part) => part.includes("jitsi")) ? parts.at(-1) : undefined;
}

interface Broken {
  readonly what: string;
  /** Whether something is missing, rather than there. */
  readonly absent: boolean;
}

function broken(
  { needs, equals, without }: JitsiFact,
  environment: ReadonlyMap<string, string | typeof unknown>,
): Broken | undefined {
  const filled = (key: string): boolean => (environment.get(key) ?? "") !== "";
  if (without !== undefined) {
    const value = environment.get(without);
    const off =
      !filled(without) || (typeof value === "string" && ["0", "false", "no", "off"].includes(value.toLowerCase()));
    return off ? undefined : { what: `${without} set`, absent: false };
  }
  if (equals !== undefined) {
    const [key, expected] = equals;
    const value = environment.get(key);
    if (value === unknown || (typeof value === "string" && value.toUpperCase() === expected)) return undefined;
    return { what: `${key} ${filled(key) ? `other than ${expected}` : "not set"}`, absent: !filled(key) };
  }
  const met = Object.entries(needs ?? {}).some(([key, how]) => {
    const value = environment.get(key);
    return value === unknown || (how === "on" ? isOn(value) : filled(key));
  });
  return met ? undefined : { what: `${Object.keys(needs ?? {}).join(" and ")} not set`, absent: true };
}
