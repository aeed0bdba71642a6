import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { registryJurisdiction } from "../../../policies/rules/img-001-registry-jurisdiction";
import { providerAllowlist } from "../../../policies/rules/jur-001-provider-allowlist";
import { clusterJurisdiction } from "../../../policies/rules/k8s-001-cluster-jurisdiction";
import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { locationAllowlist } from "../../../policies/rules/reg-001-location-allowlist-explicit";
import { own, type Resource, table, under, unknownString } from "../support";
import { map } from "./fixtures";

const provider = (name: string, props: Readonly<Record<string, unknown>>): Resource => ({
  type: `pulumi:providers:${name}`,
  props,
});
const made = (type: string, props: Readonly<Record<string, unknown>>, config = {}): Resource => ({
  type,
  props,
  provider: { type: `pulumi:providers:${type.split(":")[0] ?? ""}`, props: config },
});

describe("What is accepted has been understood", () => {
  table(providerAllowlist, [
    {
      title: "the API of the cloud itself",
      ...own,
      resource: provider("hcloud", { endpoint: "https://api.hetzner.cloud/v1" }),
      expect: "passes",
    },
    {
      title: "a proxy of one's own",
      ...own,
      resource: provider("hcloud", { endpoint: "https://api.crisis.example.ch/v1" }),
      expect: "passes",
    },
    {
      title: "an endpoint elsewhere",
      ...own,
      resource: provider("hcloud", { endpoint: "https://hcloud.example.com/v1" }),
      expect: /endpoint hcloud\.example\.com/,
    },
    {
      title: "an endpoint elsewhere behind a resource",
      ...own,
      resource: made("exoscale:index/sshKey:SshKey", {}, { computeEndpoint: "https://x.example.com" }),
      expect: /x\.example\.com/,
    },
    {
      title: "the company in the United States, by a word",
      ...own,
      resource: provider("ovh", { endpoint: "ovh-us" }),
      expect: /ovh-us/,
    },
    {
      title: "the company in the Union, by a word",
      ...own,
      resource: provider("ovh", { endpoint: "ovh-eu" }),
      expect: "passes",
    },
    {
      title: "an endpoint that is not known",
      ...own,
      resource: provider("hcloud", { endpoint: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "a plugin from elsewhere",
      ...own,
      resource: provider("hcloud", { pluginDownloadURL: "https://plugins.example.com" }),
      expect: /plugin from plugins\.example\.com/,
    },
    {
      title: "a plugin of its publisher",
      ...own,
      resource: provider("exoscale", { pluginDownloadURL: "github://api.github.com/pulumiverse" }),
      expect: "passes",
    },
    ...(
      [
        ["another service's endpoint", { endpoints: [{ ses: "https://sos-ch-gva-2.exo.io" }] }],
        ["a role", { endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }], assumeRoles: [{ roleArn: "a" }] }],
        ["a proxy", { endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }], httpProxy: "http://a.example.com" }],
      ] as const
    ).map(([what, props]) => ({
      title: `aws with ${what} still asks Amazon`,
      ...own,
      resource: provider("aws", { skipCredentialsValidation: true, skipRequestingAccountId: true, ...props }),
      expect: /provider "aws"/,
    })),
  ]);
  table(locationAllowlist, [
    ...(
      [
        ["upcloud:index/server:Server", { zone: "us-chi1" }, /us-chi1.*US/],
        ["upcloud:index/server:Server", { zone: "de-fra1" }, "passes"],
        ["upcloud:index/server:Server", { zone: "xx-new1" }, /in no table/],
        ["upcloud:index/server:Server", {}, "is undetermined"],
        ["upcloud:index/server:Server", { zone: unknownString }, "is undetermined"],
        ["ovh:CloudProject/kube:Kube", { region: "GRA7" }, "passes"],
        ["ovh:CloudProject/kube:Kube", { region: "US-EAST-VA-1" }, /US/],
        ["ionoscloud:compute/datacenter:Datacenter", { location: "us/las" }, /US/],
        ["scaleway:instance/server:Server", { zone: "pl-waw-1" }, "passes"],
        ["hcloud:index/newThing:NewThing", {}, "is undetermined"],
        ["hcloud:index/sshKey:SshKey", {}, "says nothing"],
        ["random:index/randomId:RandomId", {}, "says nothing"],
      ] as const
    ).map(([type, props, expect]) => ({
      title: `${type} with ${JSON.stringify(props)}`,
      ...own,
      resource: made(type, props),
      expect,
    })),
    {
      title: "a place of the provider counts where the resource names none",
      ...own,
      resource: made("scaleway:instance/server:Server", {}, { region: "fr-par" }),
      expect: "passes",
    },
    {
      title: "a place in the Union is none in Switzerland",
      ...under("swiss"),
      resource: made("ovh:CloudProject/kube:Kube", { region: "GRA7" }),
      expect: /FR/,
    },
    {
      title: "a provider's region abroad",
      ...own,
      resource: provider("opentelekomcloud", { region: "ap-sg-1" }),
      expect: /SG/,
    },
  ]);
});

describe("A kubeconfig in a hostile spelling", () => {
  const kubeconfig = (cluster: object, user: object = {}, more: object = {}): Resource =>
    provider("kubernetes", {
      kubeconfig: JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "a", cluster }],
        users: [{ name: "u", user }],
      }),
      ...more,
    });
  const ours = { server: "https://api.crisis.example.ch:6443" };
  table(clusterJurisdiction, [
    {
      title: "a public address of the sixth version is not inside",
      ...own,
      resource: kubeconfig({ server: "https://[2600:1901::1]:6443" }),
      expect: /2600:1901::1/,
    },
    { title: "a private one is", ...own, resource: kubeconfig({ server: "https://[fd00::1]:6443" }), expect: "passes" },
    {
      title: "a foreign name behind a private address",
      ...own,
      resource: kubeconfig({ server: "https://10.0.0.5", "tls-server-name": "x.eks.amazonaws.com" }),
      expect: /eks\.amazonaws\.com/,
    },
    {
      title: "an empty folder renders nothing",
      ...own,
      resource: kubeconfig({ server: "https://a.azmk8s.io" }, {}, { renderYamlToDirectory: "" }),
      expect: /azmk8s/,
    },
    ...(
      [
        ["a program with an ending", { exec: { command: "C:\\sdk\\gke-gcloud-auth-plugin.exe" } }],
        ["a program that a shell runs", { exec: { command: "sh", args: ["-c", "aws eks get-token"] } }],
        ["a program behind env", { exec: { command: "/usr/bin/env", args: ["A=b", "az", "account"] } }],
        ["a provider that is built in", { "auth-provider": { name: "gcp", config: {} } }],
        ["Oracle's program", { exec: { command: "oci" } }],
      ] as const
    ).map(([title, user]) => ({ title, ...own, resource: kubeconfig(ours, user), expect: /a login through/ })),
    {
      title: "a program that nobody knows",
      ...own,
      resource: kubeconfig(ours, { exec: { command: "login" } }),
      expect: "is undetermined",
    },
    {
      title: "an issuer of one's own",
      ...own,
      resource: kubeconfig(ours, {
        "auth-provider": { name: "oidc", config: { "idp-issuer-url": "https://id.crisis.example.ch" } },
      }),
      expect: "passes",
    },
  ]);
});

describe("An image anywhere", () => {
  const kind = (type: string, spec: object): Resource => ({ type: `kubernetes:${type}`, props: { spec } });
  const text = (value: string): Resource => map({ a: value });
  table(registryJurisdiction, [
    {
      title: "of a kind of an operator",
      ...own,
      resource: kind("k8s.keycloak.org/v2alpha1:Keycloak", { image: "bitnami/keycloak:26" }),
      expect: /bitnami\/keycloak/,
    },
    {
      title: "of a step of Tekton",
      ...own,
      resource: kind("tekton.dev/v1:Task", { steps: [{ image: "golang:1" }] }),
      expect: /library\/golang/,
    },
    {
      title: "of a template of Argo",
      ...own,
      resource: kind("argoproj.io/v1alpha1:Workflow", { templates: [{ container: { image: "alpine:3" } }] }),
      expect: /library\/alpine/,
    },
    {
      title: "of a job under a key of its own",
      ...own,
      resource: kind("helm.cattle.io/v1:HelmChart", { jobImage: "rancher/klipper-helm:v1" }),
      expect: /klipper-helm/,
    },
    {
      title: "in values, as one text",
      ...own,
      resource: { type: "kubernetes:helm.sh/v4:Chart", props: { values: { image: "bitnami/redis:1" } } },
      expect: /bitnami\/redis/,
    },
    {
      title: "in values, by name",
      ...own,
      resource: { type: "kubernetes:helm.sh/v4:Chart", props: { values: { image: { name: "bitnami/redis" } } } },
      expect: /bitnami\/redis/,
    },
    {
      title: "in values of one's own registry",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: { values: { image: { registry: "registry.crisis.example.ch", repository: "redis" } } },
      },
      expect: "passes",
    },
    {
      title: "of a registry by address",
      ...own,
      resource: kind("core/v1:Pod", { containers: [{ image: "[2606:50c0::1]:443/a/b:1" }] }),
      expect: /2606:50c0::1/,
    },
    {
      title: "that cannot be read",
      ...own,
      resource: kind("core/v1:Pod", { containers: [{ image: "registry.crisis.example.ch/A B" }] }),
      expect: "passes",
    },
    {
      title: "that is no reference",
      ...own,
      resource: kind("core/v1:Pod", { containers: [{ image: "registry.crisis.example.ch/A@B" }] }),
      expect: /cannot be read/,
    },
    ...(
      [
        ["skopeo copy docker://nginx dir:/x", /library\/nginx/],
        ["crane pull alpine x.tar", /library\/alpine/],
        ["kubectl run x --image=nginx", /library\/nginx/],
        ["docker run -d --name web -e A=b nginx", /library\/nginx/],
        ["k3s ctr images pull docker.io/library/busybox:1", /busybox/],
        ["docker run --rm registry.crisis.example.ch/a:1", "passes"],
        // Where a scanner reads: an image of a registry or of a runtime, which names a registry, or files and lists.
        ...["registry", "docker", "podman", "oci-model-registry", "containerd", "oci-registry"].map(
          (scheme) => [`syft ${scheme}:alpine`, /library\/alpine/] as const,
        ),
        ...["docker-archive", "docker-tar", "oci-archive", "oci-dir", "singularity", "dir"].map(
          (scheme) => [`syft ${scheme}:alpine.tar`, "passes"] as const,
        ),
        ...["sbom", "purl", "pkg", "cpes", "cpe", "zarf"].map(
          (scheme) => [`grype ${scheme}:alpine`, "passes"] as const,
        ),
        ...["scan", "packages", "attest"].map((word) => [`syft ${word} dir:/srv`, "passes"] as const),
        ...["syft convert a.json -o spdx", "syft cataloger list", "syft config", "syft login", "syft version"].map(
          (command) => [command, "passes"] as const,
        ),
        ...["grype db update", "grype explain", "grype completion bash", "dive build .", "dive help"].map(
          (command) => [command, "passes"] as const,
        ),
      ] as const
    ).map(([command, expect]) => ({ title: `by \`${command}\``, ...own, resource: text(command), expect })),
    {
      title: "by a command that stands as a list",
      ...own,
      resource: text("#cloud-config\nruncmd:\n  - [docker, run, -d, nginx]\n"),
      expect: /library\/nginx/,
    },
    {
      title: "of a machine is no container's",
      ...own,
      resource: { type: "hcloud:index/server:Server", props: { image: "debian-12" } },
      expect: "passes",
    },
  ]);
});

describe("A recipe on standard input", () => {
  const converge = readFileSync(join(__dirname, "../../../components/recipe/files/converge.sh"), "utf8");
  const base64 = (value: string): string => Buffer.from(value).toString("base64");
  const recipe = (content: string, end = "end\n"): string =>
    `package nginx\nfile 0755 root:root ${base64("/a")} ${base64(content)}\n${end}`;
  const command = (props: Readonly<Record<string, unknown>>): Resource => ({
    type: "command:remote:Command",
    props: { create: converge, ...props },
  });
  // The scripts are those in the folder, and not those in the table.
  const folder = join(__dirname, "../../../components/recipe/files");
  table(
    opaqueResource,
    readdirSync(folder)
      .filter((name) => name.endsWith(".sh"))
      .flatMap((name) => {
        const create = readFileSync(join(folder, name), "utf8");
        return [
          {
            title: `beside ${name} runs a script of ours`,
            resource: command({ create, stdin: recipe("a") }),
            expect: "passes" as const,
          },
          {
            title: `beside ${name} with another line runs somebody's`,
            resource: command({ create: `${create}# a\n`, stdin: recipe("a") }),
            expect: /which cannot be judged/,
          },
        ];
      }),
  );
  table(opaqueResource, [
    { title: "that can be read is judged by its files", resource: command({ stdin: recipe("a") }), expect: "passes" },
    {
      title: "that was cut cannot be read",
      resource: command({ stdin: recipe("a", "") }),
      expect: /recipe.*cannot be read/,
    },
    {
      title: "with a line that is no recipe's cannot be read",
      resource: command({ stdin: `run id\n${recipe("a")}` }),
      expect: /recipe.*cannot be read/,
    },
    {
      title: "with an environment that is not known is opaque",
      resource: command({ stdin: recipe("a"), environment: unknownString }),
      expect: /cannot be judged/,
    },
    {
      title: "with a variable that is not known is opaque",
      resource: command({ stdin: recipe("a"), environment: { A: unknownString } }),
      expect: /cannot be judged/,
    },
  ]);
  table(noPublicAiEndpoint, [
    { title: "is read file by file", resource: command({ stdin: recipe("api.groq.com") }), expect: /api\.groq\.com/ },
    { title: "of one's own passes", resource: command({ stdin: recipe("a.crisis.example.ch") }), expect: "passes" },
  ]);
});
