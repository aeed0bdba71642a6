/** Content that a cluster's audit log must and must not have, written by a real API server with the policy that hosts get. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditPolicy } from "../../components/recipe/parts/cluster-audit";
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { type Kubernetes, kubernetesPrograms, startKubernetes } from "../support/programs/kubernetes";

jest.setTimeout(240_000);

/** Must not appear in the log. */
const secret = "do-not-write-this-down";
const base64 = Buffer.from(secret).toString("base64");

describeWith(kubernetesPrograms, "the audit log of a cluster", () => {
  let folder: string;
  let cluster: Kubernetes;
  let issued = "";
  const log = (): string => readFileSync(join(folder, "audit.log"), "utf8");
  interface Event {
    readonly verb: string;
    readonly level: string;
    readonly requestURI: string;
    readonly objectRef?: { readonly resource?: string; readonly name?: string; readonly subresource?: string };
    readonly requestObject?: unknown;
  }
  const events = (): readonly Event[] =>
    log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Event);
  const about = (resource: string, subresource?: string, asked = "create"): Event | undefined =>
    events().find(
      ({ objectRef, verb }) =>
        objectRef?.resource === resource && objectRef.subresource === subresource && verb === asked,
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cluster-audit-"));
    writeFileSync(join(folder, "policy.yaml"), JSON.stringify(auditPolicy));
    cluster = await startKubernetes([
      `--audit-policy-file=${join(folder, "policy.yaml")}`,
      `--audit-log-path=${join(folder, "audit.log")}`,
    ]);
    const metadata = { name: "a", namespace: "default" };
    const done = async (method: string, path: string, body: unknown, type?: string): Promise<unknown> => {
      const { status, body: answer } = await cluster.request(method, path, body, type);
      if (status >= 300) throw new Error(`expected ${path} to work, got ${status}: ${JSON.stringify(answer)}`);
      return answer;
    };
    const create = (path: string, body: unknown): Promise<unknown> => done("POST", path, body);
    const container = { name: "a", image: "registry.example.ch/a", env: [{ name: "PASSWORD", value: secret }] };
    const pod = { spec: { containers: [container], serviceAccountName: "a", automountServiceAccountToken: false } };
    await create("/apis/authentication.k8s.io/v1/tokenreviews", { spec: { token: secret } });
    await create("/api/v1/namespaces/default/serviceaccounts", { metadata });
    const token = (await create("/api/v1/namespaces/default/serviceaccounts/a/token", { spec: {} })) as {
      readonly status: { readonly token: string };
    };
    issued = token.status.token;
    await create("/api/v1/namespaces/default/secrets", { metadata, stringData: { password: secret } });
    await create("/api/v1/namespaces/default/configmaps", { metadata, data: { password: secret } });
    await create("/api/v1/namespaces/default/pods", { metadata, ...pod });
    await create("/apis/apps/v1/namespaces/default/deployments", {
      metadata,
      spec: { selector: { matchLabels: { a: "a" } }, template: { metadata: { labels: { a: "a" } }, ...pod } },
    });
    await done(
      "PATCH",
      "/api/v1/namespaces/default/secrets/a",
      { stringData: { password: `${secret}-2` } },
      "application/merge-patch+json",
    );
    // A custom resource with a password in its specification.
    await create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      metadata: { name: "things.example.ch" },
      spec: {
        group: "example.ch",
        scope: "Namespaced",
        names: { plural: "things", singular: "thing", kind: "Thing" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        ],
      },
    });
    await until(
      "the new kind to be served",
      async () =>
        (
          await cluster.request("POST", "/apis/example.ch/v1/namespaces/default/things", {
            apiVersion: "example.ch/v1",
            kind: "Thing",
            metadata,
            spec: { password: secret },
          })
        ).status === 201,
      60,
    );
    await create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "everything-to-a" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    });
    await create("/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", {
      metadata,
      spec: { podSelector: { matchLabels: { whom: "it-selects" } } },
    });
    // There is no kubelet to run it, but it was requested.
    await cluster.request("GET", "/api/v1/namespaces/default/pods/a/exec?command=id&container=a");
    await until("the last of it", () => Promise.resolve(about("pods", "exec", "get") !== undefined), 30);
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  test("contains no token, no password and no key, whatever the kind of object", () => {
    expect(issued).not.toBe("");
    const kinds = [secret, base64, issued].flatMap((one) =>
      events()
        .filter((event) => JSON.stringify(event).includes(one))
        .map(({ objectRef }) => objectRef?.resource),
    );
    expect(kinds).toEqual([]);
  });

  test.each([
    ["tokenreviews", undefined],
    ["serviceaccounts", "token"],
    ["secrets", undefined],
    ["configmaps", undefined],
    ["pods", undefined],
    ["deployments", undefined],
    ["things", undefined],
  ])("records who made %s (%s), without its content", (resource, subresource) => {
    expect(about(resource, subresource)).toMatchObject({ level: "Metadata", verb: "create" });
    expect(about(resource, subresource)).not.toHaveProperty("requestObject");
  });

  test("records changes of roles and of network policies", () => {
    expect(about("clusterrolebindings")).toMatchObject({
      level: "RequestResponse",
      requestObject: { roleRef: { name: "cluster-admin" } },
    });
    expect(about("networkpolicies")).toMatchObject({
      requestObject: { spec: { podSelector: { matchLabels: { whom: "it-selects" } } } },
    });
  });

  test("records who ran a command in a pod, and which, also over a websocket", () => {
    expect(about("pods", "exec", "get")).toMatchObject({
      level: "Metadata",
      verb: "get",
      requestURI: expect.stringContaining("command=id") as string,
    });
  });
});
