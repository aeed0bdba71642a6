import { type Case, env, type Given, kube, pod, text } from "./case";

/** A host with one file. */
const file = (path: string, content: string): Given => ({
  type: "hcloud:index/server:Server",
  props: { userData: `#cloud-config\n${JSON.stringify({ write_files: [{ path, content }] })}` },
});
const chain = (rules: string, before = "", hook = "output"): Given =>
  file(
    "/etc/nftables.conf",
    `${before}table inet filter {\n  chain a {\n    type filter hook ${hook} priority 0; policy drop;\n${rules}\n  }\n}\n`,
  );
const script = (lines: string): Given => ({
  type: "hcloud:index/server:Server",
  props: { userData: `#!/bin/sh\n${lines}\n` },
});
const volume = (spec: object): Given => kube("core/v1:PersistentVolume", { spec });
const set = (elements: string): string =>
  `table inet filter {\n  set isolated_ip {\n    type ipv4_addr\n    flags interval\n    elements = {${elements}}\n  }\n}\n`;

const titled = (title: string, list: readonly (readonly [string, Given])[]): readonly Case[] =>
  list.map(([name, given]) => [`${title}: ${name}`, given]);

/** Filters, tunnels, routes, settings and volumes in texts, the isolated range being 10.0.0.0/16. */
export const told: readonly Case[] = [
  [
    "an address that a component of ours is given",
    { type: "sovereign-uc:index:Jitsi", props: { directory: "https://10.0.5.3/a" } },
  ],
  [
    "an address that a provider is given",
    {
      type: "pulumi:providers:kubernetes",
      props: { kubeconfig: "clusters:\n- cluster: {server: 'https://10.0.5.3:6443'}\n" },
    },
  ],
  ["a share that a provider is given", { type: "pulumi:providers:ldap", props: { url: "ldap://10.20.5.3" } }],
  ["an address in a setting", text("LDAP_HOST=10.0.5.3\n")],
  ["an address in a variable", env({ LDAP_HOST: "10.0.5.3" })],
  ["an address in a variable that another object holds", pod({ env: [{ name: "LDAP_HOST", valueFrom: {} }] })],
  ["an address in a field", kube("a.example.org/v1:Thing", { spec: { databaseHost: "10.0.5.3" } })],
  ["an address of a database in a variable", env({ DATABASE_HOST: "10.0.5.3" })],
  ["a name in a setting", text("LDAP_HOST=directory.crisis.example.ch\n")],
  ["a pod with a port of its host", pod({ ports: [{ containerPort: 445, hostPort: 445 }] })],
  ["an address that is asked, and one that is named", text("wget https://10.0.5.3/a\nserver 10.0.6.1\n")],
  [
    "an address that is asked, and one that is named in another text",
    kube("core/v1:ConfigMap", { data: { a: "wget https://10.0.5.3/a\n", b: "server 10.0.6.1\n" } }),
  ],
  ...titled("nftables", [
    ["a range", chain("ip daddr 10.0.3.0/24 accept")],
    ["another range", chain("ip daddr 10.20.0.0/16 accept")],
    ["what contains it", chain("ip daddr 10.0.0.0/8 accept")],
    ["everybody", chain("ip daddr 0.0.0.0/0 tcp dport 443 accept")],
    ["a list", chain("ip daddr { 10.20.0.0/16, 10.0.3.5 } tcp dport 443 accept")],
    ["two ends", chain("ip daddr 10.0.3.1-10.0.3.9 accept")],
    ["two ends around it", chain("ip daddr 9.255.0.0-10.1.0.0 accept")],
    ["a variable", chain("ip daddr $dirs accept", "define dirs = { 10.0.3.5, 10.0.3.6 }\n")],
    ["a set", chain("ip daddr @isolated_ip accept", set("10.0.3.5, 10.0.4.0/24"))],
    ["a set over lines", chain("ip daddr @isolated_ip accept", set("\n10.0.3.5,\n10.0.4.0/24\n"))],
    ["a set that is dropped", chain("ip daddr @isolated_ip drop", set("10.0.0.0/16"))],
    [
      "a set that is dropped before",
      chain("ip daddr @isolated_ip drop\nip daddr 10.0.0.0/8 accept", set("10.0.0.0/16")),
    ],
    [
      "a set that is dropped for one port",
      chain("ip daddr @isolated_ip tcp dport 25 drop\nip daddr 10.0.0.0/8 accept", set("10.0.0.0/16")),
    ],
    ["a map", chain("ip daddr vmap { 10.0.3.0/24 : accept, 10.20.0.0/16 : drop }")],
    ["a map that drops it", chain("ip daddr vmap { 10.0.3.0/24 : drop, 10.20.0.0/16 : accept }")],
    ["what is not it", chain("ip daddr != 10.0.0.0/16 accept")],
    ["another destination", chain("tcp dport 8443 dnat to 10.0.3.5:636", "", "prerouting")],
    ["a comment", chain("# ip daddr 10.0.3.0/24 accept\ntcp dport 443 accept")],
    ["a port of directories", chain("tcp dport { 389, 443 } accept")],
    ["a port by name", chain("tcp dport smtp accept", "", "input")],
    ["a port that is dropped", chain("tcp dport { 25, 389 } drop")],
    ["ports", chain("tcp dport 1-1024 accept")],
    ["every port of pods", chain("ip daddr { 10.42.0.0/16 } tcp dport 1-65535 accept")],
    ["every port of everybody", chain("tcp dport 1-65535 accept")],
    ["clocks", chain("udp dport 123 accept")],
    ["commands", script("nft add rule inet filter output ip daddr 10.0.3.0/24 accept")],
    ["a member by a command", script("nft add element inet filter allowed '{ 10.0.3.5 }'")],
    ["a member of what is refused", script("nft add element inet filter blocked '{ 10.0.3.5 }'")],
  ]),
  ...titled("iptables", [
    ["a range", script("iptables -A OUTPUT -d 10.0.3.0/24 -j ACCEPT")],
    ["a range that is dropped", script("iptables -A OUTPUT -d 10.0.3.0/24 -j DROP")],
    ["what is not it", script("iptables -A OUTPUT ! -d 10.0.0.0/16 -j ACCEPT")],
    ["two ends", script("iptables -A OUTPUT -m iprange --dst-range 10.0.3.1-10.0.3.9 -j ACCEPT")],
    ["ports", script("iptables -A INPUT -p tcp -m multiport --dports 80,389 -j ACCEPT")],
    ["a set", script("ipset add allowed 10.0.3.5")],
    ["a set of what is refused", script("ipset add denied 10.0.3.5")],
  ]),
  ...titled("other filters", [
    ["ufw", script("ufw allow out to 10.0.3.0/24 port 443 proto tcp")],
    ["ufw by port", script("ufw allow 25/tcp")],
    ["ufw by name", script("ufw allow smtp")],
    ["ufw by another name", script("ufw allow https")],
    ["ufw that denies", script("ufw deny out to 10.0.3.0/24")],
    ["firewalld by source", script("firewall-cmd --zone=trusted --add-source=10.0.3.0/24")],
    ["firewalld by service", script("firewall-cmd --permanent --add-service=samba")],
    ["firewalld by another service", script("firewall-cmd --permanent --add-service=https")],
    ["firewalld by port", script("firewall-cmd --add-port=389/tcp")],
    [
      "firewalld by rule",
      script(`firewall-cmd --add-rich-rule='rule family="ipv4" source address="10.0.3.0/24" accept'`),
    ],
    [
      "firewalld that drops",
      script(`firewall-cmd --add-rich-rule='rule family="ipv4" source address="10.0.3.0/24" drop'`),
    ],
    ["a zone", file("/etc/firewalld/zones/a.xml", '<zone target="ACCEPT"><source address="10.0.3.0/24"/></zone>')],
    [
      "a zone of a service",
      file("/etc/firewalld/zones/a.xml", '<zone>\n<service name="ldap"/>\n<port port="445" protocol="tcp"/>\n</zone>'),
    ],
    ["ports of compose", text("services:\n  a:\n    image: registry.crisis.example.ch/a\n    ports: ['25:25']\n")],
  ]),
  ...titled("tunnels and routes", [
    ["a peer", file("/etc/wireguard/a.conf", "[Peer]\nAllowedIPs = 10.66.0.0/24, 10.0.3.0/24\n")],
    ["a peer elsewhere", file("/etc/wireguard/a.conf", "[Peer]\nAllowedIPs = 10.66.0.0/24\n")],
    ["a peer of everything", file("/etc/wireguard/a.conf", "[Peer]\nAllowedIPs = 0.0.0.0/0\n")],
    ["a peer by a command", script("wg set wg0 peer a allowed-ips 10.0.3.0/24")],
    ["a peer as data", text("peers:\n- publicKey: b\n  allowedIPs: [10.0.3.0/24]\n")],
    ["a route", script("ip -4 route replace 10.0.3.0/24 via 10.20.0.1")],
    ["a route that leads nowhere", script("ip route add blackhole 10.0.0.0/16")],
    ["the default route", script("ip route add default via 10.20.0.1")],
    ["a route with a mask", text('route 10.0.3.0 255.255.255.0\npush "route 10.20.0.0 255.255.0.0"\n')],
    ["a route of a file", text("[Route]\nDestination=10.0.3.0/24\n")],
    ["a route of netplan", text("network:\n  ethernets:\n    a:\n      routes: [{to: 10.0.3.0/24, via: 10.20.0.1}]\n")],
    ["the other side", text("conn a\n  rightsubnet=10.0.3.0/24\n")],
    ["an announcement", text("router bgp 65000\n network 10.0.3.0/24\n")],
    [
      "advertised routes",
      script("tailscale up --login-server=https://a.crisis.example.ch --advertise-routes=10.0.3.0/24"),
    ],
  ]),
  ...titled("addresses", [
    ["a server of a proxy", text("backend a\n  server a 10.0.3.5:636 check\n")],
    ["a resolver", text("nameserver 10.0.3.5\n")],
    ["a name of a host", file("/etc/hosts", "10.0.3.5 a.example.org\n")],
    ["a list that is refused", text("denied-peer-ip=10.0.0.0-10.0.255.255\naccess-control: 10.0.0.0/16 refuse\n")],
    ["a list of what is not proxied", text("NO_PROXY=10.0.0.0/16,.svc\n")],
    ["a block list of YAML", text("a: b\nip_range_blacklist: [10.0.0.0/16]\n")],
    [
      "a policy in a text",
      text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {egress: [{to: [{ipBlock: {cidr: 10.0.3.0/24}}]}]}\n",
      ),
    ],
    [
      "an exception of a policy in a text",
      text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {egress: [{to: [{ipBlock: {cidr: 10.20.0.0/16, except: [10.0.3.0/24]}}]}]}\n",
      ),
    ],
    ["a version", text("version = 10.0.3.5\n")],
    ["an address elsewhere", text("server a 10.20.3.5:443\n")],
  ]),
  ...titled("shares", [
    ["NFS of the cluster", volume({ nfs: { server: "10.20.5.9", path: "/a" } })],
    ["NFS by name", volume({ nfs: { server: "nfs.a.svc", path: "/a" } })],
    ["NFS by IPv6", volume({ nfs: { server: "fd00:20::9", path: "/a" } })],
    [
      "NFS of a pod",
      kube("core/v1:Pod", { spec: { containers: [], volumes: [{ nfs: { server: "10.20.5.9", path: "/a" } }] } }),
    ],
    ["SMB by a driver", volume({ csi: { driver: "smb.csi.k8s.io", volumeAttributes: { source: "//10.20.5.9/a" } } })],
    ["another driver", volume({ csi: { driver: "a.csi.example.org", volumeAttributes: { source: "//10.20.5.9/a" } } })],
    ["CIFS by an old driver", volume({ flexVolume: { driver: "a/cifs", options: { networkPath: "//10.20.5.9/a" } } })],
    [
      "a class",
      kube("storage.k8s.io/v1:StorageClass", { provisioner: "nfs.csi.k8s.io", parameters: { server: "10.20.5.9" } }),
    ],
    [
      "a class of disks",
      kube("storage.k8s.io/v1:StorageClass", { provisioner: "a.csi.example.org", parameters: { server: "10.20.5.9" } }),
    ],
    [
      "a volume of compose",
      text("services: {}\nvolumes:\n  v:\n    driver_opts: {type: nfs, o: 'addr=10.20.5.9,rw', device: ':/a'}\n"),
    ],
    ["a table of mounts", file("/etc/fstab", "10.20.5.9:/a /a nfs defaults 0 0\n")],
    ["a table of disks", file("/etc/fstab", "/dev/sdb1 /a ext4 defaults 0 0\n")],
    ["a command", script("mount 10.20.5.9:/a /a")],
    ["a command for SMB", script("mount -t cifs //10.20.5.9/a /a")],
    ["a command for a disk", script("mount /dev/sdb1 /a")],
    ["a variable", env({ NFS_SERVER: "10.20.5.9" })],
    ["a directory", env({ LDAP_URL: "ldap://10.20.5.3:389" })],
    ["a directory by IPv6", env({ LDAP_URL: "ldaps://[fd00:20::3]" })],
    ["a directory of the cluster", env({ LDAP_URL: "ldap://ldap.a.svc:389" })],
    ["a directory of the machine", env({ LDAP_URL: "ldap://127.0.0.1" })],
    ["a directory by variable", env({ LDAP_HOST: "10.20.5.3", DB_HOST: "10.20.5.4" })],
    ["a directory in a file", text("ldap:\n  server: 10.20.5.3\n  port: 389\n")],
    ["a connector", text("connectors:\n- type: ldap\n  config: {host: '10.20.5.3:636'}\n")],
    ["another connector", text("connectors:\n- type: oidc\n  config: {host: '10.20.5.3:8443'}\n")],
    ["Kerberos", text("[realms]\n A = {\n  kdc = 10.20.5.3\n }\n")],
    ["its port", pod({ args: ["--server=10.20.5.3:636"] })],
    ["another port", pod({ args: ["--server=10.20.5.3:6360"] })],
    ["a relay of mail", env({ SMTP_HOST: "10.20.5.6:587" })],
    [
      "what is behind a service",
      kube("core/v1:Endpoints", { subsets: [{ addresses: [{ ip: "10.20.5.3" }], ports: [{ port: 389 }] }] }),
    ],
    [
      "what else is behind a service",
      kube("core/v1:Endpoints", { subsets: [{ addresses: [{ ip: "10.20.5.3" }], ports: [{ port: 5432 }] }] }),
    ],
    [
      "a slice",
      kube("discovery.k8s.io/v1:EndpointSlice", { endpoints: [{ addresses: ["10.20.5.9"] }], ports: [{ port: 445 }] }),
    ],
    ["a range that is exported", text("/srv 10.20.0.0/16(rw)\n")],
    ["a prefix of IPv6", env({ PREFIX: "fd7a:115c:a1e0::/48" })],
    ["a page", text('<script src="//10.20.0.5/a.js"></script>')],
  ]),
];
