import { type Case, env, type Given, kube, pod, text } from "./case";

const script = (lines: string): Given => ({
  type: "hcloud:index/server:Server",
  props: { userData: `#!/bin/sh\n${lines}\n` },
});
const titled = (title: string, list: readonly (readonly [string, Given])[]): readonly Case[] =>
  list.map(([name, given]) => [`${title}: ${name}`, given]);

const host = "api.openai";

/** Hosts that are put together. */
export const joined: readonly Case[] = titled("joined", [
  ...(
    [
      `"https://" + "${host}" + ".com"`,
      `"https://" + ["api", "openai", "com"].join(".")`,
      `'https://' + '.'.join(['api', 'openai', 'com'])`,
      `"https://%s.%s" % ("${host}", "com")`,
      `"https://{}.{}".format("${host}", "com")`,
      `fmt.Sprintf("https://%s.%s/v1", "${host}", "com")`,
      `"https://".concat("${host}", ".com")`,
      `a.append("${host}").append(".com")`,
      `String.fromCharCode(97,112,105,46,111,112,101,110,97,105,46,99,111,109)`,
      `'moc.ianepo.ipa'[::-1]`,
      `join(".", ["api", "openai", "com"])`,
      `url: {{ printf "https://%s.%s" "${host}" "com" }}`,
      `url: {{ list "api" "openai" "com" | join "." }}`,
      `url: {{ '${host}.' ~ 'com' }}`,
      `local h = "${host}." .. "com"`,
      `my $h = '${host}.' . 'com';`,
      `curl https://api.open''ai.com`,
      `curl "https://api.open""ai.com"`,
      `A=${host}; B=com; curl https://$A.$B/`,
      `A=openai\ncurl https://api.\${A}.com/`,
      `A=openai\nH=api.$A.com\ncurl https://$H/`,
      `H=api.\nH+=openai.com\ncurl https://$H/`,
      `P=(api openai com)\ncurl https://\${P[0]}.\${P[1]}.\${P[2]}/`,
      `read A B <<< "${host} com"\ncurl https://$A.$B/`,
      `curl https://\${HOST:-${host}.com}/`,
      `H=$(printf '%s.%s' ${host} com)\ncurl https://$H/`,
      `H=$(echo moc.ianepo.ipa | rev)\ncurl https://$H/`,
      `H=$(echo a | tr a b)\ncurl https://$H/`,
      `curl https://$A.$B/`,
      `curl https://$1.$2/`,
      `fetch(\`https://\${a}.\${b}/\`)`,
      `requests.get(f"https://{a}.{b}/")`,
      `curl https://$A.crisis.example.ch/`,
      `curl http://$POD.$SERVICE.svc:8080/`,
      `curl https://$HOST:8443/`,
      `return 301 https://$host$request_uri;`,
      `log.info("%s.%s", a, b)`,
      `const v = [1, 2, 3].join(".")`,
      `F=a.$(date +%F).tar.gz\ntar xf $F`,
      `atob("YXBpLm9wZW5haS5jb20=")`,
      `R=ghcr; T=io\ndocker pull $R.$T/a/b`,
    ] as const
  ).map((line) => [line.replaceAll("\n", " / "), text(line)] as const),
  ["a variable of a container", env({ A: host, B: "com", URL: "https://$(A).$(B)/v1" })],
  ["an option of a container", pod({ env: [{ name: "A", value: "openai" }], args: ["--url=https://api.$(A).com"] })],
  [
    "a variable that only the cluster knows",
    pod({ env: [{ name: "A", valueFrom: { fieldRef: {} } }], args: ["http://$(A).b.c.svc"] }),
  ],
  ["parts of a template", text("a: b\nurl: !Join ['.', [api, openai, com]]\n")],
]);

const command = (line: string): readonly [string, Given] => [line, script(line)];

/** Images that commands, files and operators take. */
export const taken: readonly Case[] = [
  ...titled("taken", [
    ...[
      "crane export alpine:3 - | tar x",
      "oras blob fetch ghcr.io/a/b@sha256:0",
      "regctl image get-file ghcr.io/a/b:1 /a",
      "trivy image python:3",
      "grype docker:alpine",
      "syft dir:/srv",
      "cosign verify --key a ghcr.io/a/b:1",
      "imgpkg copy -i nginx --to-repo registry.crisis.example.ch/n",
      "pack build a --builder paketobuildpacks/builder",
      "docker buildx imagetools inspect alpine:3",
      "docker buildx build --build-context a=docker-image://alpine:3 .",
      "docker volume create --driver local a",
      "docker inspect a",
      "docker network create a",
      "skopeo copy docker://registry.crisis.example.ch/a:1 oci:/a",
    ].map(command),
    ["a base that is given", text("ARG BASE=alpine:3\nFROM ${BASE}\n")],
    ["a base that is not there", text("FROM ${BASE}\nRUN true\n")],
    [
      "a part of another image",
      text("FROM registry.crisis.example.ch/a\nRUN --mount=type=bind,from=golang:1,target=/a true\n"),
    ],
    [
      "a stage of its own",
      text("FROM registry.crisis.example.ch/a AS build\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n"),
    ],
    ["a host of a mirror", text('server = "https://registry.crisis.example.ch"\n[host."https://mirror.gcr.io"]\n')],
    ["services of a pipeline", text("job:\n  script: [make]\n  services: [docker:dind, {name: postgres:16}]\n")],
    ["services of routes", text("a: b\nroutes:\n- services: [{name: web, port: 80}]\n")],
    ["a job of a pipeline", text("jobs:\n  a:\n    runs-on: own\n    container: node:20\n")],
    ["a folder that is an image", text("a: b\nbase: docker-image://alpine:3\n")],
    [
      "an annotation",
      kube("core/v1:ConfigMap", { metadata: { annotations: { "a.example.org/agent-image": "hashicorp/vault:1" } } }),
    ],
    ["a picture", kube("core/v1:ConfigMap", { metadata: { annotations: { "a.example.org/hero-image": "cover" } } })],
    ["a pause image", text("pause-image: rancher/mirrored-pause:3.6\n")],
  ]),
  ...titled("operator", [
    [
      "no image in a text",
      text("apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {instances: 3}\n"),
    ],
    ["an image that is empty", kube("postgresql.cnpg.io/v1:Cluster", { spec: { imageName: "" } })],
    ["an image that is not known", kube("postgresql.cnpg.io/v1:Cluster", { spec: { imageName: "[secret]" } })],
    ["a patch", kube("postgresql.cnpg.io/v1:ClusterPatch", { spec: { instances: 3 } })],
    ["another kind of the group", kube("postgresql.cnpg.io/v1:Database", { spec: { name: "a" } })],
    [
      "one that somebody else runs",
      kube("grafana.integreatly.org/v1beta1:Grafana", { spec: { external: { url: "http://a.b.svc" } } }),
    ],
    [
      "a part that is there",
      kube("kafka.strimzi.io/v1beta2:Kafka", {
        spec: { kafka: { image: "registry.crisis.example.ch/k" }, kafkaExporter: {} },
      }),
    ],
  ]),
];
