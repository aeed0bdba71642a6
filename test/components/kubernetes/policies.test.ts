import * as pulumi from "@pulumi/pulumi";
import { link, linkOut } from "../../../components/core/link";
import { tier } from "../../../components/core/tier";
import { Namespace } from "../../../components/kubernetes/namespace";
import { Policies, type PoliciesArgs } from "../../../components/kubernetes/policies";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { deploy, type Deployment } from "../../support/mocks";
import { manifests, object, target } from "./target";
import { good } from "./workload-args";

const web = tier("wiki", "web", { http: 8000 });
const store = tier("wiki", "store", { s3: 9000, admin: 9001 });
const edge = tier("edge", "edge", { web: 8443 });
const relay = { name: "mail relay", ranges: ["192.0.3.0/24", "10.0.0.0/8"] };
const links = [
  link(edge, web, "http", "browsers"),
  link(web, store, "s3", "pages and attachments"),
  linkOut(web, relay, 587, "invitations"),
];

const made = (change: Partial<Record<keyof PoliciesArgs, unknown>> = {}): Promise<Deployment> =>
  deploy(() => {
    const namespace = new Namespace("wiki", { cluster: target() });
    new Policies("wiki", { namespace, tiers: [web, store], links, ...change } as PoliciesArgs);
  });

const spec = (deployment: Deployment, name: string): unknown =>
  object(deployment.resources, "NetworkPolicy", name)["spec"];

const to = (name: string, namespace?: string) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
  ...(namespace === undefined
    ? {}
    : { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }),
});

describe("the policies of a namespace", () => {
  test("have both ends of a link from one line", async () => {
    const deployment = await made();
    expect(spec(deployment, "web")).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [to("edge", "edge")], ports: [{ port: 8000, protocol: "TCP" }] }],
      egress: [
        { to: [to("store")], ports: [{ port: 9000, protocol: "TCP" }] },
        {
          // What is isolated is left out of every range.
          to: [{ ipBlock: { cidr: "192.0.3.0/24" } }, { ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/16"] } }],
          ports: [{ port: 587, protocol: "TCP" }],
        },
      ],
    });
    expect(spec(deployment, "store")).toMatchObject({
      ingress: [{ from: [to("web")], ports: [{ port: 9000, protocol: "TCP" }] }],
      egress: [],
    });
    expect(object(deployment.resources, "NetworkPolicy", "web").metadata).toMatchObject({
      annotations: {
        "sovereign-uc/reasons":
          "in tcp 8000 from edge/edge: browsers\nout tcp 9000 to store: pages and attachments\nout tcp 587 to 192.0.3.0/24, 10.0.0.0/8: invitations",
      },
    });
  });

  test("of a link within one tier have it in both directions", async () => {
    const deployment = await made({ links: [link(store, store, "admin", "replication")] });
    expect(spec(deployment, "store")).toMatchObject({
      ingress: [{ from: [to("store")], ports: [{ port: 9001 }] }],
      egress: [{ to: [to("store")], ports: [{ port: 9001 }] }],
    });
  });

  test("leave alone what belongs to other namespaces only", async () => {
    const other = tier("mail", "smtp", { smtp: 25 });
    const deployment = await made({ links: [link(edge, other, "smtp", "mail")] });
    expect(manifests(deployment.resources).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Namespace wiki",
      "NetworkPolicy closed",
      "NetworkPolicy web",
      "NetworkPolicy store",
    ]);
    expect(spec(deployment, "web")).toMatchObject({ ingress: [], egress: [] });
  });

  test("exist before the pods of their tiers, and the workload makes no second one", async () => {
    const deployment = await deploy(() => {
      const namespace = new Namespace("wiki", { cluster: target() });
      const policies = new Policies("wiki", { namespace, tiers: [web, store], links });
      new Workload("web", { ...good(namespace), tier: web, policies } as WorkloadArgs);
    });
    expect(
      deployment
        .all("NetworkPolicy")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["store", "web", "wiki-closed"]);
    const before = (deployment.one("Deployment", "web").opts.dependsOn as readonly pulumi.Resource[]).map(
      (one) => one.constructor.name,
    );
    expect(before.filter((type) => type === "NetworkPolicy")).toHaveLength(3);
  });

  test("are found again below their workload, where they stood before", async () => {
    const [alias] = ((await made()).one("NetworkPolicy", "web").opts.aliases ?? []) as readonly {
      readonly parent?: pulumi.Output<string>;
    }[];
    const parent = await new Promise((resolve) => void pulumi.output(alias?.parent).apply(resolve));
    expect(parent).toBe("urn:pulumi:test::sovereign-uc::sovereign-uc:index:Workload::web");
  });

  const cases: readonly [what: string, change: Partial<Record<keyof PoliciesArgs, unknown>>, message: RegExp][] = [
    [
      "a link of a tier that has no policy",
      { tiers: [web] },
      /links: expected tiers of "wiki" out of web, got "wiki\/store in the link to wiki\/store: pages and attachments"; add the tier/,
    ],
    [
      "a tier of another namespace",
      { tiers: [web, store, edge] },
      /tiers: \[2\]: expected a tier of the namespace "wiki"/,
    ],
    ["a tier twice", { tiers: [web, store, web] }, /tiers: \[2\]: expected a tier once, got "web"/],
    ["links that are none", { links: [{ from: web }] }, /links: \[0\]: expected a link, got/],
    ["no links", { links: undefined }, /links: expected a list of links, got nothing/],
    [
      "a link into an isolated range",
      { links: [linkOut(web, { name: "directory", ranges: ["10.0.3.0/24"] }, 389, "users")] },
      /links: expected a range outside the isolated range 10.0.0.0\/16, got "10.0.3.0\/24"/,
    ],
  ];
  test.each(cases)("refuse %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  const workload = (change: (policies: Policies, namespace: Namespace) => Partial<WorkloadArgs>) =>
    deploy(() => {
      const namespace = new Namespace("wiki", { cluster: target() });
      const policies = new Policies("wiki", { namespace, tiers: [web], links: [link(edge, web, "http", "browsers")] });
      const { tier: own = web, ...args } = change(policies, namespace);
      new Workload(own.name, { ...good(namespace), tier: own, policies, ...args } as WorkloadArgs);
    });

  test("refuse a workload whose tier they do not have", async () => {
    await expect(workload(() => ({ tier: store }))).rejects.toThrow(
      /policies: expected policies with the tier "wiki\/store", got "wiki\/web"; add it to the tiers of the policies/,
    );
  });

  test("refuse connections beside their own", async () => {
    await expect(workload(() => ({ links: [linkOut(web, relay, 25, "mail")] }))).rejects.toThrow(
      /policies: expected no connections beside those of its policies, got 1/,
    );
    const ingress = [{ peer: { workload: "a" }, port: 1, reason: "r" }];
    await expect(workload(() => ({ ingress }))).rejects.toThrow(/policies: expected no connections beside/);
  });
});
