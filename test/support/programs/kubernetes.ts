import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Applied, applied, type KubernetesObject, type Request } from "./apply";
import { background, freePorts, until } from "./background";
import { installed, program } from "./programs";

/** Programs that `startKubernetes` needs: for `describeWith`. */
export const kubernetesPrograms = ["etcd", "kube-apiserver"] as const;

/** A real Kubernetes API server with an etcd of its own, without controllers and machines: it stores, checks and warns, but runs nothing. */
export interface Kubernetes {
  /** Asks as an administrator. */
  readonly request: Request;
  /** Applies objects as the Pulumi provider does, in an order in which each finds what it needs. */
  apply(objects: readonly KubernetesObject[]): Promise<readonly Applied[]>;
  stop(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver on loopback, with keys made for this run only.
 *
 * @param options more options of the API server.
 * @throws Error when one of the programs is missing, ends by itself, or is not ready within three minutes.
 */
export async function startKubernetes(options: readonly string[] = []): Promise<Kubernetes> {
  const etcd = installed("etcd");
  if (etcd === undefined) throw new Error("expected etcd, got none; install the Debian package etcd-server");
  const apiServer = await program("kube-apiserver");
  const folder = await mkdtemp(join(tmpdir(), "sovereign-uc-kubernetes-"));
  const [client, peer, port] = await freePorts(3);
  const token = randomBytes(24).toString("hex");
  const accounts = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };

  const store = background(
    etcd,
    [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ],
    folder,
  );
  const server = background(
    apiServer,
    [
      `--etcd-servers=http://127.0.0.1:${client}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${port}`,
      // It writes a self-signed certificate here.
      `--cert-dir=${join(folder, "certificates")}`,
      `--token-auth-file=${await file("tokens.csv", `${token},administrator,administrator,system:masters\n`)}`,
      "--authorization-mode=RBAC",
      "--anonymous-auth=false",
      // As k3s starts it.
      "--allow-privileged=true",
      "--service-cluster-ip-range=10.43.0.0/16",
      "--service-account-issuer=https://kubernetes.example.org",
      `--service-account-signing-key-file=${await file("accounts.key", accounts.privateKey.export({ type: "pkcs8", format: "pem" }).toString())}`,
      `--service-account-key-file=${await file("accounts.pub", accounts.publicKey.export({ type: "spki", format: "pem" }).toString())}`,
      ...options,
    ],
    folder,
  );
  const connection = connect(port ?? 0, token, join(folder, "certificates", "apiserver.crt"));
  const stop = async (): Promise<void> => {
    connection.close();
    await Promise.all([server.stop(), store.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until("a ready kube-apiserver", async () => {
      store.mustRun();
      server.mustRun();
      return (await connection.request("GET", "/readyz").catch(() => undefined))?.status === 200;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { request: connection.request, apply: (objects) => applied(objects, connection.request), stop };
}

function connect(port: number, token: string, certificate: string): { readonly request: Request; close(): void } {
  let agent: Agent | undefined;
  const request: Request = (method, path, body, contentType = "application/json") => {
    if (agent === undefined) {
      // The server writes it while it is asked for here: half of one would be kept, and no answer believed.
      const ca = existsSync(certificate) ? readFileSync(certificate, "utf8") : "";
      if (!ca.trimEnd().endsWith("-----END CERTIFICATE-----")) return Promise.reject(new Error("no certificate yet"));
      agent = new Agent({ keepAlive: true, ca });
    }
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          host: "127.0.0.1",
          port,
          method,
          path,
          agent,
          headers: { authorization: `Bearer ${token}`, "content-type": contentType },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (part: string) => (text += part));
          incoming.on("error", reject);
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              body: parsed(text),
              warnings: warnings(incoming.headersDistinct["warning"] ?? []),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  };
  return { request, close: () => agent?.destroy() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `299 - "text"`: RFC 7234 section 5.5, code 299 being the only one that Kubernetes sends. */
const warnings = (headers: readonly string[]): readonly string[] =>
  headers.map((header) => (/^299 \S+ "(.*)"$/s.exec(header)?.[1] ?? header).replace(/\\(["\\])/g, "$1"));
