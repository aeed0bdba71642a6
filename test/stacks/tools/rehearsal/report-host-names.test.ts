import { mentions } from "../../../../stacks/tools/rehearsal/report/host-names";

const hosts = (text: string): readonly string[] =>
  mentions(text).map(({ host, port }) => (port === undefined ? host : `${host}:${port}`));

test.each([
  ["a URL", "see https://meet.example.ch/room?x=1", ["meet.example.ch"]],
  ["a URL with user and port", "https://user@registry.example.ch:5000/v2/", ["registry.example.ch:5000"]],
  ["a STUN address", "stun:stun.example.net:3478", ["stun.example.net:3478"]],
  ["a TURN address over TLS", "turns:relay-1.example.ch:443?transport=tcp", ["relay-1.example.ch:443"]],
  ["an image", "image: registry.example.ch/jitsi/jvb:stable-1", ["registry.example.ch"]],
  ["host and port", "forward auth.internal-name.example:5222", ["auth.internal-name.example:5222"]],
  ["a bare name", "ServerName meet.example.ch", ["meet.example.ch"]],
  ["a name after @ and #", "forward-addr: 192.0.2.53@853#dns1.example.ch", ["dns1.example.ch", "192.0.2.53"]],
  ["names in a list", "a.example.ch,b.example.org", ["a.example.ch", "b.example.org"]],
  ["text that JSON has escaped", String.raw`"nameserver\nproxy.example.ch\n"`, ["proxy.example.ch"]],
  ["an IPv4 address", "server 192.0.2.123 iburst", ["192.0.2.123"]],
  ["an IPv4 address with a port", "peer=192.0.2.1:3478", ["192.0.2.1:3478"]],
  ["one address as a range", "ip saddr { 10.20.0.10/32 }", ["10.20.0.10"]],
  ["an IPv6 address", "nameserver 2001:db8::53", ["2001:db8::53"]],
  ["an IPv6 address in a URL", "http://[2001:db8::1]:8080/x", ["2001:db8::1:8080"]],
  ["a name once, with its port", "meet.example.ch and https://meet.example.ch:443/", ["meet.example.ch:443"]],
  ["an upstream registry of Kubernetes", "registry.k8s.io/pause:3.10", ["registry.k8s.io"]],
])("finds %s", (_, text, expected) => {
  expect([...hosts(text)].sort()).toEqual([...expected].sort());
});

test.each([
  ["a range", "elements = { 10.0.0.0/20, fd00:10::/48 }"],
  [
    "the ends of a range",
    "denied-peer-ip=0.0.0.0-0.255.255.255\ndenied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ],
  ["a path", "/etc/apt/apt.conf.d/50-proxy and /usr/lib/a.so"],
  ["a file", "nftables.conf haproxy.cfg k3s.service run.sh key.pem"],
  ["a kernel setting", "net.ipv4.conf.all.accept_redirects = 0\nkernel.dmesg_restrict = 1"],
  ["a Java package", "org.jitsi.videobridge.xmpp.MucClient org.ice4j.ice.harvest.DISABLE_AWS_HARVESTER"],
  ["a label of Kubernetes", "node-role.kubernetes.io/control-plane=true topology.kubernetes.io/zone"],
  ["a group of the Kubernetes API", "rbac.authorization.k8s.io/v1"],
  ["a version", "v1.34.2+k3s1 and 2.9.1"],
  ["a time", "12:00:00 and 00:10:20:30:40:50"],
  ["code", "config.p2p.enabled = true; string.format(x)"],
  ["a fingerprint", "sha256:aa:bb:cc:dd:ee:ff:00:11:22:33:44"],
])("does not take %s for a host", (_, text) => {
  expect(hosts(text)).toEqual([]);
});
