import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would have seen it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Inputs with secrets unwrapped: which of them are secret stands in `secrets`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that reached the engine as secrets, in whole or in part. */
  readonly secrets: readonly string[];
  /** Inputs as a state or a log shows them: "(secret)" in the place of every secret. */
  readonly clear: Readonly<Record<string, unknown>>;
  /** Texts of all secrets in the inputs. */
  readonly secretTexts: readonly string[];
  readonly opts: pulumi.CustomResourceOptions;
}

/** Everything that a program registered. */
export interface Deployment {
  readonly resources: readonly Registered[];
  /** All resources of a type token, or of the last part of one ("Deployment"). */
  all(type: string): readonly Registered[];
  /** The only resource of that type and name. @throws Error when there is none or more than one. */
  one(type: string, name: string): Registered;
  /** Outputs of the stack: what the program returned. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Outputs that a provider adds to the inputs of a resource. */
export type Outputs = (resource: {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}) => Record<string, unknown>;

const secretSignature = "4dabf18193072939515e22adb298388d";

/** Stand-ins for values that real providers compute: enough for programs that pass them on, and easy to search for. Values that begin with "secret" are secrets. */
const computed: Outputs = ({ type, name }) => {
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { result: `secret of ${name}` };
    case "tls:index/privateKey:PrivateKey":
      return {
        privateKeyPem: `secret key of ${name}`,
        privateKeyPemPkcs8: `secret pkcs8 key of ${name}`,
        privateKeyOpenssh: `secret openssh key of ${name}`,
        // A key that signs mail is read: its record has what stands between the lines.
        publicKeyPem: name.includes("-dkim-")
          ? `-----BEGIN PUBLIC KEY-----\n${Buffer.from(name).toString("base64")}\n-----END PUBLIC KEY-----\n`
          : `public key of ${name}`,
        publicKeyOpenssh: `ssh-ed25519 public-${name}`,
      };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `certificate of ${name}` };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `request of ${name}` };
    default:
      return {};
  }
};

/** Outputs of a provider beside the inputs of a resource: the stand-ins, and a test's own on top. Those that begin with "secret" are secrets. */
export const answers = (resource: Parameters<Outputs>[0], own?: Outputs): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries({ ...computed(resource), ...own?.(resource) }).map(([key, value]) => [
      key,
      String(value).startsWith("secret ") ? pulumi.secret(value) : value,
    ]),
  );

/**
 * Runs a program in a mocked stack and waits until everything is registered.
 *
 * @param options.outputs what providers add to the inputs, on top of the stand-ins for `random` and `tls`.
 * @param options.preview whether it runs as a preview: computed outputs are unknown then.
 */
export async function deploy(
  program: () => Record<string, unknown> | void,
  options: { readonly outputs?: Outputs; readonly preview?: boolean } = {},
): Promise<Deployment> {
  const resources: Registered[] = [];
  const optsOf = new Map<string, pulumi.CustomResourceOptions>();
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`the program calls ${token}: components make no invokes`);
      },
      newResource: ({ type, name, inputs }) => {
        const plain = unwrapped(inputs) as Record<string, unknown>;
        const secrets = Object.keys(inputs as object).filter((key) =>
          holdsSecret((inputs as Record<string, unknown>)[key]),
        );
        if (type !== pulumi.runtime.rootPulumiStackTypeName)
          resources.push({
            type,
            name,
            inputs: plain,
            secrets,
            get clear() {
              return masked(inputs) as Record<string, unknown>;
            },
            get secretTexts() {
              return secretTexts(inputs);
            },
            opts: optsOf.get(`${type}::${name}`) ?? {},
          });
        const marked = answers({ type, name, inputs: plain }, options.outputs);
        return { id: `${name}-id`, state: { ...(inputs as object), ...(options.preview === true ? {} : marked) } };
      },
    },
    "sovereign-uc",
    "test",
    options.preview,
  );

  let problem: unknown;
  const outputs = await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      optsOf.set(`${type}::${name}`, opts);
      return undefined;
    });
    // Thrown inside the stack, an error would surface a second time as an unhandled rejection.
    try {
      return { ...program() };
    } catch (error) {
      problem = error;
      return {};
    }
  });
  await pulumi.runtime.disconnect();
  if (problem !== undefined) throw problem;
  // Unknown values never arrive: a preview has no outputs to look at.
  const values = await (options.preview === true
    ? {}
    : new Promise((resolve) => void pulumi.output(outputs).apply(resolve)));

  const all = (type: string) =>
    resources.filter((resource) => resource.type === type || resource.type.endsWith(`:${type}`));
  return {
    resources,
    all,
    one: (type, name) => {
      const found = all(type).filter((resource) => resource.name === name);
      const [only] = found;
      if (only === undefined || found.length > 1)
        throw new Error(
          `expected one ${type} "${name}", got ${found.length} among ${resources.map((r) => `${r.type} ${r.name}`).join(", ")}`,
        );
      return only;
    },
    outputs: (values ?? {}) as Record<string, unknown>,
  };
}

const isSecret = (value: unknown): value is { readonly value: unknown } =>
  typeof value === "object" && value !== null && secretSignature in value && "value" in value;

function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** A value with every secret in it changed. */
function each(value: unknown, change: (secret: { readonly value: unknown }) => unknown): unknown {
  if (isSecret(value)) return change(value);
  if (Array.isArray(value)) return value.map((item) => each(item, change));
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, each(inner, change)]));
}

const unwrapped = (value: unknown): unknown => each(value, (secret) => unwrapped(secret.value));

const masked = (value: unknown): unknown => each(value, () => "(secret)");

function secretTexts(value: unknown): readonly string[] {
  const found: string[] = [];
  each(value, (secret) => found.push(...texts(unwrapped(secret.value))));
  return found;
}

const texts = (value: unknown): readonly string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [];
/** Resources that an output waits for, by name: the engine makes or changes them before whoever uses it. */
export async function waitsFor(value: pulumi.Input<string>): Promise<readonly string[]> {
  const output = pulumi.output(value) as unknown as { readonly allResources: () => Promise<Set<pulumi.Resource>> };
  const urns = [...(await output.allResources())].map(({ urn }) => urn);
  const names = (
    await Promise.all(urns.map((urn) => (urn as unknown as { promise(): Promise<string> }).promise()))
  ).map((urn) => urn.split("::").at(-1) ?? "");
  return [...new Set(names)];
}
