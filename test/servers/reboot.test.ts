/**
 * Debian's own cloud-init when a host boots again: its stages run as at a real boot, on a machine in namespaces that counts as one of Exoscale's,
 * whose metadata service the host's filter shuts. Exoscale's is the data source that knows its instance by that service alone; others have more.
 */
import { cloudInit } from "../../components/recipe/cloud-init";
import { base } from "../../components/recipe/parts/base";
import { withNamespaces } from "../isolation/possible";
import { Booted, bootedPrograms } from "../support/programs/booted";

const { describe, test } = withNamespaces(
  [...bootedPrograms, "cloud-init", "nft", "python3", "ssh-keygen"],
  "a reboot beside a metadata service that is shut",
);

/** Answers as the metadata service does; cloud-init 22.4.2 reads it in sources/DataSourceExoscale.py and sources/helpers/ec2.py. */
const service = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.replace("/1.0/", "")
        answers = {"user-data": open("/run/user-data").read(), "meta-data/": "instance-id\\nlocal-hostname",
                   "meta-data/instance-id": open("/run/instance-id").read().strip(), "meta-data/local-hostname": "uc-media-1"}
        self.send_response(200 if path in answers else 404); self.end_headers()
        self.wfile.write(answers.get(path, "").encode())
    def log_message(self, *words): pass
http.server.HTTPServer(("169.254.169.254", 80), Handler).serve_forever()
`;

const files = {
  "/run-later/service.py": service,
  // Nothing here knows that it is in a container, so that cloud-init believes the machine's name.
  "/usr/bin/systemd-detect-virt": "#!/bin/sh\nexit 1\n",
  // Names are refused at once, with the filter or without.
  "/etc/resolv.conf": "nameserver 127.0.0.1\n",
  // Content that an image may have, and with it all of its hosts.
  "/etc/ssh/ssh_host_ed25519_key": "of the image\n",
  "/etc/ssh/ssh_host_ed25519_key.pub": "ssh-ed25519 IMAGE\n",
  "/usr/local/bin/netplan": "#!/bin/sh\nexit 0\n",
  "/etc/systemd/system/ssh.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
  "/etc/cloud/cloud.cfg.d/10-patience.cfg":
    "datasource_list: [Exoscale, None]\ndatasource: { Exoscale: { timeout: 1, retries: 0 } }\n",
};

const prepared = `
  set -e
  # A service that is shut is given up after two seconds; all else is Debian's.
  sed -i 's/url_max_wait = 120/url_max_wait = 2/' /usr/lib/python3/dist-packages/cloudinit/sources/DataSourceExoscale.py
  grep -q 'url_max_wait = 2' /usr/lib/python3/dist-packages/cloudinit/sources/DataSourceExoscale.py
  mkdir /run/class && mount -t tmpfs tmpfs /run/class && mkdir -p /run/class/net /run/class/dmi/id
  mount --bind /sys/class/net /run/class/net && echo Exoscale >/run/class/dmi/id/product_name && mount --rbind /run/class /sys/class
  mount --bind /dev/null /proc/1/environ
  ip netns add metadata
  ip link add public type veth peer name inner netns metadata
  ip link set public up && ip address add 198.51.100.10/24 dev public && ip route add default via 198.51.100.1
  ip -n metadata link set lo up && ip -n metadata link set inner up
  ip -n metadata address add 198.51.100.1/24 dev inner && ip -n metadata address add 169.254.169.254/32 dev lo
  echo first-instance >/run/instance-id
  ip netns exec metadata python3 /run-later/service.py >/dev/null 2>&1 </dev/null &
  until ip netns exec metadata python3 -c 'import socket; socket.create_connection(("169.254.169.254", 80))' 2>/dev/null; do :; done
`;

/** The order of a boot: the filter, the generator that decides whether cloud-init runs at all, and its stages. */
const boot = (stages = 4): string => `
  rm -rf /run/cloud-init /run/generated && mkdir -p /run/generated
  nft flush ruleset
  ! systemctl --quiet is-enabled nftables.service || nft -f /etc/nftables.conf
  env -u container KERNEL_CMDLINE= /lib/systemd/system-generators/cloud-init-generator /run/generated /run/generated /run/generated
  if [ -e /run/generated/multi-user.target.wants/cloud-init.target ]; then
    set -- "init --local" init "modules --mode=config" "modules --mode=final"
    for stage in "$@"; do
      [ ${stages} -ge $((stages = stages + 1)) ] || break
      cloud-init $stage >/dev/null 2>&1
    done
  fi
  cat /etc/ssh/ssh_host_ed25519_key.pub
`;

const userData = cloudInit({ hostName: "uc-media-1", address: "10.20.0.60/24", sshFrom: ["10.20.0.0/24"] }, 32_768);

let machine: Booted;
/** A machine before its first boot, born with user data. */
async function unborn(text: string): Promise<void> {
  machine = await Booted.up(files);
  machine.run(`cat >/run/user-data <<'DATA'\n${text}DATA`);
  const { status, stderr } = machine.run(prepared);
  if (status !== 0) throw new Error(stderr);
}
const key = (stages?: number): string => machine.run(boot(stages)).stdout.trim();
const shut = (): boolean =>
  machine.run(`python3 -c 'import socket; socket.create_connection(("169.254.169.254", 80), 1)'`).status !== 0;
const instance = (): string => machine.run("cat /var/lib/cloud/data/instance-id").stdout.trim();
afterEach(async () => {
  await machine.down();
});

describe("a host on Exoscale", () => {
  test("keeps its key and its instance before and after convergence, whatever the service says", async () => {
    await unborn(userData);
    const born = key();
    expect(born).toMatch(/^ssh-ed25519 AAAA/);
    expect(instance()).toBe("first-instance");
    expect(shut()).toBe(true);
    expect(key()).toBe(born);

    for (const { path, content } of base().files ?? [])
      if (path.startsWith("/etc/cloud/")) machine.run(`mkdir -p $(dirname ${path}); cat >${path} <<'F'\n${content}F`);
    expect(key()).toBe(born);
    machine.run("systemctl disable nftables.service; echo another-instance >/run/instance-id");
    expect(key()).toBe(born);
    expect(shut()).toBe(false);
    expect(instance()).toBe("first-instance");
  }, 120_000);

  test("keeps it if the first boot was interrupted after the filter was written", async () => {
    await unborn(userData);
    const born = key(2);
    machine.run("systemctl enable nftables.service");
    expect(key()).toBe(born);
    expect(instance()).toBe("first-instance");
    expect(shut()).toBe(true);
  }, 120_000);

  test("of an older stack keeps it once it has converged", async () => {
    await unborn(before());
    const born = key();
    for (const { path, content } of base().files ?? [])
      if (path.startsWith("/etc/cloud/")) machine.run(`mkdir -p $(dirname ${path}); cat >${path} <<'F'\n${content}F`);
    expect(key()).toBe(born);
  }, 120_000);

  test("loses it without these files: these tests can fail", async () => {
    await unborn(before());
    const born = key();
    expect(shut()).toBe(true);
    expect(key()).not.toBe(born);
    expect(instance()).toBe("iid-datasource-none");
  }, 120_000);
});

/** User data of hosts from before their instance was pinned. */
function before(): string {
  const { write_files, runcmd, ...rest } = JSON.parse(userData.replace("#cloud-config\n", "")) as {
    readonly write_files: readonly { readonly path: string }[];
    readonly runcmd: readonly (readonly string[])[];
  };
  const old = {
    ...rest,
    write_files: write_files.filter(({ path }) => !path.startsWith("/etc/cloud/")),
    runcmd: runcmd.filter((command) => !command.join(" ").includes("/etc/cloud/")),
  };
  return `#cloud-config\n${JSON.stringify(old)}\n`;
}
