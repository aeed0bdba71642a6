import { generateKeyPairSync } from "node:crypto";
import type { TcpRoute, WebRoute } from "../../../components/core/route";
import { elasticLabel } from "../../../components/core/taints";
import { tier } from "../../../components/core/tier";
import { thumbprint } from "../../../components/kubernetes/acme";
import { Edge, type EdgeArgs } from "../../../components/kubernetes/edge";
import { edgePublished } from "../../../components/kubernetes/edge-published";
import { haproxy as door } from "../../../components/recipe/parts/published";
import { CertificateAuthority } from "../../../components/infrastructure/certificate-authority";
import { deploy, type Registered } from "../../support/mocks";
import { certificateFor } from "../../support/certificates";
import { manifests, object, target } from "./target";

const host = "meet.crisis.example.ch";
const pair = certificateFor([host, "mail.crisis.example.ch"]);
const upstreams = [1, 2].map((n) => ({
  name: `shard-${n}`,
  tier: tier("meet", `web-${n}`, { http: 8000 }),
  port: "http",
}));
const meet: WebRoute = {
  kind: "web",
  name: "meet",
  host,
  upstreams,
  health: ["/health"],
  stickOn: { parameter: "room" },
};
const mail: TcpRoute = {
  kind: "tcp",
  name: "imaps",
  port: 993,
  sni: "mail.crisis.example.ch",
  tls: "ends-at-edge",
  proxyProtocol: true,
  upstreams: [{ name: "imap", tier: tier("mail", "imap", { imap: 1143 }), port: "imap" }],
};
const given = { hosts: [host], source: { kind: "given", ...pair } } as const;
const publicKey = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

const made = (change: Partial<Record<keyof EdgeArgs, unknown>> = {}, name = "edge") =>
  deploy(
    () => {
      const cluster = target();
      new Edge(name, {
        cluster,
        routes: [meet],
        certificates: { meet: given },
        connections: 1600,
        ...change,
      } as EdgeArgs);
    },
    {
      outputs: ({ type }) =>
        type === "tls:index/privateKey:PrivateKey" ? { publicKeyPem: publicKey, publicKeyFingerprintSha256: "f" } : {},
    },
  );

const files = (resources: readonly Registered[]): Readonly<Record<string, string>> =>
  object(resources, "ConfigMap", "edge-config")["data"] as Record<string, string>;
const spec = (resources: readonly Registered[], kind: string, name: string): Record<string, unknown> =>
  object(resources, kind, name)["spec"] as Record<string, unknown>;

describe("an edge", () => {
  test("stands twice in a namespace of its own, on a port of every application host, and lets only the gateways in", async () => {
    const { resources } = await made();
    expect(object(resources, "Namespace", "edge")).toBeDefined();
    expect(spec(resources, "StatefulSet", "edge")).toMatchObject({ replicas: 2, serviceName: "edge" });
    expect(spec(resources, "Service", "edge-web")).toMatchObject({
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [
        { port: 443, nodePort: 30443, targetPort: 8443 },
        { port: 404, nodePort: 30404, targetPort: 8404 },
      ],
    });
    const { ingress } = spec(resources, "NetworkPolicy", "edge") as Record<string, unknown[]>;
    expect(ingress?.filter((one) => JSON.stringify(one).includes("ipBlock"))).toEqual([
      {
        from: [{ ipBlock: { cidr: "10.20.0.10/32" } }, { ipBlock: { cidr: "10.20.0.11/32" } }],
        ports: [{ port: 8443, protocol: "TCP" }],
      },
      {
        from: [{ ipBlock: { cidr: "10.20.0.10/32" } }, { ipBlock: { cidr: "10.20.0.11/32" } }],
        ports: [{ port: 8404, protocol: "TCP" }],
      },
    ]);
  });

  test("may reach the pods of its routes and nothing else", async () => {
    const { resources } = await made();
    const { egress } = spec(resources, "NetworkPolicy", "edge") as Record<string, { to: unknown; ports: unknown }[]>;
    expect(egress?.map(({ ports }) => JSON.stringify(ports))).toEqual([
      '[{"port":8000,"protocol":"TCP"}]',
      '[{"port":8000,"protocol":"TCP"}]',
      '[{"port":8090,"protocol":"TCP"}]',
      // Shards: replicas tell each other which of them they have lost.
      '[{"port":8406,"protocol":"TCP"}]',
    ]);
    expect(JSON.stringify(egress)).toContain('"kubernetes.io/metadata.name":"meet"');
    expect(JSON.stringify(egress)).not.toContain("ipBlock");
  });

  test("stays off hosts that come and go, to which no gateway leads", async () => {
    const { resources } = await made();
    const { template } = spec(resources, "StatefulSet", "edge") as { readonly template: { spec: object } };
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
    expect(spec(resources, "StatefulSet", "edge")).toMatchObject({ replicas: 3 });
    expect(
      files(resources)["haproxy.cfg"]?.match(/^ {4}server edge-\d edge-\d\.edge\.svc\.cluster\.local:8090$/gm),
    ).toHaveLength(3);
  });

  test("gives each replica a service of its own, so that the others find it when they start", async () => {
    const { resources } = await made();
    const names = manifests(resources)
      .filter(({ kind }) => kind === "Service")
      .map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(["edge", "edge-0", "edge-1", "edge-web"]);
    expect(spec(resources, "Service", "edge-1")).toMatchObject({
      selector: { "statefulset.kubernetes.io/pod-name": "edge-1" },
      publishNotReadyAddresses: true,
    });
  });

  test("keeps keys in a Secret, and its pods stay when a certificate changes", async () => {
    const { resources } = await made();
    expect(object(resources, "Secret", "edge-certificates")["stringData"]).toEqual({
      "meet.crt": pair.certificate,
      "meet.key": pair.privateKey,
    });
    for (const { type, inputs } of resources)
      if (!type.endsWith(":Secret")) expect(JSON.stringify(inputs)).not.toContain("PRIVATE KEY");
    const other = await made({
      certificates: { meet: { hosts: [host], source: { kind: "given", ...certificateFor([host]) } } },
    });
    expect(object(other.resources, "Secret", "edge-certificates")["stringData"]).not.toEqual(
      object(resources, "Secret", "edge-certificates")["stringData"],
    );
    expect(spec(other.resources, "StatefulSet", "edge")).toEqual(spec(resources, "StatefulSet", "edge"));
  });

  test("takes a certificate from the deployment's own authority", async () => {
    const { resources } = await deploy(() => {
      const authority = new CertificateAuthority("internal", { commonName: "internal" });
      const certificates = { meet: { hosts: [host], source: { kind: "authority", authority } } } as const;
      new Edge("edge", { cluster: target(), routes: [meet], certificates, connections: 100 });
    });
    expect(object(resources, "Secret", "edge-certificates")["stringData"]).toMatchObject({
      "meet.crt": "certificate of internal-edge-meet",
    });
  });

  test("serves ports of the gateways that are not the web's, each with its node port and its opening", async () => {
    const certificates = {
      meet: given,
      mail: { hosts: ["mail.crisis.example.ch"], source: { kind: "given", ...pair } },
    };
    const { resources } = await made({ routes: [meet, mail], certificates });
    expect(spec(resources, "Service", "edge-web")["ports"]).toMatchObject([
      { nodePort: 30443 },
      { nodePort: 30404 },
      { port: 993, nodePort: 30993, targetPort: 30993 },
    ]);
    const { ingress } = spec(resources, "NetworkPolicy", "edge") as Record<string, unknown[]>;
    expect(JSON.stringify(ingress)).toContain('"port":30993');
    expect(files(resources)["tcp-imaps.list"]).toBe("/run/edge/mail.pem mail.crisis.example.ch\n");
    expect(files(resources)["web.list"]).toBe(`/run/edge/meet.pem ${host}\n`);
  });
});

describe("certificates from a directory", () => {
  const acme = { directory: "https://ca.example.ch/acme/directory" };
  const certificates = { meet: { hosts: [host], source: { kind: "acme" } } };

  test("are ordered by a task that may change their Secret and nothing else", async () => {
    const { resources } = await made({ acme, certificates });
    expect(object(resources, "Secret", "edge-acme")).not.toHaveProperty("stringData");
    expect(object(resources, "Secret", "edge-acme")).not.toHaveProperty("data");
    expect(object(resources, "Role", "edge-acme")["rules"]).toEqual([
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["edge-acme"], verbs: ["get", "patch"] },
    ]);
    const job = spec(resources, "CronJob", "edge-acme-renewal");
    expect(job).toMatchObject({ concurrencyPolicy: "Forbid" });
    expect(JSON.stringify(job)).toContain("https://ca.example.ch/acme/directory");
    const { egress } = spec(resources, "NetworkPolicy", "edge-acme-renewal") as Record<
      string,
      { ports: { port: number }[] }[]
    >;
    expect(egress?.flatMap(({ ports }) => ports.map(({ port }) => port)).sort()).toEqual([3128, 6443]);
  });

  test("have their challenges answered by every replica, from the account's thumbprint", async () => {
    const { resources } = await made({ acme, certificates });
    expect(files(resources)["challenged.list"]).toBe(`${host}\n`);
    expect(JSON.stringify(spec(resources, "StatefulSet", "edge"))).toContain(thumbprint(publicKey));
    expect(spec(resources, "Service", "edge-web")["ports"]).toMatchObject([
      {},
      {},
      { port: 80, nodePort: 30080, targetPort: 8080 },
    ]);
  });

  test("bring the account's binding as a secret", async () => {
    const externalAccount = { keyId: "kid-1", hmac: { value: "secret-hmac", version: "1" } };
    const { resources } = await made({ acme: { ...acme, externalAccount }, certificates });
    expect(JSON.stringify(spec(resources, "CronJob", "edge-acme-renewal"))).not.toContain("secret-hmac");
    expect(JSON.stringify(manifests(resources).filter(({ kind }) => kind === "Secret"))).toContain("secret-hmac");
  });

  test("a thumbprint is the one of RFC 7638 for a key on P-256", () => {
    // Members in the order of their names, without spaces; the digest computed with Debian's jose.
    const key =
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\niTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n-----END PUBLIC KEY-----\n";
    expect(thumbprint(key)).toBe("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
  });
});

describe("what gateways publish for routes", () => {
  const applicationHosts = ["10.20.0.30", "10.20.0.31"];
  const turn: TcpRoute = { ...mail, name: "turn", port: 443, sni: "turn.example.ch", tls: "passes-through" };

  test("is one port for the web and all that shares it, and one for each further port", () => {
    const smtp: TcpRoute = {
      kind: "tcp",
      name: "smtp",
      port: 25,
      tls: "none",
      proxyProtocol: true,
      upstreams: mail.upstreams,
    };
    const ports = edgePublished([meet, turn, mail, smtp], { applicationHosts, acme: true });
    expect(
      ports.map(({ port, targetPort, tls = true, proxyProtocol }) => [port, targetPort, tls, proxyProtocol]),
    ).toEqual([
      [443, 30443, true, true],
      [993, 30993, true, true],
      [25, 30025, false, true],
      [80, 30080, false, true],
    ]);
    for (const one of ports) expect(one).toMatchObject({ targets: applicationHosts, healthPort: 30404 });
    const lines = door(ports)
      .split("\n")
      .filter((line) => / (option|server) /.test(` ${line.trim()}`));
    expect(lines.filter((line) => line.includes("httpchk"))).toHaveLength(ports.length);
    expect(lines).toContain(`  server target-1 ${applicationHosts[0]}:30993 send-proxy-v2 check port 30404`);
  });

  test("keeps a connection as long as the most patient of its routes", () => {
    const [web] = edgePublished([{ ...meet, timeouts: { webSocketSeconds: 7_200 } }, turn], { applicationHosts });
    expect(web?.idleMinutes).toBe(120);
  });

  test("has no port 80 without a directory, and nothing without hosts", () => {
    expect(edgePublished([meet], { applicationHosts }).map(({ port }) => port)).toEqual([443]);
    expect(() => edgePublished([meet], { applicationHosts: [] })).toThrow(/expected at least one application host/);
  });
});

describe("an edge refuses", () => {
  const withRoute = (change: object): object => ({ routes: [{ ...meet, ...change }] });
  const tcp = (change: object): object => ({ routes: [meet, { ...mail, ...change }] });
  test.each<[string, object, RegExp]>([
    ["no routes", { routes: [] }, /routes: expected at least one route, got \[\]/],
    ["routes that are no list", { routes: undefined }, /routes: expected a list of routes, got nothing/],
    ["a host name that is none", withRoute({ host: "meet" }), /routes: \[0\]: host: expected a domain name/],
    ["a name that HAProxy would misread", withRoute({ name: "a b" }), /\[0\]: name: expected a name/],
    ["a kind that is none", withRoute({ kind: "udp" }), /kind: expected a kind out of web, tcp/],
    [
      "keys of a web route in a TCP route",
      tcp({ bodyMib: 4, host: "imap.example.ch" }),
      /^"edge": routes\[1\]\.bodyMib: expected one of the keys kind, name, port, .*nodePort of the kind "tcp", got "bodyMib"; remove it\n"edge": routes\[1\]\.host: expected one of .* of the kind "tcp"/,
    ],
    [
      "keys of a TCP route in a web route",
      withRoute({ idleMinutes: 4 }),
      /routes\[0\]\.idleMinutes: expected one of the keys kind, name, host, .* of the kind "web", got "idleMinutes"; remove it/,
    ],
    [
      "keys of a given certificate in one from a directory",
      { certificates: { meet: { ...given, source: { kind: "acme", privateKey: "…" } } } },
      /certificates\.meet\.source\.privateKey: expected one of the keys kind of the kind "acme", got "privateKey"; remove it/,
    ],
    [
      "two routes of one host name",
      { routes: [meet, { ...meet, name: "other" }] },
      /expected a host name that no other route has, got "meet.crisis.example.ch of meet and other"; give one/,
    ],
    [
      "a web route and a TCP route on 443 of one host name",
      { routes: [meet, { ...mail, port: 443, sni: host, tls: "passes-through" }] },
      /expected a host name that no other route has/,
    ],
    [
      "two routes of one name",
      { routes: [meet, { ...meet, host: "a.example.ch" }] },
      /expected a route name of its own/,
    ],
    ["no upstreams", withRoute({ upstreams: [] }), /upstreams: expected at least one upstream/],
    [
      "a port that the tier lacks",
      withRoute({ upstreams: [{ ...upstreams[0], port: "https" }] }),
      /expected a TCP port of meet\/web-1 out of http, got "https"/,
    ],
    [
      "a tier that is none",
      withRoute({ upstreams: [{ name: "a", tier: "web", port: "http" }] }),
      /expected a tier, got "web"/,
    ],
    [
      "stickiness of one upstream",
      withRoute({ upstreams: upstreams.slice(0, 1) }),
      /stickOn: expected at least two upstreams/,
    ],
    ["no health check", withRoute({ health: [] }), /health: expected paths like "\/health"/],
    ["a health check that would end the line", withRoute({ health: ["/a\nb"] }), /expected paths like "\/health"/],
    [
      "a parameter that is none",
      withRoute({ stickOn: { parameter: "a b" } }),
      /expected the name of one query parameter or cookie/,
    ],
    [
      "a header of a path that would end its line",
      withRoute({
        paths: { "/api": { upstreams: upstreams.slice(0, 1), health: ["/"], headers: { "X-One": 'a" if TRUE' } } },
      }),
      /paths: "\/api": expected headers of plain text/,
    ],
    ["a closed path that would end the line", withRoute({ closedPaths: ["/a b"] }), /closedPaths: expected paths/],
    [
      "a header that would end its line",
      withRoute({ headers: { "X-One": 'a" if TRUE' } }),
      /expected headers of plain text/,
    ],
    [
      "a header with a line of its own",
      withRoute({ headers: { "X-One": "a\nX-Two: b" } }),
      /expected headers of plain text/,
    ],
    ["a header with a variable", withRoute({ headers: { "X-One": "%[src]" } }), /expected headers of plain text/],
    ["a body of no size", withRoute({ bodyMib: 0 }), /bodyMib: expected a whole number of mebibytes/],
    ["no requests of a source", withRoute({ requestsPerSecondPerSource: 0 }), /requestsPerSecondPerSource: expected/],
    [
      "a time-out of no length",
      withRoute({ timeouts: { answerSeconds: 0 } }),
      /timeouts: expected a whole number of seconds/,
    ],
    [
      "a TCP route on 443 without a name",
      tcp({ port: 443, sni: undefined, tls: "passes-through" }),
      /sni: expected the host name in the client's handshake/,
    ],
    ["a TCP route on port 80", tcp({ port: 80 }), /port: expected another port than 80/],
    ["a name where there is no handshake", tcp({ tls: "none" }), /sni: expected no sni without TLS/],
    ["a port without a node port", tcp({ port: 5349 }), /nodePort: expected a node port for a port above 2767/],
    [
      "two routes on one port",
      { routes: [meet, ...["a", "b"].map((name) => ({ ...mail, name, sni: undefined, tls: "none" }))] },
      /expected a port that no other route has, got "993 of a and b"/,
    ],
    [
      "two ports on one node port",
      { routes: [meet, mail, { ...mail, name: "b", port: 5349, nodePort: 30993 }] },
      /expected one port behind node port 30993/,
    ],
    [
      "a node port of the edge's own",
      { routes: [meet, { ...mail, port: 5349, nodePort: 30443 }] },
      /expected one port behind node port 30443/,
    ],
    [
      "the node port of its health",
      { routes: [meet, { ...mail, port: 5349, nodePort: 30404 }] },
      /expected a node port other than 30404, where the gateways ask for the edge's health, got "imaps"/,
    ],
    [
      "a host name without a certificate",
      { certificates: {} },
      /certificates: expected a certificate for meet.crisis.example.ch/,
    ],
    [
      "a host name with two",
      { certificates: { a: given, b: given } },
      /expected one certificate for meet.crisis.example.ch, got "a and b"/,
    ],
    [
      "a certificate for no route",
      {
        certificates: {
          meet: given,
          b: { ...given, hosts: ["b.example.ch"], source: { kind: "given", ...certificateFor(["b.example.ch"]) } },
        },
      },
      /expected host names of routes, got "b.example.ch of/,
    ],
    [
      "a certificate without the name",
      { certificates: { meet: { ...given, source: { kind: "given", ...certificateFor(["a.example.ch"]) } } } },
      /expected a certificate for meet.crisis.example.ch, got "one without meet.crisis.example.ch"/,
    ],
    [
      "no certificate",
      { certificates: { meet: { hosts: [host], source: { kind: "given", privateKey: pair.privateKey } } } },
      /certificate: expected a certificate in PEM, got nothing/,
    ],
    [
      "no private key",
      { certificates: { meet: { hosts: [host], source: { kind: "given", certificate: pair.certificate } } } },
      /privateKey: expected a private key in PEM, got nothing/,
    ],
    [
      "a source that is none",
      { certificates: { meet: { hosts: [host], source: { kind: "file" } } } },
      /expected a kind out of given, authority, acme/,
    ],
    [
      "a directory's certificate without a directory",
      { certificates: { meet: { hosts: [host], source: { kind: "acme" } } } },
      /expected acme, for certificates from a directory/,
    ],
    [
      "a directory with a password and no user",
      { acme: { directory: "https://:word@ca.example.ch/dir" } },
      /acme: directory: expected the HTTPS URL of an ACME directory/,
    ],
    [
      "a directory without TLS",
      { acme: { directory: "http://ca.example.ch/dir" } },
      /acme: directory: expected the HTTPS URL of an ACME directory/,
    ],
    ["no connections", { connections: 0 }, /connections: expected a whole number of connections of at least 1, got 0/],
    ["more of one source than a replica takes", { connectionsPerSource: 4001 }, /connectionsPerSource: expected/],
  ])("%s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });
});
