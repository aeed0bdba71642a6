/** Use as users do it: the ordinary CLI on a copy of the repository, and a stack of their own that depends on the packed library. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, findEngine } from "../../stacks/tools/rehearsal/engine";
import { type SimulatedClouds, startSimulatedClouds } from "../../stacks/tools/rehearsal/simulated";
import { spawnText } from "../support/spawn-text";

jest.setTimeout(600_000);

const root = join(__dirname, "..", "..");
let folder: string;
let clouds: SimulatedClouds;
let environment: Readonly<Record<string, string>>;
let pulumi: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ordinary-cli-"));
  const engine = await findEngine();
  pulumi = engine.binary;
  const own = await engineEnvironment(engine);
  clouds = await startSimulatedClouds({ folder: join(folder, "clouds") });
  // The CLI that was built from its Go module has no language host for Node; users' has.
  const host = join(folder, "bin", "pulumi-language-nodejs");
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "state"));
  writeFileSync(host, `#!/bin/sh\nexec '${process.execPath}' '${join(root, "test/support/language-host.cjs")}' "$@"\n`);
  chmodSync(host, 0o755);
  environment = {
    ...own,
    ...clouds.environment,
    PATH: `${join(folder, "bin")}:${own["PATH"] ?? ""}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's",
    HCLOUD_TOKEN: "0".repeat(64),
    EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
    EXOSCALE_API_SECRET: "0".repeat(43),
  };
});
afterAll(async () => {
  await clouds.close();
  rmSync(folder, { recursive: true });
});

/** Runs the CLI; the simulated clouds live in this process, so it must not be waited for synchronously. */
const cli = (cwd: string, ...args: readonly string[]) =>
  spawnText(pulumi, [...args, "--non-interactive"], { cwd, env: { ...process.env, ...environment } });

describe("the repository as a user has it", () => {
  let copy: string;
  beforeAll(() => {
    copy = join(folder, "copy");
    for (const name of ["components", "stacks", "policies", "package.json", "tsconfig.json", "Pulumi.yaml"])
      cpSync(join(root, name), join(copy, name), {
        recursive: true,
        filter: (path) => !/node_modules|\/out$/.test(path),
      });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });

  test.each(["crisis-hetzner", "crisis-exoscale"])(
    "%s previews with the packs in front, without a violation and without an invoke",
    async (stack) => {
      expect(await cli(copy, "stack", "init", stack)).toMatchObject({ code: 0 });
      // Nothing goes up while nobody has locked what the mirror holds, unless the stack says so.
      const refused = await cli(copy, "preview", "--stack", stack, "--policy-pack", "policies");
      expect(refused.code).not.toBe(0);
      expect(refused.text).toMatch(/unlockedMirror: expected locked digests of [^]*k3s\/v1[^]*npm run mirror/);
      const set = ["config", "set", "--stack", stack, "sovereign-uc:unlockedMirror", "accepted"];
      expect(await cli(copy, ...set)).toMatchObject({ code: 0 });
      const word = [
        "config",
        "set",
        "--secret",
        "--stack",
        stack,
        "sovereign-uc:birthSecret",
        "a secret of the test's",
      ];
      expect(await cli(copy, ...word)).toMatchObject({ code: 0 });
      const { code, text } = await cli(copy, "preview", "--stack", stack, "--policy-pack", "policies");
      expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
      expect(text).toMatch(/\+ \d{3} to create/);
      // The only warning is about the language host, which the test put on PATH.
      expect(text.replace(/warning: using pulumi-language-nodejs/g, "")).not.toMatch(
        /\[(mandatory|advisory)\]|warning:/,
      );
    },
  );

  test("missing credentials are named, with where to put them, before anything is made", async () => {
    const blank = { ...process.env, ...environment, EXOSCALE_API_KEY: "", EXOSCALE_API_SECRET: "" };
    const { code, text } = await spawnText(pulumi, ["preview", "--stack", "crisis-exoscale", "--non-interactive"], {
      cwd: copy,
      env: blank,
    });
    expect(code).not.toBe(0);
    expect(text).toMatch(/expected an API key of Exoscale's, got none; export EXOSCALE_API_KEY[^]*EXOSCALE_API_SECRET/);
    expect(text).not.toMatch(/\n\s+at .*credentials\.ts/);
  });

  test("a configuration that cannot be used is refused with every problem and no stack", async () => {
    writeFileSync(
      join(copy, "stacks", "Pulumi.broken.yaml"),
      "config:\n  sovereign-uc:cloud: hetzner\n  sovereign-uc:participants: many\n  sovereign-uc:blueprint: crisis\n",
    );
    await cli(copy, "stack", "init", "broken");
    const { code, text } = await cli(copy, "preview", "--stack", "broken");
    expect(code).not.toBe(0);
    expect(text).toMatch(/the configuration of "broken" cannot be used[^]*location[^]*domain[^]*participants/);
    expect(text).not.toMatch(/\n\s+at .*settings\.ts/);
  });
});

test("a stack outside the repository that depends on the packed library imports Network and Jitsi, and previews", async () => {
  const user = join(folder, "user");
  mkdirSync(join(user, "node_modules"), { recursive: true });
  const packed = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root, encoding: "utf8" });
  expect(packed.status).toBe(0);
  const tarball = packed.stdout.trim().split("\n").at(-1) ?? "";
  expect(spawnSync("tar", ["-xzf", join(folder, tarball), "-C", join(user, "node_modules")]).status).toBe(0);
  // What npm would put beside it: peers and dependencies.
  cpSync(join(user, "node_modules", "package"), join(user, "node_modules", "sovereign-uc"), { recursive: true });
  for (const name of ["@pulumi", "ipaddr.js", "typescript", "@types"])
    symlinkSync(join(root, "node_modules", name), join(user, "node_modules", name));
  writeFileSync(join(user, "Pulumi.yaml"), "name: user\nruntime: nodejs\n");
  writeFileSync(join(user, "package.json"), '{ "name": "user", "main": "index.ts" }\n');
  writeFileSync(
    join(user, "tsconfig.json"),
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "moduleResolution": "nodenext", "target": "es2022", "skipLibCheck": true } }\n',
  );
  writeFileSync(join(user, "index.ts"), program);
  expect(await cli(user, "stack", "init", "own")).toMatchObject({ code: 0 });
  // The packs accept a registry only below a domain that the stack calls its own.
  const owned = await cli(
    user,
    "config",
    "set",
    "--stack",
    "own",
    "--path",
    "sovereign-uc:ownDomains[0]",
    "example.ch",
  );
  expect(owned).toMatchObject({ code: 0 });
  const { code, text } = await cli(
    user,
    "preview",
    "--stack",
    "own",
    "--policy-pack",
    "node_modules/sovereign-uc/policies",
  );
  expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
  expect(text).toMatch(/sovereign-uc:index:Jitsi/);
});

const program = `import { Authority, Cluster, Gateway, hetzner, Jitsi, jitsiNames, jitsiOpenings, jitsiSizes, Network } from "sovereign-uc";

const sizes = jitsiSizes(50);
const network = new Network("talk", { cloud: hetzner(), location: "nbg1", isolatedFrom: [] });
const gateway = new Gateway("talk-door", {
  network,
  type: "cpx22",
  administrators: ["203.0.113.0/24"],
  resolvers: [
    { address: "192.0.2.53", name: "dns1.example.ch" },
    { address: "198.51.100.53", name: "dns2.example.ch" },
  ],
  timeServers: ["192.0.2.123", "198.51.100.123"],
  volumeHosts: network.addresses(20, 3),
  mirror: { registry: "registry.example.ch", packages: "https://packages.example.ch/debian", artefacts: "https://artefacts.example.ch" },
});
const cluster = new Cluster("talk", {
  network,
  gateway,
  domain: "talk.example.ch",
  controlPlane: { type: "cpx32", firstHost: 20 },
  application: { type: "cpx42", firstHost: 30, count: 3 },
  media: {
    type: "ccx43",
    firstHost: 60,
    capacity: sizes.bridge,
    openings: jitsiOpenings({ podRange: "10.42.0.0/16", mediaHosts: network.addresses(60, sizes.bridges) }),
  },
});
const tls = new Authority("talk-web", { commonName: "talk" }).issue("web", {
  commonName: "talk.example.ch",
  dnsNames: jitsiNames("talk.example.ch", sizes.bridges),
  usage: "server",
});
export const url = new Jitsi("talk-meet", { cluster, domain: "talk.example.ch", participants: 50, tls }).url;
`;
