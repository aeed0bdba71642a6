import type { RunningHost } from "./host";
import { must } from "./outside";

/** Programs of a gateway's units, with their rendered configuration, as Debian's units start them. */
export const gatewayPrograms = ["unbound", "squid", "haproxy"] as const;

export type GatewayProgram = (typeof gatewayPrograms)[number];

/** Starts a gateway's programs on its running host, and waits until each listens. */
export async function startGateway(host: RunningHost): Promise<void> {
  await host.sh(
    "mkdir -p /run/haproxy /run/squid /var/log/squid /var/spool/squid && chown proxy:proxy /run/squid /var/log/squid /var/spool/squid",
  );
  for (const name of gatewayPrograms) await startGatewayProgram(host, name);
}

export async function startGatewayProgram(host: RunningHost, name: GatewayProgram): Promise<void> {
  // Where this machine lets nobody open as many files as systemd does, the limit of connections is lower than the rendered one; it is no part of what is asked here.
  const files = Number((await host.sh("ulimit -Hn")).trim());
  const fewer = files < 524_288 ? ["-n", String(Math.floor(files / 2) - 100)] : [];
  const [command, port] = (
    {
      unbound: [["-d", "-d", "-p", "-c", "/etc/unbound/unbound.conf"], 53],
      squid: [["--foreground", "-f", "/etc/squid/squid.conf"], 3128],
      haproxy: [["-W", "-db", ...fewer, "-f", "/etc/haproxy/haproxy.cfg", "-p", "/run/haproxy.pid"], 443],
    } as const
  )[name];
  await host.listening(name, host.start(name, [must(name, name), ...command]), port);
}
