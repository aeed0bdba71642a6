import { gzipSync } from "node:zlib";
import { registryJurisdiction } from "../../../policies/rules/img-001-registry-jurisdiction";
import { image } from "../../../policies/extract/images";
import { own, shape, stackTable, table, under, unknownString } from "../support";

const deployment = (reference: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  type: "kubernetes:apps/v1:Deployment",
  props: { spec: { template: { spec: { containers: [{ name: "web", image: reference, ...more }] } } } },
});

const server = (userData: string) => ({ type: "hcloud:index/server:Server", props: { image: "debian-12", userData } });

const compose = "services:\n  web:\n    image: nginx:1.29\n";

describe("UC-IMG-001 registry-jurisdiction", () => {
  shape(registryJurisdiction);
  table(registryJurisdiction, [
    {
      title: "it accepts an image of the operator's own registry",
      ...own,
      resource: deployment("registry.crisis.example.ch/jitsi/jvb:stable"),
      expect: "passes",
    },
    {
      title: "it refuses that registry while nobody has declared the domain",
      resource: deployment("registry.crisis.example.ch/jitsi/jvb:stable"),
      expect: /in no table.*do: .*ownDomains/,
    },
    {
      title: "it refuses a registry whose name only ends like an own domain",
      ...own,
      resource: deployment("evilcrisis.example.ch/jvb"),
      expect: /in no table/,
    },
    {
      title: "it reads a bare name as Docker Hub",
      ...own,
      resource: deployment("nginx"),
      expect: /image docker\.io\/library\/nginx in spec\.template\.spec\.containers\[0\], from Docker, Inc\./,
    },
    {
      title: "it reads a name of two parts as Docker Hub",
      ...own,
      resource: deployment("jitsi/jvb:stable"),
      expect: /docker\.io\/jitsi\/jvb/,
    },
    ...[
      "ghcr.io/jitsi/jvb",
      "quay.io/a/b",
      "registry.k8s.io/pause:3.10",
      "mcr.microsoft.com/a/b",
      "123456789012.dkr.ecr.eu-central-1.amazonaws.com/a",
      "europe-docker.pkg.dev/a/b/c",
    ].map((reference) => ({
      title: `it refuses ${reference}`,
      ...own,
      resource: deployment(reference),
      expect: /US nexus: controlled/,
    })),
    {
      title: "it accepts a European registry under european",
      ...own,
      resource: deployment("codeberg.org/a/b@sha256:" + "0".repeat(64)),
      expect: "passes",
    },
    {
      title: "it refuses under strict a registry that is only assumed to be European",
      ...under("strict"),
      resource: deployment("codeberg.org/a/b"),
      expect: /assumed/,
    },
    {
      title: "it refuses a registry in no table under every profile",
      ...under("european"),
      resource: deployment("registry.example.net/a"),
      expect: /in no table/,
    },
    {
      title: "it accepts a registry inside the cluster or a private network",
      ...own,
      resource: {
        type: "kubernetes:core/v1:Pod",
        props: { spec: { containers: [{ image: "registry.tools.svc:5000/a" }, { image: "10.20.0.5:5000/b" }] } },
      },
      expect: "passes",
    },
    {
      title: "it refuses a registry at a public address",
      ...own,
      resource: deployment("203.0.113.9:5000/a"),
      expect: /in no table/,
    },
    {
      title: "it judges init and ephemeral containers too",
      ...own,
      resource: {
        type: "kubernetes:batch/v1:CronJob",
        props: {
          spec: {
            jobTemplate: {
              spec: {
                template: {
                  spec: {
                    containers: [],
                    initContainers: [{ image: "registry.crisis.example.ch/a" }, { image: "busybox" }],
                  },
                },
              },
            },
          },
        },
      },
      expect: /library\/busybox/,
    },
    {
      title: "it judges images of operators' own kinds",
      ...own,
      resource: {
        type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
        props: { spec: { imageName: "ghcr.io/cloudnative-pg/postgresql:17" } },
      },
      expect: /ghcr\.io/,
    },
    {
      title: "it judges Docker's own resources",
      ...own,
      resource: { type: "docker:index/remoteImage:RemoteImage", props: { name: "redis:8" } },
      expect: /library\/redis/,
    },
    {
      title: "it judges values of charts",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: { values: { web: { image: { registry: "docker.io", repository: "bitnami/nginx", tag: "1" } } } },
      },
      expect: /bitnami\/nginx/,
    },
    {
      title: "it does not mistake a cloud's operating system for a container",
      ...own,
      resource: server("#cloud-config\n{}"),
      expect: "passes",
    },
    {
      title: "it reads compose files in user data",
      ...own,
      resource: server(`#cloud-config\n${JSON.stringify({ write_files: [{ path: "/c.yaml", content: compose }] })}`),
      expect: /library\/nginx/,
    },
    {
      title: "it reads user data in base64",
      ...own,
      resource: server(Buffer.from(`#!/bin/sh\ndocker pull ghcr.io/jitsi/web\n`).toString("base64")),
      expect: /ghcr\.io/,
    },
    {
      title: "it reads files that are packed twice",
      ...own,
      resource: server(
        `#cloud-config\nwrite_files:\n  - path: /c.yaml\n    encoding: gz+b64\n    content: ${gzipSync(compose).toString("base64")}\n`,
      ),
      expect: /library\/nginx/,
    },
    {
      title: "it reads commands in scripts",
      ...own,
      resource: server("#!/bin/sh\nset -e\npodman pull --quiet quay.io/a/b:1\n"),
      expect: /quay\.io/,
    },
    {
      title: "it reads what a script runs, past its options",
      ...own,
      resource: server("docker run -d --rm --name=a -p 443:443 -v /a:/b jitsi/web:stable --flag"),
      expect: /image docker\.io\/jitsi\/web/,
    },
    {
      title: "it accepts a script that runs an own image",
      ...own,
      resource: server("podman run -it --network host registry.crisis.example.ch/a nginx"),
      expect: "passes",
    },
    {
      title: "it reads manifests in ConfigMaps",
      ...own,
      resource: {
        type: "kubernetes:core/v1:ConfigMap",
        props: { data: { "pod.yaml": "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: alpine\n" } },
      },
      expect: /library\/alpine/,
    },
    {
      title: "it reads Secrets, which are base64 however short",
      ...own,
      resource: {
        type: "kubernetes:core/v1:Secret",
        props: { data: { IMAGE: Buffer.from("ghcr.io/a/b").toString("base64") } },
      },
      expect: /registry ghcr\.io in data\.IMAGE/,
    },
    {
      title: "it takes the name of an upstream that a mirror stands in for",
      ...own,
      resource: server(
        `#cloud-config\n${JSON.stringify({ write_files: [{ content: 'mirrors:\n  "docker.io":\n    endpoint: ["https://registry.crisis.example.ch"]\n' }] })}`,
      ),
      expect: "passes",
    },
    {
      title: "it takes it in containerd's own format too",
      ...own,
      resource: server(
        '[plugins."io.containerd.cri.v1.images".registry.mirrors."docker.io"]\n  endpoint = ["https://registry.crisis.example.ch"]\n',
      ),
      expect: "passes",
    },
    {
      title: "it refuses a mirror's endpoint upstream",
      ...own,
      resource: server('mirrors:\n  "*":\n    endpoint: ["https://registry-1.docker.io"]\n'),
      expect: /registry-1\.docker\.io/,
    },
    {
      title: "it does not read comments and paths",
      ...own,
      resource: server("# from ghcr.io/jitsi/web\nls /etc/certs.d/docker.io/hosts.toml\n"),
      expect: "passes",
    },
    {
      title: "it cannot judge an image that is not known",
      ...own,
      resource: deployment(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it refuses what it knows beside what it does not",
      ...own,
      resource: deployment("nginx", { env: [{ name: "A", value: unknownString }] }),
      expect: /nginx/,
    },
    {
      title: "it passes a container without an image",
      ...own,
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { containers: [{ name: "a" }] } } },
      expect: "passes",
    },
    {
      title: "it says nothing about what holds no text",
      ...own,
      resource: { type: "random:index/randomPassword:RandomPassword", props: { length: 20 } },
      expect: "says nothing",
    },
  ]);
  stackTable(registryJurisdiction, [
    {
      title: "it reads at preview what a component says its hosts will hold",
      ...own,
      resources: [{ type: "pulumi:pulumi:Stack" }, { type: "sovereign-uc:index:HostPool", props: {} }],
      outputs: [
        { type: "sovereign-uc:index:HostPool", props: { rendered: { "a-1": { files: { "/opt/c.yaml": compose } } } } },
      ],
      expect: /library\/nginx/,
    },
    {
      title: "it says nothing about a stack without components",
      resources: [deployment("nginx")].map((resource) => ({
        ...resource,
        provider: { type: "pulumi:providers:kubernetes" },
      })),
      expect: "says nothing",
    },
  ]);
});

describe("A reference to an image", () => {
  test.each([
    ["nginx", "docker.io", "library/nginx"],
    ["nginx:1.29", "docker.io", "library/nginx"],
    ["jitsi/web", "docker.io", "jitsi/web"],
    ["index.docker.io/library/nginx", "docker.io", "library/nginx"],
    ["localhost/a", "localhost", "a"],
    ["Registry.example.ch:5000/a/b:tag", "registry.example.ch:5000", "a/b"],
    [`ghcr.io/a/b@sha256:${"a".repeat(64)}`, "ghcr.io", "a/b"],
    [`ghcr.io/a/b:1@sha256:${"a".repeat(64)}`, "ghcr.io", "a/b"],
    ["oci://registry.example.ch/charts/a", "registry.example.ch", "charts/a"],
  ])("%s is fetched from %s as %s", (reference, registry, repository) => {
    expect(image(reference)).toEqual({ registry, repository });
  });

  test.each(["", "Not An Image", "a//b", "${IMAGE}", "-", "https://example.org/a b"])("%j is none", (text) => {
    expect(image(text)).toBeUndefined();
  });
});
