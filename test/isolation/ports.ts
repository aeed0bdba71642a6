/**
 * Ports by which directories, mail servers, file shares and their administrators are reached. Names as in IANA's service name and port
 * number registry; the dynamic ports of remote procedure calls begin at 49152 there and on Windows.
 */
export const listed = {
  directory: {
    53: "domain",
    88: "kerberos",
    123: "ntp",
    135: "epmap, the end point mapper of remote procedure calls",
    389: "ldap",
    464: "kpasswd",
    636: "ldaps",
    3268: "msft-gc, the global catalogue",
    3269: "msft-gc-ssl",
    5985: "wsman, WinRM",
    5986: "wsmans, WinRM over TLS",
    9389: "adws",
    49152: "the first dynamic port of remote procedure calls",
  },
  mail: {
    25: "smtp",
    110: "pop3",
    143: "imap",
    443: "https: Exchange's web services and ActiveSync",
    465: "submissions",
    587: "submission",
    993: "imaps",
    995: "pop3s",
    4190: "sieve",
  },
  files: {
    111: "sunrpc",
    137: "netbios-ns",
    138: "netbios-dgm",
    139: "netbios-ssn",
    445: "microsoft-ds, SMB",
    548: "afpovertcp",
    873: "rsync",
    2049: "nfs",
    3260: "iscsi-target",
    20048: "mountd",
  },
  administration: { 22: "ssh", 3389: "ms-wbt-server, the remote desktop" },
} as const;

/** All ports, in order. */
export const listedPorts: readonly number[] = Object.values(listed)
  .flatMap((ports) => Object.keys(ports).map(Number))
  .sort((a, b) => a - b);

/** Random numbers that are the same in every run (mulberry32, from a seed). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The given number of different ports. */
export function somePorts(random: () => number, count: number): readonly number[] {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(1 + Math.floor(random() * 65535));
  return [...ports];
}
