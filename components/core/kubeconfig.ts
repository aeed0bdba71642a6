import { problem } from "./errors";

/**
 * A kubeconfig that leads to one server, directly, and has it prove who it is. It is read as JSON: what `kubectl` prints so is one cluster with its
 * certificates inside, and leaves nothing to a reader of YAML.
 *
 * @throws RangeError with nothing of the kubeconfig but the addresses in it.
 */
export function leadingTo(server: string, kubeconfig: unknown): string {
  const clusters = clustersOf(kubeconfig);
  if (typeof kubeconfig !== "string" || clusters?.length !== 1)
    throw problem(
      "JSON with one cluster",
      clusters === undefined ? "something else" : `${clusters.length} clusters`,
      "give what `kubectl config view --raw --minify --flatten --output json` prints",
    );
  const [cluster = {}] = clusters;
  const actual = cluster["server"];
  if (typeof actual !== "string" || !URL.canParse(actual) || address(actual) !== address(server))
    throw problem(`the server ${server}`, actual, "state the server that the kubeconfig leads to");
  if (cluster["insecure-skip-tls-verify"] === true)
    throw problem("a server that proves who it is", "insecure-skip-tls-verify", "give certificate-authority-data");
  if (cluster["proxy-url"] !== undefined)
    throw problem("a direct way to the server", cluster["proxy-url"], "remove proxy-url: nobody has judged it");
  return kubeconfig;
}

const address = (url: string): string => new URL(url).href.replace(/\/$/, "");

function clustersOf(kubeconfig: unknown): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const { clusters } = JSON.parse(String(kubeconfig)) as {
      readonly clusters: readonly { readonly cluster?: Readonly<Record<string, unknown>> }[];
    };
    return clusters.map(({ cluster = {} }) => cluster);
  } catch {
    return undefined;
  }
}
