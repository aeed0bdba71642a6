import { type Fact, lastReview as reviewed } from "./fact";

/** A port of the systems from which a crisis platform is isolated. */
export interface PortFact extends Fact {
  readonly first: number;
  readonly last: number;
  readonly protocols: readonly ("tcp" | "udp")[];
  readonly system: "mail" | "directory" | "file sharing" | "administration of Windows";
  readonly service: string;
}

const iana = "https://www.iana.org/assignments/service-names-port-numbers";
const microsoft =
  "https://learn.microsoft.com/en-us/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements";

const port = (system: PortFact["system"], service: string, first: number, last = first, source = iana): PortFact => ({
  first,
  last,
  protocols: ["tcp"],
  system,
  service,
  source,
  reviewed,
});

/** Services that answer over UDP as well. */
const both = (row: PortFact): PortFact => ({ ...row, protocols: ["tcp", "udp"] });

export const isolatedPorts: readonly PortFact[] = [
  port("mail", "SMTP", 25),
  port("mail", "SMTP over TLS", 465),
  port("mail", "submission", 587),
  port("mail", "POP3", 110),
  port("mail", "POP3 over TLS", 995),
  port("mail", "IMAP", 143),
  port("mail", "IMAP over TLS", 993),
  both(port("directory", "Kerberos", 88)),
  port("directory", "RPC endpoint mapper", 135, 135, microsoft),
  both(port("directory", "LDAP", 389)),
  both(port("directory", "Kerberos passwords", 464)),
  port("directory", "LDAP over TLS", 636),
  port("directory", "global catalogue", 3268, 3269, microsoft),
  port("directory", "directory web services", 9389, 9389, microsoft),
  both(port("file sharing", "NetBIOS", 137, 139)),
  port("file sharing", "SMB", 445),
  port("file sharing", "NFS", 2049),
  both(port("file sharing", "port mapper of NFS", 111)),
  port("file sharing", "AFP", 548),
  port("administration of Windows", "WinRM", 5985, 5986, microsoft),
];

/** Names of ports by which policies open them. */
export const portNames: readonly (Fact & { readonly name: string; readonly port: number })[] = (
  [
    ["smtp", 25],
    ["smtps", 465],
    ["submissions", 465],
    ["submission", 587],
    ["pop3", 110],
    ["pop3s", 995],
    ["imap", 143],
    ["imaps", 993],
    ["kerberos", 88],
    ["epmap", 135],
    ["ldap", 389],
    ["kpasswd", 464],
    ["ldaps", 636],
    ["netbios-ssn", 139],
    ["microsoft-ds", 445],
    ["smb", 445],
    ["cifs", 445],
    ["nfs", 2049],
    ["sunrpc", 111],
    ["rpcbind", 111],
    ["afpovertcp", 548],
    ["wsman", 5985],
    ["winrm", 5985],
    ["wsmans", 5986],
    ["sip", 5060],
  ] as const
).map(([name, number]) => ({ name, port: number, source: iana, reviewed }));

/**
 * Services of firewalld whose name is none of a port, with a port of theirs that is to be isolated, or a range. All 265 services were searched for such ports; the
 * others have the name of the port.
 */
export const firewalldServices: readonly (Fact & { readonly name: string; readonly port: string })[] = (
  [
    ["afp", "548"],
    ["freeipa-4", "389"],
    ["freeipa-ldap", "389"],
    ["freeipa-ldaps", "636"],
    ["freeipa-trust", "389"],
    ["netbios-ns", "137"],
    ["nfs3", "2049"],
    ["rpc-bind", "111"],
    ["samba", "445"],
    ["samba-client", "137-138"],
    ["samba-dc", "389"],
    ["smtp-submission", "587"],
    ["vdsm", "5900-6923"],
  ] as const
).map(([name, number]) => ({
  name,
  port: number,
  source: `firewalld/firewalld config/services/${name}.xml at 2745d6f0`,
  reviewed: "2026-11-30",
}));

/** Ports of SIP without TLS. */
export const plainSipPorts: readonly (Fact & { readonly port: number })[] = [
  { port: 5060, source: "RFC 3261, section 19.1.2 (default port of sip:)", reviewed },
];
