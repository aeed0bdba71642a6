import ipaddr from "ipaddr.js";
import type * as yaml from "yaml";
import { belongTogether, certificatesIn } from "../../../../../components/core/certificates";
import { isSimulated, parsedRange } from "../addresses";
import { ProviderError, Stores } from "../kind";
import { machines } from "../machines";
import { isProperties, object, objects, Properties, text, Value } from "../values";

/** The cluster that a provider's configuration points at. */
export interface Target {
  /** Address of its API; undefined if the configuration names none. */
  readonly server: string | undefined;
  readonly certificateAuthority: string | undefined;
  readonly namespace: string | undefined;
  /** Problem with the configuration. */
  readonly problem: string | undefined;
}

const none: Target = { server: undefined, certificateAuthority: undefined, namespace: undefined, problem: undefined };

export function targetOf(config: Properties): Target {
  const kubeconfig = text(config, "kubeconfig");
  if (kubeconfig === undefined)
    return {
      ...none,
      problem: "expected a kubeconfig on the provider, got none, so the user's own would be taken; set one",
    };
  const parsed = parse(kubeconfig);
  if (parsed === undefined)
    return { ...none, problem: "failed to parse kubeconfig data in `kubernetes:config:kubeconfig`" };
  const context = object(
    named(parsed, "contexts", text(config, "context") ?? text(parsed, "current-context")),
    "context",
  );
  const cluster = object(named(parsed, "clusters", text(config, "cluster") ?? text(context, "cluster")), "cluster");
  const server = text(cluster, "server");
  const user = object(named(parsed, "users", text(context, "user")), "user");
  return {
    server,
    certificateAuthority: text(cluster, "certificate-authority-data"),
    namespace: text(config, "namespace") ?? text(context, "namespace"),
    problem: server === undefined ? "the kubeconfig names no server for its current context" : unusable(cluster, user),
  };
}

/** Problems that a client reports before its first request. Source: k8s.io/client-go v0.34.2, `transport/transport.go` (TLSConfigFor, rootCertPool). */
function unusable(cluster: Properties, user: Properties): string | undefined {
  const authority = text(cluster, "certificate-authority-data") ?? "";
  if (authority !== "" && certificatesIn(authority).length === 0)
    return "unable to load root certificates: unable to parse bytes as PEM block";
  const [certificate = "", key = ""] = ["client-certificate-data", "client-key-data"].map((name) => text(user, name));
  return certificate === "" || key === "" || belongTogether(certificate, key)
    ? undefined
    : "tls: failed to find any PEM data in certificate input, or private key does not match public key";
}

const named = (parsed: Properties, list: string, name: string | undefined): Properties | undefined =>
  objects(parsed, list).find((entry) => text(entry, "name") === name);

function parse(content: string): Properties | undefined {
  try {
    const { parse: parseYaml } = require("yaml") as typeof yaml;
    const value = (content.trimStart().startsWith("{") ? JSON.parse(content) : parseYaml(content)) as Value;
    return isProperties(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Refuses if no cluster can answer: the address of the API is that of a machine that does not exist. About names, and addresses
 * outside the simulated networks, nothing is known.
 *
 * @throws ProviderError in the real provider's words.
 */
export function mustAnswer({ server, problem }: Target, stores: Stores): void {
  if (problem !== undefined) throw new ProviderError(`configured Kubernetes cluster is unreachable: ${problem}`);
  const url = URL.canParse(server ?? "") ? new URL(server ?? "") : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, "") ?? "";
  if (url === undefined || !ipaddr.IPv4.isValidFourPartDecimal(host)) return;
  const all = machines(stores);
  const there = all.some(
    ({ publicAddresses, privateAddresses }) =>
      publicAddresses.includes(host) || privateAddresses.some(({ address }) => address === host),
  );
  if (there || !(isSimulated(host) || ranges(stores).some((range) => parsedRange(range)?.contains(host) === true)))
    return;
  throw new ProviderError(
    `configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "${server ?? ""}/openapi/v2": dial tcp ${url.host}: connect: connection refused`,
  );
}

const ranges = (stores: Stores): readonly string[] =>
  stores["hcloud"]?.of("hcloud:index/network:Network").flatMap(({ properties }) => text(properties, "ipRange") ?? []) ??
  [];
