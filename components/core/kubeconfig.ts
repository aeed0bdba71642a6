import { belongTogether, certificatesIn } from "./certificates";
import { invalid } from "./errors";

/**
 * A kubeconfig that leads to one server, directly, has it prove who it is, and logs in with what stands in it: no program is run and no file is read
 * for it. It is read as JSON: what `kubectl` prints so is one cluster and one user with their certificates inside, and leaves nothing to a reader of YAML.
 *
 * @throws RangeError with nothing of the kubeconfig but the addresses in it.
 */
export function leadingTo(server: string, kubeconfig: unknown): string {
  const config = read(kubeconfig);
  const advice = "give what `kubectl config view --raw --minify --flatten --output json` prints";
  if (typeof kubeconfig !== "string" || config === undefined)
    throw invalid("JSON with one cluster and one user", "something else", advice);
  const [cluster, ...furtherClusters] = config.clusters;
  const [user, ...furtherUsers] = config.users;
  if (cluster === undefined || furtherClusters.length > 0)
    throw invalid("JSON with one cluster", `${config.clusters.length} clusters`, advice);
  if (user === undefined || furtherUsers.length > 0)
    throw invalid("JSON with one user", `${config.users.length} users`, advice);
  const actual = cluster["server"];
  if (typeof actual !== "string" || !URL.canParse(actual) || address(actual) !== address(server))
    throw invalid(`the server ${server}`, actual, "state the server that the kubeconfig leads to");
  if (cluster["insecure-skip-tls-verify"] === true)
    throw invalid("a server that proves who it is", "insecure-skip-tls-verify", "give certificate-authority-data");
  if (!filled(cluster["certificate-authority-data"]))
    throw invalid(
      "certificate-authority-data",
      "certificate-authority" in cluster ? "certificate-authority, a path" : undefined,
      advice,
    );
  if (certificatesIn(cluster["certificate-authority-data"]).length === 0)
    throw invalid("certificate-authority-data with a certificate, as PEM in base64", "something else", advice);
  if (cluster["proxy-url"] !== undefined)
    throw invalid("a direct way to the server", cluster["proxy-url"], "remove proxy-url: nobody has judged it");
  const foreign = Object.keys(user).filter((key) => !credentials.includes(key));
  if (foreign.length > 0)
    throw invalid(
      "a user whose credentials stand in the kubeconfig",
      foreign.join(", "),
      "give a certificate or a token",
    );
  const known = filled(user["token"]) || (filled(user["client-certificate-data"]) && filled(user["client-key-data"]));
  if (!known)
    throw invalid(
      "a user with a certificate and its key, or with a token",
      Object.keys(user).join(", ") || undefined,
      "give client-certificate-data and client-key-data, or a token",
    );
  const [certificate, key] = [user["client-certificate-data"], user["client-key-data"]];
  const presented = filled(certificate) && filled(key);
  if (presented && certificatesIn(certificate).length === 0)
    throw invalid("client-certificate-data with a certificate, as PEM in base64", "something else", advice);
  if (presented && !belongTogether(certificate, key))
    throw invalid("client-key-data with the key of the certificate, as PEM in base64", "something else", advice);
  return kubeconfig;
}

/**
 * Allowed fields of a user. `exec` and `auth-provider` run programs, `tokenFile`, `client-certificate` and `client-key` are paths, `as` is somebody else.
 * Source: AuthInfo of Kubernetes' client-go (`tools/clientcmd/api/v1/types.go`), seen in copies of it; its revision is unverified.
 */
const credentials: readonly string[] = ["client-certificate-data", "client-key-data", "token"];

const filled = (value: unknown): boolean => typeof value === "string" && value !== "";

const address = (url: string): string => new URL(url).href.replace(/\/$/, "");

type Part = Readonly<Record<string, unknown>>;

function read(
  kubeconfig: unknown,
): { readonly clusters: readonly Part[]; readonly users: readonly Part[] } | undefined {
  try {
    const { clusters, users } = JSON.parse(String(kubeconfig)) as {
      readonly clusters: readonly { readonly cluster?: Part }[];
      readonly users?: readonly { readonly user?: Part }[];
    };
    return {
      clusters: clusters.map(({ cluster = {} }) => cluster),
      users: (users ?? []).map(({ user = {} }) => user),
    };
  } catch {
    return undefined;
  }
}

/**
 * An administrator's kubeconfig, as JSON: the API is reached at a gateway's address and verified against its own name, so no DNS is needed to deploy.
 *
 * @param files the authority's certificate, the administrator's, and its key, as PEM.
 */
export function kubeconfig(name: string, endpoint: string, address: string, files: readonly string[]): string {
  const [authority = "", certificate = "", key = ""] = files.map((file) =>
    Buffer.from(file, "utf8").toString("base64"),
  );
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: `https://${address}:6443`,
          "tls-server-name": endpoint,
          "certificate-authority-data": authority,
        },
      },
    ],
    users: [{ name: "administrator", user: { "client-certificate-data": certificate, "client-key-data": key } }],
    contexts: [{ name, context: { cluster: name, user: "administrator" } }],
    "current-context": name,
  });
}
