import { inbound, outbound } from "../../core/openings";
import { Recipe } from "../recipe";
import { settings } from "../text";

/**
 * Journals leave the host that wrote them, over TLS: a host sends its own to a gateway, a gateway to the next one. Senders know their keeper by a
 * certificate of the gateways' own authority. The keeper knows a sender by its private address, after which it names the file: Debian builds it
 * without GnuTLS, so it asks nobody for a certificate (`TrustedCertificateFile` has no effect there); the filter lets in the private range alone.
 * The sender refuses to start without a certificate, so all hosts hold one.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | port 19532, the folder of what is received, that it runs as a user of its own | /lib/systemd/system/systemd-journal-remote.{socket,service} | Debian's systemd-journal-remote 252.39-1~deb12u2 |
 * | the sender is a member of the group `systemd-journal` and remembers how far it came | /lib/systemd/system/systemd-journal-upload.service | the same |
 * | keys of both configurations; none limits what is kept | /etc/systemd/journal-{remote,upload}.conf | the same |
 * | "-GNUTLS": the keeper checks no certificate | `systemd-journal-remote --version` | the same |
 */
export const journalPort = 19532;

/** What a host shows and trusts; the files come as secrets. */
export const journalPaths = {
  authority: "/etc/sovereign-uc/journals/authority.pem",
  sender: { certificate: "/etc/sovereign-uc/journals/sender.pem", key: "/etc/sovereign-uc/journals/sender.key" },
  keeper: { certificate: "/etc/sovereign-uc/journals/keeper.pem", key: "/etc/sovereign-uc/journals/keeper.key" },
  forwarder: {
    certificate: "/etc/sovereign-uc/journals/forwarder.pem",
    key: "/etc/sovereign-uc/journals/forwarder.key",
  },
} as const;

const directory = "/etc/systemd";
/** Where a host's own sender finds its destination. */
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

/** A gateway that keeps the journals of the network's hosts for 90 days, and never more than 8 GiB of them. */
export function keepsJournals(range: string): Recipe {
  const { certificate, key } = journalPaths.keeper;
  const configuration = `${directory}/journal-remote.conf.d/60-sovereign-uc.conf`;
  const membership = `${directory}/system/systemd-journal-remote.service.d/60-sovereign-uc.conf`;
  const timer = `${directory}/system/journals-kept.timer`;
  return {
    packages: ["systemd-journal-remote"],
    files: [
      {
        path: configuration,
        content: `[Remote]\n${settings(
          {
            SplitMode: "host",
            ServerKeyFile: key,
            ServerCertificateFile: certificate,
          },
          "=",
        )}`,
      },
      // The group that may read the key.
      { path: membership, content: "[Service]\nSupplementaryGroups=systemd-journal\n" },
      {
        path: `${directory}/system/journals-kept.service`,
        content: [
          "[Unit]",
          "Description=Old journals of other hosts go",
          "[Service]",
          "Type=oneshot",
          `ExecStart=/usr/bin/journalctl --directory=${received} --vacuum-time=90d --vacuum-size=8G`,
          "",
        ].join("\n"),
      },
      {
        path: timer,
        content: [
          "[Unit]",
          "Description=Old journals of other hosts go, daily",
          "[Timer]",
          "OnCalendar=daily",
          "Persistent=true",
          "[Install]",
          "WantedBy=timers.target",
          "",
        ].join("\n"),
      },
    ],
    units: [
      { name: "systemd-journal-remote.socket", files: [] },
      {
        name: "systemd-journal-remote.service",
        files: [configuration, membership, certificate, key],
      },
      { name: "journals-kept.timer", files: [timer] },
    ],
    openings: [inbound("tcp", journalPort, [range], "journals of the network's hosts")],
  };
}
