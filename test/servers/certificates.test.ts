/** Certificates that expire soon: the rendered units on a machine that the real systemd has booted, with a stand-in for k3s that only has certificates. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { base } from "../../components/recipe/parts/base";
import { agent, server } from "../../components/recipe/parts/k3s";
import type { Recipe } from "../../components/recipe/recipe";
import { withNamespaces } from "../isolation/possible";
import { Booted, bootedPrograms } from "../support/programs/booted";

const { describe, test } = withNamespaces([...bootedPrograms, "openssl"], "certificates that end soon");

const controlPlane = ["10.20.0.20", "10.20.0.21", "10.20.0.22", "10.20.0.23", "10.20.0.24", "10.20.0.25", "10.20.0.26"];
const settings = {
  mirror: { registry: "r.example.ch", packages: "https://p.example.ch/debian", artefacts: "https://a.example.ch" },
  range: "10.20.0.0/24",
  podRange: "10.42.0.0/16",
  serviceRange: "10.43.0.0/16",
  controlPlane,
  labels: {},
  taints: [],
};
const member = (address: string): Recipe => server({ ...settings, address, endpoint: "api.example.ch" });
const filesOf = (...recipes: readonly Recipe[]): Readonly<Record<string, string>> =>
  Object.fromEntries(recipes.flatMap(({ files = [] }) => files.map(({ path, content }) => [path, content])));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certificates-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const made = new Map<string, string>();
/** A certificate that ends in so many days, less an hour. */
function ending(days: number, authority = false): string {
  const name = `${days}-${authority}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const path = join(folder, `${name}.pem`);
  const usage = authority ? ["-addext", "basicConstraints=critical,CA:TRUE"] : ["-addext", "basicConstraints=CA:FALSE"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"];
  execFileSync("openssl", ["req", "-x509", ...key, "-days", String(days), "-subj", "/CN=x", ...usage, "-out", path], {
    stdio: "ignore",
  });
  const text = readFileSync(path, "utf8");
  made.set(name, text);
  return text;
}

const tls = "/var/lib/rancher/k3s/server/tls";
const kubelet = "/var/lib/rancher/k3s/agent/serving-kubelet.crt";
const manifest = "/var/lib/sovereign-uc/manifest";
/** Answers the checks' requests; the cluster's nodes are in /run/nodes, if the API is up. */
const k3s = `#!/bin/sh
[ ! -e /run/api-down ] || { echo refused; exit 1; }
case "$*" in
*"get nodes"*) cat /run/nodes ;;
*"get node "*) echo "10.20.0.20 10.20.0.20" ;;
esac
`;
const started = (renews: string): string =>
  `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo started >>/run/diary; ${renews}'\n`;

let machine: Booted;
afterEach(async () => {
  await machine.down();
});
/** A member whose certificates end in so many days, and whose k3s renews them, or not. */
async function aged(days: number, more: Readonly<Record<string, string>> = {}, renews = true): Promise<void> {
  const certificates = { [`${tls}/client-admin.crt`]: ending(days), [kubelet]: ending(days) };
  machine = await Booted.up({
    ...filesOf(member("10.20.0.20")),
    ...certificates,
    [`${tls}/server-ca.crt`]: ending(3_650, true),
    "/usr/local/bin/k3s": k3s,
    "/etc/systemd/system/k3s.service": started(
      renews ? `cp /fresh ${tls}/client-admin.crt; cp /fresh ${kubelet}` : "true",
    ),
    "/fresh": ending(365),
    [manifest]: "",
    ...more,
  });
  machine.run("systemctl start k3s.service; rm /run/diary; printf 'uc-1 True\\nuc-2 True\\nuc-3 True\\n' >/run/nodes");
  for (const path of Object.keys(certificates)) machine.run(`cat >${path} <<'END'\n${ending(days)}END`);
}
const renewal = (before = ":") => {
  // As the timer starts it. There is no journal, so its output is read separately.
  const { status } = machine.run(`${before}; systemctl start renew-k3s.service`);
  const starts = machine.run("cat /run/diary 2>/dev/null").stdout;
  return { status, starts };
};
const said = (before = ":"): string => machine.run(`${before}; /usr/local/lib/sovereign-uc/renew-k3s`).stderr;

describe("k3s", () => {
  test("starts again once a certificate has 100 days left, and has new ones", async () => {
    await aged(100);
    expect(renewal()).toEqual({ status: 0, starts: "started\n" });
    expect(machine.run(`cat ${kubelet}`).stdout).toBe(ending(365));
    expect(renewal()).toEqual({ status: 0, starts: "started\n" });
  });

  test("keeps running while they are valid longer, even if an authority is not", async () => {
    await aged(102, { [`${tls}/client-ca.crt`]: ending(10, true) });
    expect(renewal()).toEqual({ status: 0, starts: "" });
  });

  test.each([
    [
      "another member of the control plane is not ready",
      "printf 'uc-1 True\\nuc-2 Unknown\\n' >/run/nodes",
      "got: uc-2 Unknown",
    ],
    ["the API does not answer", "touch /run/api-down", "expected a healthy cluster before k3s is restarted"],
    ["a convergence is at work", "exec 8>/var/lib/sovereign-uc/lock; flock 8", "got a convergence"],
  ])("keeps running if %s, and the unit fails", async (_, before, message) => {
    await aged(50);
    expect(renewal(before)).toEqual({ status: 1, starts: "" });
    expect(said(before)).toContain(message);
  });

  test("whose start renews nothing is reported, and not restarted at once", async () => {
    await aged(50, {}, false);
    expect(renewal()).toEqual({ status: 1, starts: "started\n" });
    expect(said()).toContain(`got old ones: ${kubelet} ${tls}/client-admin.crt`);
  });
});

describe("the days on which members check", () => {
  const days = (recipe: Recipe): string =>
    /^OnCalendar=(.*)$/m.exec(filesOf(recipe)["/etc/systemd/system/renew-k3s.timer"] ?? "")?.[1] ?? "";

  test("differ for each member of the largest control plane", async () => {
    machine = await Booted.up({});
    const next = controlPlane.map((address) => {
      const { stdout } = machine.run(`systemd-analyze calendar '${days(member(address))}'`);
      return /Next elapse: \w+ (\S+)/.exec(stdout)?.[1];
    });
    expect(new Set(next).size).toBe(7);
    expect(next).not.toContain(undefined);
  });

  test("spread over the week for all others, always the same for one host", async () => {
    const timer = filesOf(agent({ ...settings, address: "10.20.0.30" }, 0));
    machine = await Booted.up({ ...timer, "/etc/machine-id": "0123456789abcdef0123456789abcdef\n" });
    const when = () =>
      machine.run(
        "systemctl stop renew-k3s.timer; systemctl start renew-k3s.timer; systemctl show -P NextElapseUSecRealtime renew-k3s.timer",
      ).stdout;
    const first = when();
    expect(first).toMatch(/^\w{3} \d{4}-/);
    expect(when()).toBe(first);
    expect(timer["/etc/systemd/system/renew-k3s.timer"]).toContain("RandomizedDelaySec=6d\nFixedRandomDelay=yes\n");
  });
});

describe("a check of the certificates", () => {
  const path = "/etc/sovereign-uc/journals/sender.pem";
  const look = async (files: Readonly<Record<string, string>>) => {
    machine = await Booted.up({ ...filesOf(base()), [manifest]: `/etc/hosts\n${path}\n/gone\n`, ...files });
    const { status, stderr } = machine.run("/usr/local/lib/sovereign-uc/certificates 60 365");
    return { status, stderr, unit: machine.run("systemctl start certificates.service").status };
  };

  test("finds nothing if all are valid for long, or if there is none", async () => {
    const well = { [path]: ending(62), [`${tls}/server-ca.crt`]: ending(400, true) };
    expect(await look(well)).toEqual({ status: 0, stderr: "", unit: 0 });
    await machine.down();
    expect(await look({ [manifest]: "" })).toEqual({ status: 0, stderr: "", unit: 0 });
  });

  test("names every one that expires soon, an authority a year ahead, and its unit fails", async () => {
    const ca = `${tls}/server-ca.crt`;
    const { status, stderr, unit } = await look({ [path]: ending(50), [ca]: ending(300, true), [kubelet]: ending(10) });
    expect({ status, unit }).toEqual({ status: 1, unit: 1 });
    const named = stderr.split("\n").filter((line) => line !== "");
    expect(named).toHaveLength(3);
    expect(named.find((line) => line.includes(path))).toMatch(/valid for 60 days more, got notAfter=/);
    expect(named.find((line) => line.includes(ca))).toMatch(/valid for 365 days more, .*plan a new authority/);
    expect(named.find((line) => line.includes(kubelet))).toContain("renew-k3s.service");
  });

  test("blocks an update only in the last weeks", async () => {
    machine = await Booted.up({ ...filesOf(base()), [manifest]: `${path}\n`, [path]: ending(20) });
    const check = "/etc/sovereign-uc/checks.d/20-certificates";
    expect(machine.run(check).status).toBe(0);
    machine.run(`cat >${path} <<'END'\n${ending(10)}END`);
    expect(machine.run(check)).toMatchObject({ status: 1, stderr: expect.stringContaining(path) as unknown });
  });
});
