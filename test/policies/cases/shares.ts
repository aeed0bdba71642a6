import { type Case, env, kube, text } from "./case";

/** A file server, or a directory, that nobody named. */
const server = "10.20.5.9";
const far = "2001:db8::9";

/** Programs and settings of files and directories before an address, in every place of a line. */
const words = [
  "ldap_uri",
  "ldapsearch -h",
  "ldap",
  "ad_server =",
  "ipa_server =",
  "sssd",
  "krb5",
  "krb",
  "kdc =",
  "kpasswd_server =",
  "admin_server =",
  "kinit -S",
  "realm join",
  "realm  join",
  "realm leave",
  "adcli join -S",
  "smbclient -I",
  "smb",
  "cifs",
  "samba",
  "nfs",
  "nfs3",
  "nfs4",
  "nfs5",
  "mount",
  "autofs",
  "fstype",
  "ping",
];

const lines: readonly string[] = [
  "ldap_uri = ldap://[FD00:AB:CD:EF:AB:CD:EF:AC]",
  ...words.flatMap((word) => [
    `${word} ${server}`,
    `  ${word} ${server}`,
    `my${word} ${server}`,
    `${word}ed ${server}`,
  ]),
  ...["KDC", "SMB", "Mount", "NFS4"].map((word) => `${word} ${server}:/volume /mnt`),
  // Tables and commands that mount.
  `${server}:/volume /srv nfs4 defaults 0 0`,
  `${server}:/volume /srv nfs defaults 0 0`,
  `//${server}/share /srv cifs credentials=/etc/a 0 0`,
  `//${server}/share /srv smb3 credentials=/etc/a 0 0`,
  `//${server}/share /srv smb credentials=/etc/a 0 0`,
  `//${server}/share /srv xnfs defaults 0 0`,
  `//${server}/share /srv nfsx defaults 0 0`,
  `${server}:/volume /srv ext4 defaults 0 0`,
  `mount ${server}:/volume /srv`,
  `mount -t nfs ${server}:/volume /srv`,
  `mount //${server}/share /srv`,
  `mount /dev/sdb /srv # of 10.9.9.9`,
  `mount -o addr=${server} /dev/sdb /srv`,
  `autofs ${server}:/volume`,
  `MOUNT ${server}`,
  `fstype=nfs ${server}:/volume`,
  `remount ${server}:/volume /srv`,
  `What=${server}:/volume`,
  `  What=${server}:/volume`,
  `What=//${server}/share`,
  `NotWhat=${server}:/volume`,
  `WhatElse=${server}:/volume`,
  `mount -t nfs [${far}]:/volume /srv`,
  `[${far}]:/volume /srv nfs4 defaults 0 0`,
  // URLs.
  ...["ldap", "ldaps", "nfs", "nfs4", "smb", "cifs", "afp", "LDAPS", "http", "imap", "xldap"].map(
    (scheme) => `see ${scheme}://${server}/a`,
  ),
  `ldap://cn=admin@${server}:389`,
  `ldap://a@b@${server}`,
  `ldap://[${far}]:636/dc=example`,
  `ldap://127.0.0.1 and then krb5 ${server}`,
  `ldap://${server}.example.org`,
  `ldap://${server} ldap://10.20.5.10`,
  // Ports of such services, behind an address and beside it.
  ...[88, 135, 389, 464, 636, 3268, 3269, 137, 139, 445, 2049, 111, 548, 25, 587, 443, 5985, 140].flatMap((port) => [
    `forward to ${server}:${port} now`,
    `host=${server} port=${port}`,
  ]),
  `forward to [${far}]:445 now`,
  `forward to x${server}:445`,
  `forward to ${server}:4451`,
  `forward to ${server}:445.5`,
  `port: 389, host: ${server}`,
  `"port": "389", "host": "${server}"`,
  `'port' = '389' to ${server}`,
  `PORT=389 HOST=${server}`,
  `port    389 ${server}`,
  `port:    389 ${server}`,
  `port:     389 ${server}`,
  `export=389 ${server}`,
  `report=389 ${server}`,
  `port=3890000 ${server}`,
  `port=389x ${server}`,
  // Addresses that are nobody's, and none.
  ...[
    "127.0.0.1",
    "0.0.0.0",
    "169.254.1.2",
    "255.255.255.255",
    "1.127.0.1",
    "10.0.0.0",
    "20.0.0.0",
    "::1",
    "::",
    "fe80::1",
    "FE80::1",
    "2001:fe80::1",
    "fd00::9",
    "999.1.1.1",
    "10.20.5",
    "10.20.5.9.1",
    "10.20.5.9/24",
    "10.20.5.9/x",
    "10.20.5.9:636",
    "12:34:56",
    "a10.20.5.9",
    "-10.20.5.9",
    "@10.20.5.9",
    "/10.20.5.9",
    "//10.20.5.9",
  ].map((address) => `ldap_uri ${address}`),
  `nfs [${far}] and [::1]`,
  `krb5 ${server} krb5 ${server} krb5 10.20.5.10`,
  // Comments, and lines of any length.
  `# ldap_uri ${server}`,
  `ldap_uri ${server} ${"x".repeat(1900)}`,
  `ldap_uri ${server} ${"x".repeat(2000)}`,
  `first\nldap_uri ${server}\nlast`,
  `ldap_uri 2001:db8:0:0:0:0:0:9`,
  `ldap_uri nothing`,
  // One word alone.
  `${server}:/volume`,
  `http://${server}:/volume`,
  `${server}://volume`,
  `${server}:/volume,ro`,
  `${server}:/${"v".repeat(280)}`,
  `${server}:/${"v".repeat(300)}`,
  `//${server}/share`,
  `[${far}]:/volume`,
  `127.0.0.1:/volume`,
  `${server}:/volume /mnt`,
  // One's own machine, between brackets as well.
  ...["[::1]", "[::]", "[fe80::1]", "[::ffff]"].flatMap((address) => [
    `ldap://${address}/a`,
    `nfs ${address}`,
    `${address}:/volume`,
  ]),
  `ldap_uri 2001:DB8:A:B:C:D:E:F`,
  `ldap_uri ${server} ${"x".repeat(1980)}`,
  `ldap_uri ${server} ${"x".repeat(1981)}`,
];

/** Settings by their names, which say what is behind an address. */
const keys: readonly (readonly [key: string, value: string])[] = [
  ...[
    "ldap",
    "ldaps",
    "nfs",
    "smb",
    "cifs",
    "samba",
    "kerberos",
    "krb5",
    "kdc",
    "activedirectory",
    "active_directory",
    "active-directory",
    "imap",
    "conf",
  ].flatMap((word): readonly [string, string][] => [
    [`${word}_host`, server],
    [`MY_${word.toUpperCase()}_HOST`, server],
    [`my${word.charAt(0).toUpperCase()}${word.slice(1)}Host`, server],
    [`x${word}_host`, server],
  ]),
  ...["nfshost", "nfsHost", "NFSSERVER", "nfsservers", "confserver", "confServer", "specifsHost", "files_nfs"].map(
    (key): readonly [string, string] => [key, server],
  ),
  ...[
    "host",
    "hosts",
    "server",
    "servers",
    "ip",
    "addr",
    "address",
    "addresses",
    "uri",
    "url",
    "urls",
    "uris",
    "endpoint",
    "endpoints",
    "kdc",
    "source",
    "share",
    "device",
    "Hosts",
    "port",
    "range",
    "hostname",
  ].map((word): readonly [string, string] => [`the_ldap_${word}`, server]),
  ["kdc", server],
  ["nfs", server],
  ["ldap_host", `${server},10.20.5.10; 10.20.5.11 10.20.5.12`],
  ["ldap_host", `${server} ${"x".repeat(280)}`],
  ["ldap_host", `${server} ${"x".repeat(300)}`],
  ["ldap_host", `https://${server}/a`],
  ["ldap_host", `//${server}/a`],
  ["ldap_host", `a ${server}x`],
  ["ldap_host", `${server} ${"x".repeat(290)}`],
  ["ldap_host", `${server} ${"x".repeat(291)}`],
  ["ldap_host", `ldap://${server}`],
  ["ldap_host", `see ${server}`],
  ["ldap_host", "127.0.0.1"],
  ["ldap_host", far],
  ["ldap_host", `[${far}]:636`],
  ["ldap_host", "directory.example.org"],
  ["ldap_host", "[secret]"],
];

const inText = (value: object): ReturnType<typeof text> => text(JSON.stringify(value));

const pair = ["Endpoints", "EndpointSlice"] as const;

const leading = (kind: (typeof pair)[number], port: unknown, address: unknown): object =>
  kind === "Endpoints"
    ? { subsets: [{ addresses: [{ ip: address }], ports: [{ port: 80 }, { port }] }] }
    : { endpoints: [{ addresses: [address] }], ports: [{ port: 80 }, { port }] };

const objects: readonly Case[] = [
  ...keys.flatMap(([key, value]): readonly Case[] => [
    [`the setting ${key}=${value.length > 100 ? `${value.length} characters` : value}`, env({ [key]: value })],
    [`the key ${key}: ${value.length > 100 ? `${value.length} characters` : value}`, inText({ [key]: value, a: 1 })],
  ]),
  ["a list of servers under a word", inText({ ldap: { servers: [server, "10.20.5.10"] } })],
  ["lists of servers in a list", inText({ ldap: [{ servers: [[server]] }] })],
  [
    "a word in the path of a variable",
    { type: "a:b:C", props: { services: { ldap: { image: "a", environment: { HOST: server } } } } },
  ],
  [
    "a word in a variable",
    { type: "a:b:C", props: { services: { a: { image: "a", environment: { LDAP_HOST: server } } } } },
  ],
  ...["cluster.local/nfs", "smb.csi.k8s.io", "cifs", "NFS", "ebs.csi.aws.com", 5, "[secret]"].flatMap(
    (driver): readonly Case[] => [
      [
        `a class of ${driver}`,
        kube("storage.k8s.io/v1:StorageClass", {
          provisioner: driver,
          parameters: { server: server, share: "/a", n: 1 },
        }),
      ],
      [
        `a volume of ${driver}`,
        kube("core/v1:PersistentVolume", {
          spec: { csi: { driver, volumeAttributes: { server: server, source: `//${server}/a` } } },
        }),
      ],
      [
        `a volume of a pod of ${driver}`,
        inText({ volumes: [{ csi: { driver, volumeAttributes: { share: `//${server}/a` } } }] }),
      ],
      [
        `a share of Docker of ${driver}`,
        {
          type: "docker:index/volume:Volume",
          props: { driverOpts: { type: driver, o: "username=a", device: `//${server}/a` } },
        },
      ],
      [
        `a flexible volume of ${driver}`,
        kube("core/v1:PersistentVolume", {
          spec: { flexVolume: { driver, options: { networkPath: `//${server}/a` } } },
        }),
      ],
      [
        `a Docker volume of ${driver}`,
        {
          type: "docker:index/volume:Volume",
          props: { driver: "local", driverOpts: { type: driver, o: `rw,addr=${server},soft`, device: ":/a" } },
        },
      ],
      [
        `a volume of compose of ${driver}`,
        inText({ volumes: { a: { driver_opts: { type: driver, device: ":/a", o: `addr=${server}` } } } }),
      ],
    ],
  ),
  [
    "an option of a volume that is no text",
    { type: "docker:index/volume:Volume", props: { driverOpts: { type: "nfs", o: 5, device: "[secret]" } } },
  ],
  [
    "an address at the end of options",
    { type: "docker:index/volume:Volume", props: { driverOpts: { type: "nfs", o: `rw,addr=${server}` } } },
  ],
  [
    "an address in another option",
    { type: "docker:index/volume:Volume", props: { driverOpts: { type: "nfs", o: `rw,clientaddr=${server}` } } },
  ],
  ["a volume of a pod", kube("core/v1:Pod", { spec: { volumes: [{ nfs: { server: server, path: "/a" } }] } })],
  [
    "volumes of a pod, one of them twice",
    kube("core/v1:Pod", {
      spec: { volumes: [{ nfs: { server: server } }, { nfs: { server: server } }, { nfs: { server: "10.20.5.10" } }] },
    }),
  ],
  [
    "a volume of nobody knows what",
    kube("core/v1:Pod", { spec: { volumes: [{ csi: { driver: "nfs", volumeAttributes: { server: "[secret]" } } }] } }),
  ],
  ["a volume of a name", kube("core/v1:Pod", { spec: { volumes: [{ nfs: { server: "files.example.org" } }] } })],
  ["a volume of one's own machine", kube("core/v1:Pod", { spec: { volumes: [{ nfs: { server: "127.0.0.1" } }] } })],
  ...pair.flatMap((kind): readonly Case[] => [
    ...[389, 445, 2049, 25, 443, "445"].map((port): Case => [
      `${kind} of port ${JSON.stringify(port)}`,
      kube(
        kind === "Endpoints" ? "core/v1:Endpoints" : "discovery.k8s.io/v1:EndpointSlice",
        leading(kind, port, server) as never,
      ),
    ]),
    [`${kind} in a text`, inText({ apiVersion: "v1", kind, ...leading(kind, 389, server) })],
    [`${kind} of a name`, inText({ apiVersion: "v1", kind, ...leading(kind, 389, "a.example.org") })],
    [`${kind} of nothing`, inText({ apiVersion: "v1", kind, ...leading(kind, 389, 5) })],
  ]),
  ["no such class", inText({ apiVersion: "v1", kind: "Other", provisioner: "nfs", parameters: { to: server } })],
  ["no such slice", inText({ apiVersion: "v1", kind: "Other", ...leading("EndpointSlice", 389, server) })],
  ["no such object", inText({ apiVersion: "v1", kind: "Other", ...leading("Endpoints", 389, server) })],
  ...["type", "provider", "providerId", "kind", "backend", "name"].flatMap((key): readonly Case[] =>
    ["ldap", "LDAP", "kerberos", "activedirectory", "ad", "ldaps", "myldap", "oidc", 5].map((kind): Case => [
      `a connector with ${key} ${kind}`,
      inText({
        connectors: [
          { [key]: kind, connection: `${server}:636`, config: { to: "10.20.5.10" }, other: { to: "10.20.5.11" } },
        ],
      }),
    ]),
  ),
  ["a connector of nobody knows what kind", inText({ type: "[secret]", to: server })],
  ["a connector without config", inText({ type: "ldap", to: server, config: 5 })],
  ["a connector with a list", inText({ type: "ldap", config: { to: [server] } })],
];

export { lines as shareLines, objects as shareObjects };
