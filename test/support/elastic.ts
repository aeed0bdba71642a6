import { Autoscaler, type Cloud, Cluster, type ElasticPool, Gateway, hetzner, Network } from "../../components";
import { gatewayArgs, isolatedFrom } from "./arguments";
import { outputs } from "./infrastructure";
import { deploy, type Deployment } from "./mocks";

/** Changes to an elastic cluster by a test. */
export interface ElasticChanges {
  readonly cloud?: Cloud;
  readonly location?: string;
  readonly type?: string;
  readonly elasticRange?: string | undefined;
  readonly egress?: readonly { readonly host: string; readonly port: number; readonly reason: string }[];
  readonly elastic?: Partial<ElasticPool>;
  readonly applicationFrom?: number;
  /** @default "the token of the project" */
  readonly credential?: string;
}

/** A cluster at Hetzner with autoscaled hosts and its autoscaler. Call it inside a program. */
export function growing(changes: ElasticChanges = {}) {
  const { cloud = hetzner(), location = "fsn1", type = "cpx22", elastic, applicationFrom = 30 } = changes;
  const { egress = [{ host: "api.hetzner.cloud", port: 443, reason: "machines by load" }] } = changes;
  const elasticRange = "elasticRange" in changes ? changes.elasticRange : "10.20.0.128/28";
  const network = new Network("net", {
    cloud,
    location,
    isolatedFrom,
    ...(elasticRange === undefined ? {} : { elasticRange }),
  });
  const gateway = new Gateway("door", { network, type, ...gatewayArgs, egress, volumeHosts: network.addresses(20, 3) });
  const cluster = new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    controlPlane: { type, firstHost: 20 },
    application: { type, firstHost: applicationFrom, count: 2 },
    elastic: { type, most: 3, ...elastic },
  });
  const { credential = "the token of the project" } = changes;
  return { network, gateway, cluster, autoscaler: new Autoscaler("grow", { cluster, credential }) };
}

/** User data and files of an elastic host, without secrets. */
export async function renderedElastic(
  changes: ElasticChanges = {},
): Promise<{ readonly userData: string; readonly files: Readonly<Record<string, string>> }> {
  type Rendered = Awaited<ReturnType<typeof renderedElastic>>;
  const found: Rendered[] = [];
  const spy = jest
    .spyOn(
      Cluster.prototype as unknown as { registerOutputs(value?: { rendered?: Record<string, Rendered> }): void },
      "registerOutputs",
    )
    .mockImplementation((value) => void found.push(...Object.values(value?.rendered ?? {})));
  await deploy(() => void growing(changes), { outputs });
  spy.mockRestore();
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`expected one elastic pool, got ${found.length}`);
  return only;
}

const decoded = (text: string): string => Buffer.from(text, "base64").toString();

/** The files of a payload for convergence, by path. */
export const sentFiles = (
  payload: string,
): Readonly<Record<string, { readonly mode: string; readonly content: string }>> =>
  Object.fromEntries(
    payload
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([kind]) => kind === "file")
      .map(([, mode = "", , path = "", content = ""]) => [decoded(path), { mode, content: decoded(content) }]),
  );

/** Files that a host's convergence sends. */
export const sentTo = (deployment: Deployment, host: string): ReturnType<typeof sentFiles> =>
  sentFiles(String(deployment.one("command:remote:Command", `${host}-converge`).inputs["stdin"]));
