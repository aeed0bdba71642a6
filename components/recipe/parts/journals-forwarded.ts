import type { Keys } from "../../core/errors";
import { outbound } from "../../core/openings";
import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings } from "../text";
import { journalPaths, journalPort, senderConfiguration } from "./journals";

/** Destination of journals beside the gateways: a `systemd-journal-remote` of the operator's, or what takes the same requests. */
export interface Collector {
  /** Name in its certificate. It is not looked up. */
  readonly host: string;
  /** Address that the gateways open a connection to; outside the isolated ranges. */
  readonly address: string;
  /** @default 19532 */
  readonly port?: number;
  /** Certificate of the authority that signed the collector's, as PEM. */
  readonly authority: string;
}

export const collectorKeys: Keys<Collector> = {
  host: true,
  address: true,
  port: true,
  authority: true,
};

const directory = "/etc/systemd/system";
const own = "/etc/sovereign-uc/journals";

/** Owner of what is received. */
const user = "systemd-journal-remote";

/**
 * A gateway that sends what it keeps on to the operator's collector, every minute, straight and over TLS. While nobody answers, everything waits in
 * what is kept; what was sent is remembered for each host. A host's own sender is one per host in Debian, with one configuration that takes no second
 * destination, so this one sees another configuration in its place.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | a URL in the configuration and one on the command line exclude each other; configuration files and their keys | src/journal-remote/journal-upload.c | systemd/systemd 0183337 |
 * | with several hosts' files at once, entries older than the last one sent are never sent; told the last one by its state or by `--after-cursor`, it sends that again | tried with the program | Debian's systemd-journal-remote 252.39-1~deb12u2 |
 * | `systemd-journal-remote` is a user of the system's, no dynamic one | /usr/lib/sysusers.d/systemd-remote.conf | the same |
 * | `StateDirectory=` is told as `STATE_DIRECTORY`; a path may be bound over another for one unit | systemd.exec(5) | Debian's systemd 252.39-1~deb12u2 |
 * | a collector asks no sender for a certificate where it was built without GnuTLS; elsewhere it may trust {@link Gateway.journalAuthority} | `systemd-journal-remote --version`; elsewhere unverified | the same |
 */
export function forwardsJournals({ host, address, port = journalPort, authority }: Collector): Recipe {
  const { certificate, key } = journalPaths.forwarder;
  const trusted = `${own}/collector.pem`;
  const timer = `${directory}/journals-forwarded.timer`;
  return {
    packages: ["systemd-journal-remote"],
    files: [
      { path: trusted, content: authority },
      {
        path: `${own}/collector.conf`,
        content: `[Upload]\n${settings(
          {
            URL: `https://${host}:${port}`,
            ServerKeyFile: key,
            ServerCertificateFile: certificate,
            TrustedCertificateFile: trusted,
          },
          "=",
        )}`,
      },
      { path: `${own}/collector.hosts`, content: `127.0.0.1 localhost\n${address} ${host}\n` },
      { path: "/usr/local/lib/sovereign-uc/forward-journals", content: scripts.forwardJournals, mode: "0755" },
      {
        path: `${directory}/journals-forwarded.service`,
        content: [
          "[Unit]",
          "Description=Kept journals go on to the operator's collector",
          "Wants=network-online.target",
          "After=network-online.target",
          "[Service]",
          "Type=oneshot",
          `User=${user}`,
          // The group that may read the key.
          "SupplementaryGroups=systemd-journal",
          "StateDirectory=journals-forwarded",
          `BindReadOnlyPaths=${own}/collector.conf:${senderConfiguration}`,
          `BindReadOnlyPaths=${own}/collector.hosts:/etc/hosts`,
          "ExecStart=/usr/local/lib/sovereign-uc/forward-journals",
          "NoNewPrivileges=yes",
          "PrivateDevices=yes",
          "PrivateTmp=yes",
          "ProtectHome=yes",
          "ProtectSystem=strict",
          "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
          "LimitNOFILE=524288",
          "",
        ].join("\n"),
      },
      {
        path: timer,
        content: [
          "[Unit]",
          "Description=Kept journals go on to the operator's collector, every minute",
          "[Timer]",
          "OnCalendar=minutely",
          "AccuracySec=1s",
          "[Install]",
          "WantedBy=timers.target",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "journals-forwarded.timer", files: [timer] }],
    // To whom it is open is one address; not by user, since the filter is loaded before the package brings its own.
    openings: [
      outbound("tcp", port, [`${address}/${address.includes(":") ? 128 : 32}`], "journals to the operator's collector"),
    ],
  };
}
