/** A DHCP lease that is taken, renewed or changed: Debian's own dhclient-script with the recipe's files. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { base } from "../../components/recipe/parts/base";
import { withNamespaces } from "../isolation/possible";

const { describe, test } = withNamespaces(["dhclient-script", "mount", "unshare"], "a renewed lease");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lease-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Content of resolv.conf and the host name, after a DHCP lease that names others. */
function leased(reason: string, hooks: Readonly<Record<string, string>>) {
  const resolv = join(folder, "resolv.conf");
  writeFileSync(resolv, "nameserver 10.20.0.10\n");
  for (const [path, content] of Object.entries(hooks)) {
    const place = join(folder, "hooks", path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
  mkdirSync(join(folder, "hooks"), { recursive: true });
  const lease = [
    `reason=${reason} interface=public`,
    "old_ip_address=198.51.100.10 new_ip_address=198.51.100.10 new_subnet_mask=255.255.255.255",
    "new_domain_name=provider.example new_domain_name_servers='192.0.2.53 192.0.2.54'",
    "old_host_name=uc-media-1 new_host_name=static-10",
  ].join(" ");
  const script = `
    mount --bind ${resolv} /etc/resolv.conf
    mkdir -p /etc/dhcp/dhclient-enter-hooks.d
    mount --bind ${folder}/hooks /etc/dhcp/dhclient-enter-hooks.d
    hostname uc-media-1
    ip link add public type bridge && ip link set public up
    # As the lease before has left it.
    [ ${reason} = BOUND ] || ip address add 198.51.100.10/32 dev public
    ${lease} /sbin/dhclient-script
    echo "called $(hostname), at $(ip -4 -o address show dev public | sed 's/.* inet \\([^ ]*\\) .*/\\1/')"
  `;
  const { stdout } = spawnSync("unshare", ["--mount", "--net", "--uts", "sh", "-c", script], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  return { resolv: readFileSync(resolv, "utf8"), said: stdout.trim() };
}

const enter = "/etc/dhcp/dhclient-enter-hooks.d";
const ours = Object.fromEntries(
  (base().files ?? [])
    .filter(({ path }) => dirname(path) === enter)
    .map(({ path, content }) => [basename(path), content]),
);

describe.each(["BOUND", "RENEW", "REBIND", "REBOOT"])("%s", (reason) => {
  test("gives the host its address, and neither resolvers nor a name", () => {
    expect(leased(reason, ours)).toEqual({
      resolv: "nameserver 10.20.0.10\n",
      said: "called uc-media-1, at 198.51.100.10/32",
    });
  });

  test("also where another package has a script that writes resolvers", () => {
    // As that of the package resolvconf: it defines the function anew.
    const other = { resolvconf: 'make_resolv_conf() { echo "nameserver 192.0.2.99" >/etc/resolv.conf; }\n' };
    expect(leased(reason, { ...other, ...ours }).resolv).toBe("nameserver 10.20.0.10\n");
  });

  test("would give both without the recipe: these tests can fail", () => {
    const { resolv, said } = leased(reason, {});
    expect(resolv).toContain("nameserver 192.0.2.53\n");
    expect(said).toContain("called static-10");
  });
});
