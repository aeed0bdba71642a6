import { elasticLabel } from "../../../components/core/taints";
import { Edge, type EdgeArgs } from "../../../components/kubernetes/edge";
import { haproxy } from "../../../components/kubernetes/haproxy";
import { Namespace } from "../../../components/kubernetes/namespace";
import { deploy, type Registered } from "../../support/mocks";
import { manifests, object, target } from "./target";

const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const backend = {
  name: "meet",
  domain: "meet.crisis.example.ch",
  workloads: ["web-1", "web-2"],
  servers: [1, 2].map((n) => ({ name: `shard-${n}`, host: `web-${n}.crisis.svc.cluster.local`, port: 8000 })),
  health: ["/health"],
  stickOn: "room",
};

const made = (change: Partial<Record<keyof EdgeArgs, unknown>> = {}, name = "edge") =>
  deploy(() => {
    const namespace = new Namespace("crisis", { cluster: target() });
    new Edge(name, {
      namespace,
      certificate: pem,
      privateKey: pem.replace("CERTIFICATE", "PRIVATE KEY"),
      connections: 1600,
      backends: [backend],
      ...change,
    } as EdgeArgs);
  });

const configuration = (resources: readonly Registered[]): string =>
  (object(resources, "ConfigMap", "edge-config")["data"] as Record<string, string>)["haproxy.cfg"] ?? "";

describe("an edge", () => {
  test("stands twice, on a port of every application host, and lets only the gateways in", async () => {
    const { resources } = await made();
    expect(object(resources, "StatefulSet", "edge")["spec"]).toMatchObject({ replicas: 2, serviceName: "edge" });
    expect(object(resources, "Service", "edge-web")["spec"]).toMatchObject({
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [{ port: 443, nodePort: 30443, targetPort: "web" }],
    });
    const { ingress, egress } = object(resources, "NetworkPolicy", "edge")["spec"] as Record<string, unknown[]>;
    expect(ingress?.[0]).toEqual({
      from: [{ ipBlock: { cidr: "10.20.0.10/32" } }, { ipBlock: { cidr: "10.20.0.11/32" } }],
      ports: [{ port: 8443, protocol: "TCP" }],
    });
    expect(JSON.stringify(egress)).not.toContain("ipBlock");
  });

  test("stays off hosts that come and go, to which no gateway leads", async () => {
    const { resources } = await made();
    const { template } = object(resources, "StatefulSet", "edge")["spec"] as { readonly template: { spec: object } };
    expect(template.spec).toMatchObject({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: elasticLabel, operator: "DoesNotExist" }] }],
          },
        },
      },
    });
  });

  test("grows with its connections", async () => {
    const { resources } = await made({ connections: 4001 });
    expect(object(resources, "StatefulSet", "edge")["spec"]).toMatchObject({ replicas: 3 });
    expect(
      configuration(resources).match(/^ {4}server edge-\d edge-\d\.crisis\.svc\.cluster\.local:8090$/gm),
    ).toHaveLength(3);
  });

  test("gives each replica a service of its own, so that the others find it when they start", async () => {
    const { resources } = await made();
    const names = manifests(resources)
      .filter(({ kind }) => kind === "Service")
      .map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(["edge", "edge-0", "edge-1", "edge-web"]);
    expect(object(resources, "Service", "edge-1")["spec"]).toMatchObject({
      selector: { "statefulset.kubernetes.io/pod-name": "edge-1" },
      publishNotReadyAddresses: true,
    });
  });

  test("keeps the key in a Secret and rolls when the certificate changes", async () => {
    const { resources } = await made();
    expect(object(resources, "Secret", "edge-tls")["stringData"]).toMatchObject({ "site.pem": pem });
    for (const { type, inputs } of resources)
      if (!type.endsWith(":Secret")) expect(JSON.stringify(inputs)).not.toContain("PRIVATE KEY");
    const version = async (certificate: string): Promise<unknown> => {
      const spec = object((await made({ certificate })).resources, "StatefulSet", "edge")["spec"] as {
        template: { metadata: { annotations: Record<string, string> } };
      };
      return spec.template.metadata.annotations["sovereign-uc/secrets"];
    };
    expect(await version(pem)).not.toBe(await version(pem.replace("MIIB", "MIIC")));
  });

  test("serves any server where nothing has to stick", () => {
    const text = haproxy({ backends: [{ ...backend, stickOn: undefined } as never], peers: [], connections: 1 });
    // The tables before it count connections and requests of each source.
    const [, servers = ""] = text.split(`\nbackend ${backend.name}\n`);
    expect(servers).toContain("balance leastconn");
    expect(servers).not.toContain("stick");
    expect(text).not.toMatch(/stick (on|match|store)/);
  });
});

describe("an edge refuses", () => {
  const withBackend = (change: object) => ({ backends: [{ ...backend, ...change }] });
  test.each<[string, Partial<Record<keyof EdgeArgs, unknown>>, RegExp]>([
    ["no certificate", { certificate: undefined }, /certificate: expected a certificate in PEM, got nothing/],
    [
      "a certificate that is none",
      { certificate: "x" },
      /certificate: expected a certificate in PEM, got "another text"/,
    ],
    ["no private key", { privateKey: undefined }, /privateKey: expected a private key in PEM, got nothing/],
    ["no connections", { connections: 0 }, /connections: expected a whole number of connections of at least 1, got 0/],
    ["half a connection", { connections: 1.5 }, /connections: expected a whole number/],
    [
      "a node port outside Kubernetes' range",
      { nodePort: 443 },
      /nodePort: expected a whole number of a node port from 30000 to 32767, got 443/,
    ],
    ["no backends", { backends: [] }, /backends: expected at least one backend/],
    ["backends that are no list", { backends: undefined }, /backends: expected at least one backend, got nothing/],
    ["a domain that is none", withBackend({ domain: "meet" }), /backends: \[0\]: expected a domain name/],
    ["a name that HAProxy would misread", withBackend({ name: "a b" }), /backends: \[0\]: expected a name/],
    [
      "two backends of one domain",
      { backends: [backend, { ...backend, name: "other" }] },
      /expected a domain of its own/,
    ],
    [
      "two backends of one name",
      { backends: [backend, { ...backend, domain: "a.example.ch" }] },
      /expected a name of its own/,
    ],
    ["no servers", withBackend({ servers: [] }), /expected at least one server/],
    [
      "a server on no port",
      withBackend({ servers: [{ name: "a", host: "a.example.ch", port: 0 }] }),
      /expected a whole number of a port from 1 to 65535/,
    ],
    [
      "a server without a host",
      withBackend({ servers: [{ name: "a", host: "a", port: 1 }] }),
      /expected a domain name/,
    ],
    ["no health check", withBackend({ health: [] }), /expected paths like "\/health"/],
    ["a health check that would end the line", withBackend({ health: ["/a\nb"] }), /expected paths like "\/health"/],
    ["a parameter that is none", withBackend({ stickOn: "a b" }), /expected the name of a query parameter/],
    [
      "a header that would end its line",
      withBackend({ headers: { "X-One": 'a" if TRUE' } }),
      /expected headers of plain text without quotation marks, backslashes, dollars and per cents, got "X-One: a\\" if TRUE"/,
    ],
    [
      "a header with a line of its own",
      withBackend({ headers: { "X-One": "a\nX-Two: b" } }),
      /expected headers of plain text/,
    ],
    ["a header with a variable", withBackend({ headers: { "X-One": "%[src]" } }), /expected headers of plain text/],
    ["a header without a name", withBackend({ headers: { "": "a" } }), /expected headers of plain text/],
    ["no workloads", withBackend({ workloads: [] }), /expected at least one workload/],
  ])("%s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  test("a name that is too long for the names of its replicas", async () => {
    await expect(made({}, "e".repeat(41))).rejects.toThrow(/name: expected a name of at most 40/);
  });
});
