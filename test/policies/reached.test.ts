import { privately, reachedIn } from "../../policies/extract/reached";
import { reading } from "../../policies/extract/scan";
import { type Given, kube, pod, text } from "./cases/case";
import { subject } from "./judged";

const found = (given: Given): readonly string[] => {
  const one = subject(given);
  return reachedIn(one, reading(one)).map(({ host, path }) => `${host} at ${path}`);
};
const thing = (props: object, kind = "Thing"): Given => kube(`a.example.org/v1:${kind}`, { ...props });
const host = "b.example.org";

describe("Addresses that a setting says it contacts, private ones too", () => {
  test.each<readonly [setting: string, value: string, found: readonly string[]]>([
    ["db_host", "10.0.0.1", ["10.0.0.1"]],
    ["servers[0][1]", "10.0.0.1:25", ["10.0.0.1"]],
    ["servers[0].x", "10.0.0.1", []],
    ["address", "10.0.0.1", []],
    ["server", "10.0.0.1, 10.0.0.2;10.0.0.3 x", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]],
    ["server", "x10.0.0.1", []],
    ["server", "10.0.0.1/24", []],
    ["server", "10.0.0.1:123456", []],
    ["server", "1.2", []],
    ["server", `10.0.0.1${" ".repeat(291)}`, ["10.0.0.1"]],
    ["server", `10.0.0.1${" ".repeat(292)}`, []],
  ])("%s=%s", (setting, value, hosts) => {
    expect(privately(setting, value).map((one) => one.host)).toEqual(hosts);
    for (const one of privately(setting, value)) expect(one.path).toBe(setting);
  });
});

describe("Hosts in the settings of a resource", () => {
  test.each<readonly [title: string, given: Given, found: readonly string[]]>([
    ["a key", thing({ spec: { server: host } }), [`${host} at spec.server`]],
    [
      "a key in a list",
      thing({ spec: { servers: [host, [host]] } }),
      [`${host} at spec.servers[0]`, `${host} at spec.servers[1][0]`],
    ],
    ["a key with dots", thing({ data: { "a.server": host } }), [`${host} at data["a.server"]`]],
    ["a key with dots in a list", thing({ data: { "a.server": [host] } }), [`${host} at data["a.server"][0]`]],
    ["a key before another", thing({ spec: { servers: [{ x: host }] } }), []],
    [
      "a variable of a container",
      pod({ env: [{ name: "DB_HOST", value: host }] }),
      [`${host} at spec.template.spec.containers[0] DB_HOST`],
    ],
    ["a variable that is not known", pod({ env: [{ name: "DB_HOST", value: "[secret]" }] }), []],
    ["a line of 400 characters", text(`x\nserver=${host}${" ".repeat(380)}`), [`${host} at data.a`]],
    ["a line of 401 characters", text(`x\nserver=${host}${" ".repeat(381)}`), []],
    ["a path of 999 characters", thing({ ingress: { ["x".repeat(986)]: { host } } }), []],
    [
      "a path of 1000 characters",
      thing({ ingress: { ["x".repeat(987)]: { host } } }),
      [`${host} at ingress.${"x".repeat(987)}.host`],
    ],
    [
      "a setting of an option",
      text(`x\n--server ${host}\n-a.server=${host}`),
      [`${host} at data.a`, `${host} at data.a`],
    ],
    ["a setting whose name has one letter", text(`x\ns=${host}`), []],
    ["a host of three letters", text("x\nserver=a.b"), []],
    ["a name in capital letters", text(`x\nEXPORT=1\nexport DB_SERVER=${host}`), [`${host} at data.a`]],
    ["a word before the setting", text(`x\nnow server=${host}`), []],
    ["a word behind the host", text(`x\nserver=${host} now`), []],
    ["names below an ingress", text(`{{ x }}\ningress:\n  host: ${host}`), []],
    ["names below an Ingress", text(`{{ x }}\nIngress:\n  HOSTS: ${host}`), []],
    ["names beside an ingress", text(`{{ x }}\nxingress:\n  host: ${host}`), [`${host} at data.a`]],
    ["a host twelve lines below", text(`{{ x }}\ntls:\n${"  y\n".repeat(11)}  host: ${host}`), []],
    ["a host thirteen lines below", text(`{{ x }}\ntls:\n${"  y\n".repeat(12)}  host: ${host}`), [`${host} at data.a`]],
    [
      "a hostname of a database",
      text(`{{ x }}\ntls:\n  dbhost: ${host}\n  db_host: ${host}\n  hosts_x: ${host}`),
      [`${host} at data.a`, `${host} at data.a`],
    ],
    ["hosts of an ingress of a chart", thing({ ingress: { hosts: [host, { host }] } }), []],
    ["hosts of a list of ingresses", thing({ ingresses: [{ hosts: [host] }] }), []],
    [
      "hosts of an ingress with a name",
      thing({ webIngress: { hostname: host }, "web-ingress": { hostnames: [host] } }),
      [],
    ],
    ["hosts of a virtual service", thing({ virtualService: { hosts: [host] } }), []],
    ["a server of an ingress", thing({ ingress: { server: host } }), [`${host} at ingress.server`]],
    ["a host beside an ingress", thing({ ingressHost: { x: 1 }, db: { host } }), [`${host} at db.host`]],
    [
      "what is behind a host of an ingress",
      thing({ ingress: { host: { server: host } } }),
      [`${host} at ingress.host.server`],
    ],
    [
      "names of routes and of their certificates",
      thing({
        route: { hosts: [host] },
        routes: [{ hosts: [{ host }] }],
        httpRoute: { hostnames: [host] },
        tls: [{ hosts: [host] }],
      }),
      [],
    ],
    [
      "a single host of a route",
      thing({ route: { host }, xroute: { hosts: [host] } }),
      [`${host} at route.host`, `${host} at xroute.hosts[0]`],
    ],
    [
      "what is behind the hosts of a route",
      thing({ route: { hosts: { server: host } } }),
      [`${host} at route.hosts.server`],
    ],
    ["aliases of a host", thing({ hostAliases: [{ host }], x: { extra_hosts: [host] } }), []],
    [
      "what only looks like aliases",
      thing({ myhostAliases: [{ host }], hostAliasesX: [{ host }] }),
      [`${host} at myhostAliases[0].host`, `${host} at hostAliasesX[0].host`],
    ],
    ["a kind that publishes", thing({ spec: { hosts: [host] } }, "Route"), []],
    ["another kind", thing({ spec: { hosts: [host] } }, "Routes"), [`${host} at spec.hosts[0]`]],
    ["a server of a kind that publishes", thing({ spec: { server: host } }, "Route"), [`${host} at spec.server`]],
    [
      "what is deeper in a kind that publishes",
      thing({ x: { spec: { hosts: [host] } } }, "Route"),
      [`${host} at x.spec.hosts[0]`],
    ],
    ["a kind that publishes in a text", text(JSON.stringify({ kind: "Route", spec: { hosts: [host] } })), []],
    [
      "a kind that publishes in a text beside another",
      thing({ a: JSON.stringify({ kind: "Route", x: 1 }), b: { spec: { hosts: [host] } } }),
      [`${host} at b.spec.hosts[0]`],
    ],
    [
      "a kind that is no word",
      text(JSON.stringify({ kind: 1, spec: { hosts: [host] } })),
      [`${host} at data.a.spec.hosts[0]`],
    ],
    [
      "endpoints",
      kube("core/v1:Endpoints", {
        subsets: [
          {
            addresses: [
              { ip: "9.9.9.9" },
              { ip: 1 },
              { ip: "10.0.0.1" },
              { ip: "x9.9.9.9" },
              { ip: "9.9.9.9x" },
              { ip: "a.EXAMPLE" },
            ],
          },
        ],
      }),
      ["9.9.9.9 at subsets[0].addresses[0]", "a.EXAMPLE at subsets[0].addresses[5]"],
    ],
    [
      "slices",
      kube("discovery.k8s.io/v1:EndpointSlice", {
        endpoints: [{ addresses: ["9.9.9.9", "a.example.o", "a.example.org-x", 1] }],
      }),
      ["9.9.9.9 at endpoints[0].addresses[0]"],
    ],
    [
      "other objects with such fields",
      thing({ subsets: [{ addresses: [{ ip: "9.9.9.9" }] }], endpoints: [{ addresses: ["9.9.9.9"] }] }),
      [],
    ],
    [
      "an entry by name",
      kube("networking.istio.io/v1:ServiceEntry", {
        spec: { endpoints: [{ address: "9.9.9.9" }, { address: "a.example.org" }] },
      }),
      ["a.example.org at spec.endpoints[1].address", "9.9.9.9 at spec.endpoints[0]"],
    ],
    [
      "a workload by name",
      kube("networking.istio.io/v1:WorkloadEntry", { spec: { address: "a.example.org" } }),
      ["a.example.org at spec.address", "a.example.org at spec.address[0]"],
    ],
    [
      "aliases of a pod",
      kube("core/v1:Pod", { spec: { hostAliases: [{ ip: "9.9.9.9" }] } }),
      ["9.9.9.9 at spec.hostAliases[0]"],
    ],
    [
      "aliases before endpoints",
      kube("core/v1:Endpoints", {
        spec: { hostAliases: [{ ip: "9.9.9.9" }] },
        subsets: [{ addresses: [{ ip: "9.9.9.8" }] }],
      }),
      ["9.9.9.9 at spec.hostAliases[0]"],
    ],
  ])("%s", (_, given, hosts) => {
    expect(found(given)).toEqual(hosts);
  });
});
