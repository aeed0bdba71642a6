import { type Case, type Given, open } from "./case";

const config = (cluster: object, user: object = {}): Given => ({
  type: "pulumi:providers:kubernetes",
  props: { kubeconfig: JSON.stringify({ kind: "Config", clusters: [{ cluster }], users: [{ user }] }) },
});

const ours = { server: "https://api.crisis.example.ch:6443" };
const login = (user: object): Given => config(ours, user);
const exec = (command: unknown, ...args: readonly string[]): Given => login({ exec: { command, args } });
const adopted = (props: object): Given => ({ type: "sovereign-uc:index:AdoptedCluster", props: { ...props } });

/** Clusters and the ways to log in. */
export const clusters: readonly Case[] = [
  ["a cluster of one's own", config(ours)],
  ["a cluster in a private network", config({ server: "https://10.1.0.5:6443" })],
  ["a cluster inside itself", config({ server: "https://kubernetes.default.svc" })],
  ["a cluster that only ends like one's own", config({ server: "https://evilcrisis.example.ch" })],
  ["a cluster in no table", config({ server: "https://k8s.example.org" })],
  ["a cluster in an allowed country", config({ server: "https://a.sks-de-fra-1.exo.io" })],
  ["a cluster outside the countries", config({ server: "https://a.sks-bg-sof-1.exo.io" })],
  ["a cluster of a party without a country", config({ server: "https://a.k8s.ovh.net" })],
  ["a server that is no address", config({ server: 1 })],
  ["a server that is not known", config({ server: open })],
  ["a server that cannot be read", config({ server: "https://[" })],
  ["no server", config({})],
  ["a name in the certificate of another", config({ ...ours, "tls-server-name": "a.example.org" })],
  ["a proxy of another", config({ ...ours, "proxy-url": "https://a.example.org" })],
  [
    "a proven name before an address",
    config({
      server: "https://192.0.2.1",
      "tls-server-name": "api.crisis.example.ch",
      "certificate-authority-data": "YQ==",
    }),
  ],
  ["a name that nothing proves", config({ server: "https://192.0.2.1", "tls-server-name": "api.crisis.example.ch" })],
  [
    "a name that an empty authority does not prove",
    config({
      server: "https://192.0.2.1",
      "tls-server-name": "api.crisis.example.ch",
      "certificate-authority-data": "",
    }),
  ],
  [
    "a name that a number does not prove",
    config({
      server: "https://192.0.2.1",
      "tls-server-name": "api.crisis.example.ch",
      "certificate-authority-data": 1,
    }),
  ],
  [
    "another's name that is proven",
    config({ server: "https://192.0.2.1", "tls-server-name": "api.example.org", "certificate-authority-data": "YQ==" }),
  ],
  ["a name that is no text", config({ ...ours, "tls-server-name": 1, "certificate-authority-data": "YQ==" })],
  ["a certificate that nobody verifies", config({ ...ours, "insecure-skip-tls-verify": true })],
  ["a certificate that is verified", config({ ...ours, "insecure-skip-tls-verify": false })],
  ["a kubeconfig that is not known", { type: "pulumi:providers:kubernetes", props: { kubeconfig: open } }],
  ["an empty kubeconfig", { type: "pulumi:providers:kubernetes", props: { kubeconfig: "" } }],
  ["a kubeconfig that is an object", { type: "pulumi:providers:kubernetes", props: { kubeconfig: {} } }],
  ["a path", { type: "pulumi:providers:kubernetes", props: { kubeconfig: "/root/.kube/config" } }],
  ["a folder", { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: "out" } }],
  ["an empty folder", { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: "" } }],
  ["a folder that is not known", { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: open } }],
  ["another provider", { type: "pulumi:providers:hcloud" }],
  ["a login by certificate", login({ "client-certificate-data": "a" })],
  ["a login by a program of Amazon", exec("aws")],
  ["a login by a program with folder and ending", exec("C:\\Program Files\\AWS.EXE")],
  ["a login by a program in a folder", exec("/usr/local/bin/gke-gcloud-auth-plugin")],
  ...["exe", "cmd", "bat", "sh", "CMD"].map((end): Case => [`a login by aws.${end}`, exec(`aws.${end}`)]),
  ["a login by a program whose name has an ending inside", exec("aws.exe.old")],
  ...[
    "sh",
    "bash",
    "dash",
    "zsh",
    "ash",
    "env",
    "sudo",
    "cmd",
    "powershell",
    "pwsh",
    "python",
    "python3",
    "node",
    "nix-shell",
    "timeout",
    "exec",
  ].map((shell): Case => [`a login by ${shell} that runs one`, exec(shell, "-c", "x=1; aws eks get-token")]),
  ["a login by a program that only begins like a shell", exec("shadow", "-c", "aws eks get-token")],
  ["a login by a program that only ends like a shell", exec("mysh", "-c", "aws eks get-token")],
  ["a login by a program that nobody knows", exec("our-login", "aws")],
  ["a login by a program that is not known", exec(open)],
  ["a login built in", login({ "auth-provider": { name: "GCP" } })],
  ["a login built in that nobody knows", login({ "auth-provider": { name: "own" } })],
  ["a login built in without a name", login({ "auth-provider": { name: 1 } })],
  [
    "a login with an issuer of one's own",
    login({ "auth-provider": { name: "oidc", config: { "idp-issuer-url": "https://id.crisis.example.ch" } } }),
  ],
  [
    "a login with another's issuer",
    login({ "auth-provider": { name: "oidc", config: { "idp-issuer-url": "https://id.example.org" } } }),
  ],
  ...["id.crisis.example.ch", "id.example.org"].flatMap((host): readonly Case[] => [
    [`a login by a plugin at ${host}`, exec("kubectl", "oidc-login", "get-token", `--oidc-issuer-url=https://${host}`)],
    [
      `a login by a plugin at, in words, ${host}`,
      exec("kubelogin-oidc", "oidc-login", "--oidc-issuer-url", `https://${host}`, "b"),
    ],
  ]),
  ["a login by a plugin nowhere", exec("kubectl", "oidc-login", "get-token")],
  [
    "a login by a plugin that is called itself",
    exec("kubectl-oidc_login", "get-token", "--oidc-issuer-url=https://id.crisis.example.ch"),
  ],
  [
    "a login by another program with such an option",
    exec("our-login", "get-token", "--oidc-issuer-url=https://id.crisis.example.ch"),
  ],
  [
    "a login by a plugin with another option",
    exec("kubectl", "oidc-login", "--not--oidc-issuer-url=https://id.example.org"),
  ],
  ["an adopted cluster", adopted({ server: "https://api.crisis.example.ch", country: "CH" })],
  ["an adopted cluster abroad", adopted({ server: "https://api.crisis.example.ch", country: "US" })],
  ["an adopted cluster nowhere", adopted({ server: "https://api.crisis.example.ch" })],
  ["an adopted cluster in an unknown country", adopted({ server: "https://api.crisis.example.ch", country: open })],
  ["an adopted cluster without a server", adopted({ country: "CH" })],
  ["an adopted cluster of another", adopted({ server: "https://a.azmk8s.io", country: "DE" })],
];
