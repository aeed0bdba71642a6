/** An answer of the API server. */
export interface Answer {
  readonly status: number;
  /** The parsed object, or text where it is no JSON. */
  readonly body: unknown;
  /** Texts of its `Warning` headers: deprecated versions, pod security, unknown fields. */
  readonly warnings: readonly string[];
}

/** One request to the API server. */
export type Request = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;

/** Fields of every Kubernetes object. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Result for one object. */
export interface Applied {
  /** `Deployment meet/web`, or without a namespace `Namespace meet`. */
  readonly object: string;
  readonly warnings: readonly string[];
  /** The API server's reason for a refusal. */
  readonly refusal?: string;
}

interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * Applies objects on the server's side, as the Pulumi provider does: namespaces first, then what belongs to no namespace, then the rest, each group in
 * the order given. Every object is tried, so that one run tells everything that is wrong.
 */
export async function applied(objects: readonly KubernetesObject[], request: Request): Promise<readonly Applied[]> {
  const kinds = new Map<string, readonly Kind[]>();
  const known: { readonly object: KubernetesObject; readonly kind: Kind | undefined }[] = [];
  for (const object of objects) {
    const served = kinds.get(object.apiVersion) ?? (await discovered(object.apiVersion, request));
    kinds.set(object.apiVersion, served);
    known.push({ object, kind: served.find(({ name, kind }) => kind === object.kind && !name.includes("/")) });
  }
  const rank = ({ object, kind }: (typeof known)[number]): number =>
    object.kind === "Namespace" ? 0 : kind?.namespaced === true ? 2 : 1;

  const results: Applied[] = [];
  for (const { object, kind } of known.sort((a, b) => rank(a) - rank(b)))
    results.push(await apply(object, kind, request));
  return results;
}

async function apply(object: KubernetesObject, kind: Kind | undefined, request: Request): Promise<Applied> {
  const { name, namespace } = object.metadata;
  const shown = `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  if (kind === undefined)
    return { object: shown, warnings: [], refusal: `${object.apiVersion} has no kind ${object.kind}` };
  // An object without a namespace goes where the default of every client puts it.
  const scope = kind.namespaced ? `/namespaces/${namespace ?? "default"}` : "";
  const { status, body, warnings } = await request(
    "PATCH",
    `${root(object.apiVersion)}${scope}/${kind.name}/${name}?fieldManager=test&fieldValidation=Strict`,
    object,
    "application/apply-patch+yaml",
  );
  if (status === 200 || status === 201) return { object: shown, warnings };
  return { object: shown, warnings, refusal: `${status}: ${String((body as { message?: unknown }).message ?? body)}` };
}

async function discovered(apiVersion: string, request: Request): Promise<readonly Kind[]> {
  const { body } = await request("GET", root(apiVersion));
  return (body as { resources?: readonly Kind[] }).resources ?? [];
}

/** Kubernetes' first group has no name and a path of its own. */
const root = (apiVersion: string): string => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
