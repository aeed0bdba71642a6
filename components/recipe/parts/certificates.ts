import { Recipe } from "../recipe";
import { scripts } from "../scripts";

/**
 * Validity, renewal and warnings of all certificates that the stack issues. Every host looks at its own certificates each day; what ends soon stands in the
 * journal, as a failure of `certificates.service`, and from the last two weeks on in the health check that ends an update.
 *
 * | what | lives | renewed by | warned of |
 * |---|---|---|---|
 * | authorities of Kubernetes and of the stack ({@link CertificateAuthority}) | ten years | nobody: a new one is a step of its own | from the last year on, by every host that has it; k3s makes an event of it as well |
 * | what an authority issues: journals, signalling, administrators' kubeconfig, web certificate | two years | any update in the second | hosts' own: 60 days before; those in Kubernetes and kubeconfigs: unverified, nobody |
 * | a web certificate that the operator brings | as it says | the operator | nobody here |
 * | certificates that k3s issues to its own parts | a year | a start of k3s in the last 120 days; `renew-k3s.timer` sees to one in the last 100 | 60 days before; k3s makes an event of it 120 days before |
 * | tokens of service accounts; the key that signs them | about an hour; for ever | the kubelet; nobody | not needed |
 * | tokens of hosts that join; Tang's, WireGuard's and SSH keys | for ever, or minutes for hosts that the cloud made | nobody | not needed |
 *
 * | claim | file | revision |
 * |---|---|---|
 * | k3s issues for 365 days (`CATTLE_NEW_SIGNED_CERT_EXPIRATION_DAYS` would change it) | rancher/dynamiclistener, cert/cert.go, factory | read 2026-11-28, revision not shown |
 * | it renews at its start what has `CertificateRenewDays` = 120 left | k3s-io/k3s, pkg/daemons/config/types.go; issue 12171 | read 2026-11-28, revision not shown |
 * | an agent asks for new certificates at each start | k3s-io/k3s, pkg/agent/config/config.go | 001a6d9 |
 * | events `CertificateExpirationWarning`, and for authorities a year ahead `CACertificateExpirationWarning` | k3s-io/k3s, pkg/certmonitor/certmonitor.go | 037a0b6 |
 */
const program = "/usr/local/lib/sovereign-uc/certificates";
const daily = "/etc/systemd/system/certificates.timer";

/** Check of a host's certificates. */
export const watchedCertificates: Recipe = {
  packages: ["openssl"],
  files: [
    { path: program, content: scripts.certificates, mode: "0755" },
    {
      path: "/etc/systemd/system/certificates.service",
      content: oneshot("Names certificates that end soon", `${program} 60 365`),
    },
    {
      path: daily,
      content: timer("A look at the certificates every day", ["OnCalendar=daily", "RandomizedDelaySec=1h"]),
    },
    {
      path: "/etc/sovereign-uc/checks.d/20-certificates",
      mode: "0755",
      content: `#!/bin/sh\n# No certificate ends within days.\nexec ${program} 14 30\n`,
    },
  ],
  units: [{ name: "certificates.timer", files: [daily] }],
};

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const renew = "/usr/local/lib/sovereign-uc/renew-k3s";
const weekly = "/etc/systemd/system/renew-k3s.timer";

/**
 * Timed restart of k3s. Members of the control plane have a day of the week each, as there are at most seven; the others spread over the week.
 *
 * @param place number of the member in the control plane; undefined for others.
 */
export const renewedCertificates = (place: number | undefined): Recipe => ({
  files: [
    { path: renew, content: scripts.renewK3s, mode: "0755" },
    {
      path: "/etc/systemd/system/renew-k3s.service",
      content: oneshot("Starts k3s again when its certificates come near their end", renew),
    },
    {
      path: weekly,
      content: timer(
        "A look at the certificates of k3s every week",
        place === undefined
          ? ["OnCalendar=Mon 03:00", "RandomizedDelaySec=6d", "FixedRandomDelay=yes"]
          : [`OnCalendar=${days[place % days.length]} 01:00`],
      ),
    },
  ],
  units: [{ name: "renew-k3s.timer", files: [weekly] }],
});

function oneshot(description: string, command: string): string {
  return ["[Unit]", `Description=${description}`, "[Service]", "Type=oneshot", `ExecStart=${command}`, ""].join("\n");
}

function timer(description: string, when: readonly string[]): string {
  return ["[Unit]", `Description=${description}`, "[Timer]", ...when, "[Install]", "WantedBy=timers.target", ""].join(
    "\n",
  );
}
