import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { invalid, validateArgs, givenArgs, type Keys } from "../core/errors";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { generationName, Secret } from "../core/secret";
import { fields, list } from "../core/shapes";

/** Name of the present generation of a secret, or the present one and the one before, which stays valid where its programs accept two. */
export type Generation = string | readonly [current: string, previous: string];

export interface SecretsArgs<R extends string = string> {
  /** Roles of all secrets: a name that is not among them is refused, so that a misspelt rotation is noticed. */
  readonly roles: readonly R[];
  /** Generation of all of them. Another one replaces them all. @default "1" */
  readonly generation?: Generation;
  /** Generations of single secrets: `{ relay: "2" }` replaces that one alone. @default {} */
  readonly generations?: Readonly<Partial<Record<R, Generation>>>;
}

const secretsArgsKeys: Keys<SecretsArgs> = {
  roles: true,
  generation: true,
  generations: true,
};

/**
 * The passwords of a service, generated once per deployment and kept in its state only. Rotation of one is one argument, and replaces only the pods that use it.
 *
 * A rotation without interruption takes two updates where the programs accept two values: with `["2", "1"]` both are valid and the new one is used; with `"2"` the
 * old one is gone. Where a program knows one value only, the service says what the rotation interrupts.
 *
 * @example
 * const secrets = new Secrets("meet", { roles: ["focus", "relay"], generations: { relay: ["2", "1"] } });
 * const relay = secrets.password("relay");
 */
export class Secrets<R extends string = string> extends pulumi.ComponentResource {
  private readonly roles: readonly R[];
  private readonly generation: Generation;
  private readonly generations: Readonly<Partial<Record<string, Generation>>>;
  private readonly made = new Map<R, Secret>();

  constructor(
    readonly name: string,
    args: SecretsArgs<R>,
    private readonly opts?: pulumi.ComponentResourceOptions,
  ) {
    givenArgs<SecretsArgs>(name, args, secretsArgsKeys);
    const { roles, generation = "1" } = args;
    const generations: Readonly<Partial<Record<string, Generation>>> = args.generations ?? {};
    super("sovereign-uc:index:Secrets", name, { roles, generation, generations }, opts);

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 63),
      roles: () =>
        list(roles, "roles", '["focus", "relay"]', (role) => {
          dnsLabel(role, 40);
          if (roles.filter((other) => other === role).length > 1)
            throw invalid("each role once", role, "remove the second");
          return role;
        }),
      generation: () => readGeneration(generation),
      generations: () => readGenerations(generations, roles),
    });
    this.roles = valid.roles;
    this.generation = valid.generation;
    this.generations = valid.generations;
    this.registerOutputs({});
  }

  /**
   * The password of a role: letters and digits. Asked twice, it is the same.
   *
   * @throws pulumi.ResourceError for a role that is not among those of the arguments.
   */
  password(role: R, { length = 32 }: { readonly length?: number } = {}): Secret {
    const before = this.made.get(role);
    if (before !== undefined) return before;
    validateArgs(this, this.name, {
      role: () => {
        if (!this.roles.includes(role))
          throw invalid(`a role out of ${this.roles.join(", ")}`, role, "add it to roles");
      },
      length: () => countInRange(length, "characters", 16, 256),
    });
    const generations = [this.generations[role] ?? this.generation].flat();
    const made = generations.map((generation, i) => ({
      value: this.random(role, generation, length, i === generations.length - 1),
      version: generation,
    }));
    const [current, previous] = made;
    const secret: Secret = { value: "", version: "", ...current, ...(previous === undefined ? {} : { previous }) };
    this.made.set(role, secret);
    return secret;
  }

  /** One generation of a password. The oldest that is listed may be one that stood below the service itself before there was this component. */
  private random(role: string, generation: string, length: number, oldest: boolean): pulumi.Output<string> {
    const former = { name: `${this.name}-${role}`, parent: this.opts?.parent ?? pulumi.rootStackResource };
    return new RandomPassword(
      `${this.name}-${role}-${generation}`,
      { length, special: false, keepers: { rotation: generation } },
      { parent: this, ...(oldest ? { aliases: [former] } : {}) },
    ).result;
  }
}

/** Reads generations of single secrets. @throws RangeError for the first role that there is not, and the first generation that is none. */
export function readGenerations(
  values: Readonly<Partial<Record<string, Generation>>> | undefined,
  roles: readonly string[],
): Readonly<Partial<Record<string, Generation>>> {
  for (const [role, own] of Object.entries(fields(values))) {
    if (!roles.includes(role)) throw invalid(`roles out of ${roles.join(", ")}`, role, "name a secret that there is");
    readGeneration(own);
  }
  return fields(values);
}

/** Reads a generation, or the present one and the one before. @throws RangeError for anything else. */
export function readGeneration(value: Generation | undefined): Generation {
  const [current, previous, ...rest] = [value].flat();
  generationName(current);
  if (previous !== undefined) generationName(previous);
  if (rest.length > 0 || current === previous)
    throw invalid("a generation, or the present one and the one before", value, 'give one like "2", or ["2", "1"]');
  return value ?? "1";
}
