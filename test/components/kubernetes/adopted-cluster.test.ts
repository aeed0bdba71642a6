import { AdoptedCluster, type AdoptedClusterArgs, Namespace } from "../../../components";
import { leadingTo } from "../../../components/core/kubeconfig";
import { authorityOf, loginOf } from "../../support/certificates";
import { isolatedFrom } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";

const server = "https://api.ministry.example.ch:6443";

const [authority, administratorOf, other] = [authorityOf("a"), loginOf("a"), loginOf("b")];
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const administrator = {
  "client-certificate-data": base64(administratorOf.certificate),
  "client-key-data": base64(administratorOf.key),
};

const config = (
  cluster: object,
  more: readonly object[] = [],
  users: readonly unknown[] | null = [{ name: "a", user: administrator }],
): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "a", cluster }, ...more],
    ...(users === null ? {} : { users }),
  });

const proven = { server, "certificate-authority-data": base64(authority) };
/** Credentials of a user. */
const known = (user: object): string => config(proven, [], [{ name: "a", user }]);

const args: AdoptedClusterArgs = {
  kubeconfig: config(proven),
  server,
  country: "CH",
  location: "Bern",
  registry: "registry.example.ch",
  podRange: "10.42.0.0/16",
  serviceRange: "10.43.0.0/16",
  hostAddresses: { application: ["10.30.0.10", "10.30.0.11"] },
  gatewayAddresses: ["10.30.0.2"],
  mediaPools: { media: [{ name: "media-1", address: "10.30.0.20", publicAddress: "198.51.100.20" }] },
  isolatedFrom,
};

/** Arguments as a program without types may give them. */
const adopted = (changes: object = {}) => new AdoptedCluster("ministry", { ...args, ...changes });

test("an adopted cluster is a target for services", async () => {
  let cluster: AdoptedCluster | undefined;
  const made = await deploy(() => {
    cluster = adopted();
    new Namespace("meetings", { cluster });
  });
  const provider = made.one("pulumi:providers:kubernetes", "ministry");
  expect(provider.inputs).toMatchObject({ clusterIdentifier: server, kubeconfig: args.kubeconfig });
  expect(provider.secrets).toEqual(["kubeconfig"]);
  expect(made.one("kubernetes:core/v1:Namespace", "meetings").opts.parent).toBeDefined();
  expect(cluster?.hostAddresses.media).toEqual(["10.30.0.20"]);
});

test("the inputs that packs judge are plain, without the kubeconfig", async () => {
  const { inputs, secrets } = (await deploy(() => void adopted())).one("sovereign-uc:index:AdoptedCluster", "ministry");
  expect(inputs).toMatchObject({ server, country: "CH", location: "Bern" });
  expect(secrets).toEqual([]);
  expect(JSON.stringify(inputs)).not.toContain(administrator["client-key-data"]);
});

test.each([
  ["the stated one", server],
  ["the stated one with a final slash", `${server}/`],
])("a kubeconfig for %s is accepted", (_, actual) => {
  const text = config({ ...proven, server: actual });
  expect(leadingTo(server, text)).toBe(text);
});

test("a kubeconfig with several authorities is accepted, as one of them may have another key type", () => {
  const more = base64(`${administratorOf.key}\nwords between\n${authority}`);
  const text = config({ server, "certificate-authority-data": more.replace(/(.{60})/g, "$1\n") });
  expect(leadingTo(server, text)).toBe(text);
});

test("a kubeconfig with a token is accepted", () => {
  expect(leadingTo(server, known({ token: "a secret" }))).toBe(known({ token: "a secret" }));
});

test.each<[string, string, RegExp]>([
  [
    "another server",
    config({ server: "https://a.example.org" }),
    /expected the server .*got "https:\/\/a\.example\.org"/,
  ],
  ["another port", config({ server: "https://api.ministry.example.ch" }), /expected the server/],
  ["no server", config({}), /expected the server .*got nothing/],
  ["two clusters", config({ server }, [{ name: "b", cluster: { server } }]), /one cluster, got "2 clusters"/],
  ["no cluster", '{"clusters":[]}', /one cluster, got "0 clusters"/],
  ["no authority", config({ server }), /expected certificate-authority-data, got nothing/],
  [
    "an authority in a file",
    config({ server, "certificate-authority": "/etc/a.crt" }),
    /certificate-authority-data, got "certificate-authority, a path"/,
  ],
  ["no user", config(proven, [], []), /one user, got "0 users"/],
  ["no users", config(proven, [], null), /one user, got "0 users"/],
  [
    "two users",
    config(proven, [], [{ user: administrator }, { name: "b", user: administrator }]),
    /one user, got "2 users"/,
  ],
  ["a user that is null", config(proven, [], [null]), /expected JSON with one cluster and one user/],
  [
    "an authority that is no PEM",
    config({ server, "certificate-authority-data": "YSBzZWNyZXQ=" }),
    /certificate-authority-data with a certificate, as PEM in base64, got "something else"/,
  ],
  [
    "an authority that is PEM, but not in base64",
    config({ server, "certificate-authority-data": authority }),
    /expected certificate-authority-data with a certificate/,
  ],
  [
    "an authority that is a key",
    config({ server, "certificate-authority-data": base64(administratorOf.key) }),
    /expected certificate-authority-data with a certificate/,
  ],
  [
    "an authority whose certificate is none inside",
    config({
      server,
      "certificate-authority-data": base64("-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n"),
    }),
    /expected certificate-authority-data with a certificate/,
  ],
  [
    "a user whose certificate is none",
    known({ ...administrator, "client-certificate-data": base64("a secret certificate") }),
    /expected client-certificate-data with a certificate/,
  ],
  [
    "a user with somebody else's key",
    known({ ...administrator, "client-key-data": base64(other.key) }),
    /expected client-key-data with the key of the certificate/,
  ],
  [
    "a user whose key is none",
    known({ ...administrator, "client-key-data": base64("a secret key") }),
    /expected client-key-data with the key of the certificate/,
  ],
  ["a user who shows nothing", known({}), /a certificate and its key, or with a token, got nothing/],
  ["a user without a key", known({ "client-certificate-data": "a secret" }), /got "client-certificate-data"/],
  [
    "a program that logs in",
    known({ ...administrator, exec: { command: "a-secret" } }),
    /credentials stand in .*got "exec"/,
  ],
  ["a plugin that logs in", known({ "auth-provider": { name: "a" } }), /credentials stand in .*got "auth-provider"/],
  [
    "a key in a file",
    known({ ...administrator, "client-key": "/root/secret" }),
    /credentials stand in .*got "client-key"/,
  ],
  ["somebody else's name", known({ ...administrator, as: "secret admin" }), /credentials stand in .*got "as"/],
  ["no clusters at all", "{}", /expected JSON with one cluster/],
  ["a path", "/home/operator/.kube/config", /expected JSON with one cluster.*kubectl config view/],
  ["a server that proves nothing", config({ server, "insecure-skip-tls-verify": true }), /proves who it is/],
  ["a detour", config({ ...proven, "proxy-url": "http://proxy.example.org:3128" }), /expected a direct way/],
])("a kubeconfig with %s is refused with a sentence that gives no key away", (_, kubeconfig, message) => {
  expect(() => leadingTo(server, kubeconfig)).toThrow(message);
  expect(() => leadingTo(server, kubeconfig)).not.toThrow(/secret/);
});

test.each<[string, object, RegExp]>([
  ["no server", { server: undefined }, /server: expected the https address of an API, got nothing/],
  ["a server without TLS", { server: "http://api.example.ch" }, /server: expected the https address/],
  ["a server with a password", { server: "https://a:b@api.example.ch" }, /server: expected the https address/],
  ["a server with a password alone", { server: "https://:b@api.example.ch" }, /server: expected the https address/],
  ["a country by name", { country: "Switzerland" }, /country: expected a country as an ISO 3166-1 code/],
  ["no country", { country: undefined }, /country: .*got nothing/],
  ["no place", { location: "" }, /location: expected a place/],
  ["no registry", { registry: undefined }, /registry: expected a domain name/],
  ["a registry with a scheme", { registry: "https://registry.example.ch" }, /registry: expected a registry host/],
  ["a malformed range of pods", { podRange: "10.42.0.0" }, /podRange: expected a range/],
  ["services among pods", { serviceRange: "10.42.128.0/17" }, /serviceRange: expected a range apart from podRange/],
  ["no hosts", { hostAddresses: undefined }, /hostAddresses\.application: .*at least 2 addresses, got \[\]/],
  ["hosts that are null", { hostAddresses: null }, /hostAddresses\.application: /],
  [
    "control-plane hosts that are a word",
    { hostAddresses: { ...args.hostAddresses, controlPlane: "10.30.0.5" } },
    /hostAddresses\.controlPlane: expected a list/,
  ],
  ["one application host", { hostAddresses: { application: ["10.30.0.10"] } }, /application: .*at least 2 addresses/],
  [
    "an application host twice",
    { hostAddresses: { application: ["10.30.0.10", "10.30.0.10"] } },
    /application: expected each address once, got "10\.30\.0\.10"/,
  ],
  ["a host by name", { hostAddresses: { application: ["a", "b"] } }, /application: expected an IP address, got "a"/],
  ["an IPv6 gateway", { gatewayAddresses: ["fd00::1"] }, /gatewayAddresses: expected an IPv4 address/],
  [
    "an isolated gateway",
    { gatewayAddresses: ["10.30.0.2", "10.0.0.5"] },
    /gatewayAddresses: expected an address outside the isolated range 10\.0\.0\.0\/20, got "10\.0\.0\.5"/,
  ],
  ["no gateway", { gatewayAddresses: [] }, /gatewayAddresses: .*at least 1/],
  [
    "a media host without a public address",
    { mediaPools: { media: [{ name: "media-1", address: "10.30.0.20" }] } },
    /mediaPools: \["media"\]: \[0\]: publicAddress: expected an IP address, got nothing/,
  ],
  [
    "media hosts that are no list",
    { mediaPools: { media: {} } },
    /mediaPools: \["media"\]: expected a list of media hosts, got \{\}/,
  ],
  [
    "a media host that is null",
    { mediaPools: { media: [null] } },
    /mediaPools: \["media"\]: \[0\]: expected a media host, got null; give one like/,
  ],
  [
    "a media host without a name",
    { mediaPools: { media: [{ address: "10.30.0.20", publicAddress: "198.51.100.20" }] } },
    /mediaPools: \["media"\]: \[0\]: name: expected a name .*got nothing/,
  ],
  [
    "a media host with an isolated public address",
    { mediaPools: { media: [{ name: "media-1", address: "10.30.0.20", publicAddress: "10.0.16.20" }] } },
    /mediaPools: \["media"\]: \[0\]: publicAddress: expected an address outside the isolated range 10\.0\.16\.0\/24/,
  ],
  [
    "a media host with a bad name",
    { mediaPools: { media: [{ name: "Media_1", address: "10.30.0.20", publicAddress: "198.51.100.20" }] } },
    /mediaPools: \["media"\]: \[0\]: name: expected a name/,
  ],
  ["pods in an isolated range", { podRange: "10.0.0.0/20" }, /isolatedFrom: .*outside the podRange 10\.0\.0\.0\/20/],
  [
    "a host in an isolated range",
    { hostAddresses: { application: ["10.0.0.10", "10.30.0.11"] } },
    /isolatedFrom: .*outside the host 10\.0\.0\.10/,
  ],
  ["no word on isolation", { isolatedFrom: undefined }, /isolatedFrom: expected a list/],
])("it refuses %s", async (_, changes, message) => {
  await expect(deploy(() => void adopted(changes))).rejects.toThrow(message);
});
