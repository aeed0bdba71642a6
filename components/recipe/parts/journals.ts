import { Cidr } from "../../core/cidr";
import { inbound, outbound } from "../../core/openings";
import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings } from "../text";

/**
 * Journals leave the host that wrote them, over TLS: a host sends its own to a gateway, a gateway to the next one. Both sides know each other by certificates
 * of the gateways' own authority. Debian builds the keeper without GnuTLS, so it asks nobody for a certificate and names a file after the address that a connection
 * comes from. HAProxy therefore stands before it: it asks for the sender's certificate, and connects to the keeper at the loopback address that stands in it as
 * the name; the kernel answers for all of {@link senders} and such a connection comes from the very address that it goes to. So the file is the certificate's: nobody
 * writes into another's, whatever address it takes. What an entry says of itself (`_HOSTNAME`, `_MACHINE_ID`) remains its sender's word.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | the folder of what is received, `--listen-http=-3` takes the unit's socket, that it runs as a user of its own | /lib/systemd/system/systemd-journal-remote.{socket,service}, `systemd-journal-remote --help` | Debian's systemd-journal-remote 252.39-1~deb12u2 |
 * | the sender is a member of the group `systemd-journal` and remembers how far it came | /lib/systemd/system/systemd-journal-upload.service | the same |
 * | keys of both configurations; none limits what is kept | /etc/systemd/journal-{remote,upload}.conf | the same |
 * | "-GNUTLS": the keeper checks no certificate; a file is named after the address of the connection | `systemd-journal-remote --version`; run | the same |
 * | `set-dst` says where a server at 0.0.0.0 is found; a key stands beside its certificate under the same name and `.key` | doc/configuration.txt; run | HAProxy 2.6.12 |
 * | `BindToDevice=` | systemd.socket(5); that it holds under systemd is unverified | Debian's systemd 252.39-1~deb12u2 |
 */
export const journalPort = 19532;

/** Port on the loopback interface where the keeper listens behind HAProxy. */
const keeperPort = 19533;

/** Loopback addresses by which a gateway tells senders apart: the last two bytes are those of the private address, and no network is larger than a /16. */
export const senders = "127.19.0.0/16";

/** The sender that a host with a private address is: the common name in its certificate. */
export const senderOf = (address: string): string => address.replace(/^\d+\.\d+/, "127.19");

/** The common name of a certificate that several hosts share: those to which the cloud gives addresses. Each counts as the sender of its address. */
export const sharedSender = "shared";

/** Certificates that a host uses and trusts; the files come as secrets. */
export const journalPaths = {
  authority: "/etc/sovereign-uc/journals/authority.pem",
  sender: { certificate: "/etc/sovereign-uc/journals/sender.pem", key: "/etc/sovereign-uc/journals/sender.key" },
  keeper: { certificate: "/etc/sovereign-uc/journals/keeper.pem", key: "/etc/sovereign-uc/journals/keeper.pem.key" },
  forwarder: {
    certificate: "/etc/sovereign-uc/journals/forwarder.pem",
    key: "/etc/sovereign-uc/journals/forwarder.key",
  },
} as const;

const directory = "/etc/systemd";
/** Path of the settings of a host's own sender. */
export const senderConfiguration = `${directory}/journal-upload.conf.d/60-sovereign-uc.conf`;
const received = "/var/log/journal/remote";

/**
 * A host that sends its journal. While nobody answers it tries again for ever and goes on where it stopped.
 *
 * @param to name or address in the keeper's certificate.
 * @param keepers private addresses of the gateways.
 */
export function sendsJournal(to: string, keepers: readonly string[]): Recipe {
  const { certificate, key } = journalPaths.sender;
  const patience = `${directory}/system/systemd-journal-upload.service.d/60-sovereign-uc.conf`;
  return {
    packages: ["systemd-journal-remote"],
    files: [
      {
        path: senderConfiguration,
        content: `[Upload]\n${settings(
          {
            URL: `https://${to}:${journalPort}`,
            ServerKeyFile: key,
            ServerCertificateFile: certificate,
            TrustedCertificateFile: journalPaths.authority,
          },
          "=",
        )}`,
      },
      // Otherwise it gives up after five refused connections within ten seconds.
      { path: patience, content: "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=15\n" },
    ],
    units: [
      {
        name: "systemd-journal-upload.service",
        files: [senderConfiguration, patience, journalPaths.authority, certificate, key],
      },
    ],
    openings: [
      outbound(
        "tcp",
        journalPort,
        keepers.map((address) => `${address}/32`),
        "journals to the gateways",
      ),
    ],
  };
}

/** Limit of all journals on a gateway. */
const keptBytes = 8 * 1024 ** 3;

/**
 * A gateway that keeps the journals of the network's hosts for a year (Swiss DPO, Article 4(5)), and never more than 8 GiB of them: each sender has an equal share, and one that writes more
 * loses its own oldest entries. It is looked after each minute; what a flood brings in between is bounded by what the keeper leaves free on the disk (15 percent,
 * journald.conf(5)), and others send again what it did not take.
 *
 * @param elastic where hosts with a shared certificate have their addresses.
 */
export function keepsJournals(range: Cidr, elastic?: Cidr): Recipe {
  const { certificate, key } = journalPaths.keeper;
  const configuration = `${directory}/journal-remote.conf.d/60-sovereign-uc.conf`;
  const plain = `${directory}/system/systemd-journal-remote.service.d/60-sovereign-uc.conf`;
  const socket = `${directory}/system/systemd-journal-remote.socket.d/60-sovereign-uc.conf`;
  const door = `${directory}/system/journals-door.service`;
  const doorConfiguration = "/etc/haproxy/journals.cfg";
  const timer = `${directory}/system/journals-kept.timer`;
  return {
    packages: ["haproxy", "systemd-journal-remote"],
    files: [
      { path: configuration, content: `[Remote]\n${settings({ SplitMode: "host" }, "=")}` },
      {
        path: plain,
        content: `[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-journal-remote --listen-http=-3 --output=${received}/\n`,
      },
      { path: socket, content: `[Socket]\nListenStream=\nListenStream=0.0.0.0:${keeperPort}\nBindToDevice=lo\n` },
      { path: doorConfiguration, content: journalsDoor(elastic) },
      {
        path: door,
        content: [
          "[Unit]",
          "Description=Senders of journals show their certificates",
          "Wants=network-online.target",
          "After=network-online.target",
          "[Service]",
          "Type=notify",
          `ExecStartPre=/usr/sbin/ip route replace local ${senders} dev lo`,
          `ExecStartPre=/usr/sbin/haproxy -c -q -f ${doorConfiguration}`,
          `ExecStart=/usr/sbin/haproxy -Ws -f ${doorConfiguration}`,
          "Restart=always",
          "RestartSec=5",
          "NoNewPrivileges=yes",
          "PrivateTmp=yes",
          "ProtectHome=yes",
          "ProtectSystem=strict",
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
      { path: "/usr/local/lib/sovereign-uc/keep-journals", content: scripts.keepJournals, mode: "0755" },
      {
        path: `${directory}/system/journals-kept.service`,
        content: [
          "[Unit]",
          "Description=Old journals of other hosts go",
          "[Service]",
          "Type=oneshot",
          `Environment=KEPT_IN=${received} KEPT_BYTES=${keptBytes} KEPT_DAYS=365`,
          "ExecStart=/usr/local/lib/sovereign-uc/keep-journals",
          "",
        ].join("\n"),
      },
      {
        path: timer,
        content: [
          "[Unit]",
          "Description=Old journals of other hosts go, each minute",
          "[Timer]",
          "OnCalendar=minutely",
          "AccuracySec=10s",
          "[Install]",
          "WantedBy=timers.target",
          "",
        ].join("\n"),
      },
    ],
    units: [
      { name: "systemd-journal-remote.socket", files: [socket] },
      { name: "systemd-journal-remote.service", files: [configuration, plain] },
      { name: "journals-door.service", files: [door, doorConfiguration, journalPaths.authority, certificate, key] },
      { name: "journals-kept.timer", files: [timer] },
    ],
    openings: [inbound("tcp", journalPort, [range.toString()], "journals of the network's hosts")],
  };
}

/** A sender has one connection, and a new one while the old one is still being ended. */
const connectionsPerSender = 8;

/** HAProxy before the keeper: see {@link journalPort}. */
const journalsDoor = (elastic: Cidr | undefined): string =>
  [
    "global",
    "  maxconn 2100",
    "  log /dev/log local0",
    "  user haproxy",
    "  group haproxy",
    "  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets",
    "",
    "defaults",
    "  mode http",
    "  log global",
    "  option dontlognull",
    "  timeout connect 5s",
    "  timeout client 30s",
    "  timeout http-request 10s",
    "  timeout http-keep-alive 10m",
    // The keeper answers once a sender has nothing more to send for now.
    "  timeout server 10m",
    "",
    "frontend journals",
    `  bind :${journalPort} ssl crt ${journalPaths.keeper.certificate} ca-file ${journalPaths.authority} verify required`,
    "  maxconn 2000",
    "  stick-table type ip size 10k expire 30s store conn_cur",
    "  tcp-request connection track-sc0 src",
    `  tcp-request connection reject if { sc0_conn_cur gt ${connectionsPerSender} }`,
    "  http-request deny unless { method POST } { path /upload }",
    `  acl shared ssl_c_s_dn(CN) -m str ${sharedSender}`,
    ...(elastic === undefined
      ? ["  http-request deny if shared"]
      : [
          `  http-request deny if shared !{ src ${elastic.toString()} }`,
          `  http-request set-dst src,regsub(^[0-9]+[.][0-9]+,${senderOf("0.0")}) if shared`,
        ]),
    "  http-request set-dst ssl_c_s_dn(CN) unless shared",
    `  http-request deny unless { dst ${senders} }`,
    "  default_backend keeper",
    "",
    "backend keeper",
    "  http-reuse never",
    `  server keeper 0.0.0.0:${keeperPort}`,
    "",
  ].join("\n");
