import { hostsIn } from "../../../policies/extract/hosts";
import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { own, Pack, secret, shape, stackTable, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

describe("UC-NET-002 default-leak-endpoints", () => {
  const stun = [["P2P_STUN_SERVERS", "turn.crisis.example.ch:3478"]] as const;
  const environment = { envFrom: [{ configMapRef: { name: "settings" } }] };
  shape(defaultLeakEndpoints);
  table(defaultLeakEndpoints, [
    {
      title: "it accepts hosts of the operator's own",
      ...own,
      resource: map({ "a.conf": "server ntp.crisis.example.ch iburst\n" }),
      expect: "passes",
    },
    {
      title: "it refuses a foreign clock",
      resource: map({ "chrony.conf": "pool 2.debian.pool.ntp.org iburst\n" }),
      expect:
        /2\.debian\.pool\.ntp\.org in data\["chrony\.conf"\].*\(time\); allowed: hosts of your own; do: use the clocks of your gateways/,
    },
    {
      title: "it refuses a foreign resolver",
      resource: map({ Corefile: "forward . 8.8.8.8 1.1.1.1\n" }),
      expect: /8\.8\.8\.8.*Google/s,
    },
    {
      title: "it refuses a host in a URL",
      resource: map({ a: "https://www.gravatar.com/avatar/1" }),
      expect: /gravatar\.com/,
    },
    {
      title: "it takes the address of a machine that a command configures for the deployment's own",
      resource: {
        type: "command:remote:Command",
        props: { connection: { host: "198.18.151.182", proxy: { host: "198.18.151.179" } } },
      },
      expect: "passes",
    },
    {
      title: "it does not know another public address of such a command",
      resource: {
        type: "command:remote:Command",
        props: { connection: { host: "198.18.151.182" }, environment: { SMTP_HOST: "198.18.151.183" } },
      },
      expect: "is undetermined",
    },
    {
      title: "it does not know a name at which a command logs in",
      resource: { type: "command:remote:Command", props: { connection: { host: "machine.example.com" } } },
      expect: "is undetermined",
    },
    {
      title: "it refuses a host in a list with ports",
      resource: map({ a: "turn.crisis.example.ch:3478,meet-jit-si-turnrelay.jitsi.net:443" }),
      expect: /meet-jit-si-turnrelay\.jitsi\.net/,
    },
    {
      title: "it refuses a host after a scheme without slashes",
      resource: map({ a: "stun:stun1.l.google.com:19302" }),
      expect: /stun1\.l\.google\.com/,
    },
    {
      title: "it refuses a host in an argument",
      resource: pod("a", [], { args: ["--stun-server=stun.cloudflare.com:3478"] }),
      expect: /stun\.cloudflare\.com/,
    },
    {
      title: "it takes objects of Python's logging for what they are",
      resource: map({
        "log.yaml": '{"handlers": {"console": {"stream": "ext://sys.stdout", "level": "cfg://levels.console"}}}',
        "log.conf": "stream: ext://sys.stdout\n",
      }),
      expect: "passes",
    },
    {
      title: "it refuses a host after a scheme that only ends like theirs, and one beside them",
      resource: map({ a: "stream: ext://sys.stdout, next://www.gravatar.com" }),
      expect: /gravatar\.com/,
    },
    { title: "it refuses a wildcard", resource: map({ a: "*.jitsi.net" }), expect: /jitsi\.net/ },
    {
      title: "it refuses a host in a converged recipe",
      resource: { type: "command:remote:Command", props: { stdin: '{"content":"a\\nserver time.google.com\\n"}' } },
      expect: /time\.google\.com in stdin/,
    },
    {
      title: "it refuses a host in JSON in user data",
      resource: host(`#cloud-config\n${JSON.stringify({ ntp: { servers: ["time.apple.com"] } })}`),
      expect: /time\.apple\.com/,
    },
    {
      title: "it reads secrets and names the host only",
      resource: {
        type: "kubernetes:core/v1:Secret",
        props: { stringData: secret({ url: "https://user:hunter2@sentry.io/7" }) },
      },
      expect: /^(?!.*hunter2).*sentry\.io/s,
    },
    {
      title: "it does not read names inside words, paths, comments and namespaces",
      resource: map({
        a: '# see https://github.com/a\norg.matrix.msc1\nnotgithub.com.example.ch\n/opt/github.com/a\n<a xmlns="http://matrix.org/b">\nDocumentation=https://github.com/a\nlocal-zone: "jitsi.net." always_nxdomain\n',
      }),
      expect: "passes",
    },
    {
      title: "it does not read keys",
      resource: {
        type: "kubernetes:core/v1:ConfigMap",
        props: { metadata: { annotations: { "github.com": "none" } } },
      },
      expect: "passes",
    },
    {
      title: "it does not read where the plugin of a provider comes from",
      resource: {
        type: "pulumi:providers:exoscale",
        props: { pluginDownloadURL: "github://api.github.com/pulumiverse", key: "a" },
      },
      expect: "passes",
    },
    {
      title: "it does not read where a figure of ours comes from",
      resource: {
        type: "sovereign-uc:index:Workload",
        props: { tier: "a", capacity: { source: "https://github.com/a" } },
      },
      expect: "passes",
    },
    {
      title: "it refuses a bridge without a word on STUN",
      resource: pod("jitsi/jvb"),
      expect:
        /JVB_DISABLE_STUN and JVB_STUN_SERVERS not set in spec\.template\.spec\.containers\[0\]: the bridge asks a STUN server of 8x8.*do: set JVB_DISABLE_STUN=1/,
    },
    {
      title: "it refuses a bridge whose STUN is switched on",
      resource: pod("jitsi/jvb", [["JVB_DISABLE_STUN", "0"]]),
      expect: /JVB_DISABLE_STUN/,
    },
    {
      title: "it accepts a bridge without STUN",
      resource: pod("jitsi/jvb:stable", [["JVB_DISABLE_STUN", "1"]]),
      expect: "passes",
    },
    {
      title: "it accepts a bridge with a STUN server of the operator's",
      ...own,
      resource: pod("jitsi/jvb", [["JVB_STUN_SERVERS", "turn.crisis.example.ch:3478"]]),
      expect: "passes",
    },
    {
      title: "it does not take an empty STUN server for none",
      resource: pod("jitsi/jvb", [["JVB_STUN_SERVERS", ""]]),
      expect: /not set/,
    },
    {
      title: "it refuses a web tier without its own STUN server, even with calls of two switched off",
      resource: pod("jitsi/web", [["ENABLE_P2P", "false"]]),
      expect: /P2P_STUN_SERVERS not set/,
    },
    {
      title: "it accepts a web tier with its own STUN server",
      ...own,
      resource: pod("jitsi/web", stun),
      expect: "passes",
    },
    {
      title: "it accepts a variable that another object holds",
      resource: pod("jitsi/web", [["P2P_STUN_SERVERS", "elsewhere"]]),
      expect: "passes",
    },
    {
      title: "it accepts a switch that another object holds",
      resource: pod("jitsi/jvb", [["JVB_DISABLE_STUN", "elsewhere"]]),
      expect: "passes",
    },
    {
      title: "it refuses analytics",
      ...own,
      resource: pod("jitsi/web", [...stun, ["AMPLITUDE_ID", "a"]]),
      expect: /AMPLITUDE_ID set.*remove AMPLITUDE_ID/,
    },
    {
      title: "it accepts what is set to off",
      ...own,
      resource: pod("jitsi/web", [...stun, ["ENABLE_LETSENCRYPT", "0"]]),
      expect: "passes",
    },
    {
      title: "it refuses an account at 8x8",
      resource: pod("jitsi/prosody", [["ENABLE_JAAS_COMPONENTS", "true"]]),
      expect: /ENABLE_JAAS_COMPONENTS set/,
    },
    { title: "it asks nothing of a Jicofo", resource: pod("jitsi/jicofo"), expect: "passes" },
    { title: "it asks nothing of another image called web", resource: pod("shop/web"), expect: "passes" },
    {
      title: "it reads Jitsi in compose files in user data",
      ...own,
      resource: host(
        `#cloud-config\nwrite_files:\n  - content: |\n      services:\n        jvb:\n          image: registry.crisis.example.ch/jitsi/jvb\n          environment:\n            - TZ=UTC\n`,
      ),
      expect: /services\.jvb: the bridge asks/,
    },
    {
      title: "it says nothing yet where the environment comes from an object",
      resource: pod("jitsi/jvb", [], environment),
      expect: "says nothing",
    },
    {
      title: "it cannot judge text that is not known",
      resource: host(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about what holds no text",
      resource: { type: "random:index/randomId:RandomId", props: { byteLength: 8 } },
      expect: "says nothing",
    },
  ]);
  stackTable(defaultLeakEndpoints, [
    {
      title: "it finds in a ConfigMap what the container lacks",
      resources: [pod("jitsi/jvb", [], environment), map({ JVB_DISABLE_STUN: "1" })],
      expect: "passes",
    },
    {
      title: "it refuses when neither has it",
      resources: [pod("jitsi/jvb", [], environment), map({ TZ: "UTC" })],
      expect: /the bridge asks/,
    },
    {
      title: "it refuses when the ConfigMap is empty",
      resources: [pod("jitsi/jvb", [], environment), map({})],
      expect: /the bridge asks/,
    },
    {
      title: "it does not take a ConfigMap of another name",
      resources: [pod("jitsi/jvb", [], environment), map({ TZ: "UTC" }), map({ JVB_DISABLE_STUN: "1" }, "other")],
      expect: /the bridge asks/,
    },
    {
      title: "it reads at preview what a component says its hosts will hold",
      resources: [
        {
          type: "sovereign-uc:index:HostPool",
          props: { rendered: { "a-1": { files: { "/etc/chrony/chrony.conf": "server time.cloudflare.com\n" } } } },
        },
      ],
      expect: /time\.cloudflare\.com/,
    },
  ]);

  test("it names the component in whose outputs it found a contact", async () => {
    const pool = { type: "sovereign-uc:index:HostPool", name: "media", props: { rendered: "server time.google.com" } };
    const { violations } = await new Pack([defaultLeakEndpoints]).askStack([{ type: "pulumi:pulumi:Stack" }], [pool]);
    expect(violations.map(({ urn }) => urn)).toEqual(["urn:pulumi:test::project::sovereign-uc:index:HostPool::media"]);
  });
});

describe("Hosts in a text", () => {
  test.each([
    ["https://a.example.org:8443/b.example.org", ["a.example.org"]],
    ["A.Example.ORG.", ["a.example.org"]],
    ["turns:user@a.example.org?transport=tcp", ["a.example.org"]],
    ['["a.example.org", "b.example.org"]', ["a.example.org", "b.example.org"]],
    ["server 192.0.2.1 iburst # a.example.org", ["192.0.2.1"]],
    ["connect-src 'self' wss://a.example.org;", ["a.example.org"]],
    ["-- a.example.org", []],
    ["--host a.example.org", ["a.example.org"]],
    ["/* a.example.org */ b.example.org", ["b.example.org"]],
    ["sub_filter 'a.example.org:443' 'b.example.org:443';", ["b.example.org"]],
    ["no hosts here", []],
  ])("%j are %j", (text, expected) => {
    expect(hostsIn(text)).toEqual(expected);
  });
});
