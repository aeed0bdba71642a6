/** `npm run live -- BLUEPRINT`: a deployment on this machine to look around in. See `usage`. */
import { spawn } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { freePorts } from "../support/programs/background";
import { setUp } from "../support/programs/setup";
import { messaging } from "./messaging";
import { type LiveOptions, startLive } from "./start-live";

const deployments: Readonly<Record<string, LiveOptions>> = { crisis: {}, messaging };

const usage = `npm run live -- BLUEPRINT [options]

  Runs what a blueprint renders on a real Kubernetes in namespaces of this machine: hosts with their filters, gateways, pods. Needs root on Debian.
  Prints a kubeconfig, and takes everything away when it is interrupted or its time is over.

  BLUEPRINT       ${Object.keys(deployments).join(" or ")} (default: crisis, of which it runs the meetings)
  --minutes N     how long it stays, 1 to 480 (default: 60)
  --help          prints this`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { minutes: { type: "string", default: "60" }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const [blueprint = "crisis"] = positionals;
  const minutes = Number(values.minutes);
  const problems = [
    ...(deployments[blueprint] !== undefined && positionals.length < 2
      ? []
      : [
          `expected one blueprint out of ${Object.keys(deployments).join(", ")}, got ${positionals.join(" ")}; see --help`,
        ]),
    ...(Number.isInteger(minutes) && minutes >= 1 && minutes <= 480
      ? []
      : [`expected --minutes from 1 to 480, got ${values.minutes}; give a whole number`]),
    ...(process.getuid?.() === 0
      ? []
      : ["expected root, got another user: namespaces, mounts and filters take it; run it as root"]),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  await setUp();

  // Asked for before anything is started, so that an interruption in the middle is heard, too.
  const ended = new Promise<string>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve(signal));
  });
  const { cluster } = await startLive(deployments[blueprint]);
  const over = new Promise<string>((resolve) => {
    setTimeout(
      () => resolve(`${minutes === 1 ? "1 minute is" : `${minutes} minutes are`} over`),
      minutes * 60_000,
    ).unref();
  });
  const [port = 0] = await freePorts(1);
  const path = join(tmpdir(), `sovereign-uc-live-${process.pid}.kubeconfig`);
  const forward = spawn(
    "socat",
    [
      `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`,
      `EXEC:nsenter --net=${cluster.wires.path("client")} socat STDIO TCP\\:${cluster.door}\\:6443`,
    ],
    { stdio: "ignore" },
  );
  try {
    writeFileSync(path, cluster.administrators(`https://127.0.0.1:${port}`));
    chmodSync(path, 0o600);
    process.stdout.write(
      [
        "",
        await cluster.kubectl(["get", "pods", "-A", "-o", "wide"]),
        "Look around (the way leads through a gateway, as an administrator's does):",
        `  ${await cluster.kubectlPath()} --kubeconfig ${path} get nodes`,
        `Logs of everything that is no pod: ${cluster.folder}/hosts/*/logs`,
        "A shell on a host:",
        ...cluster.shells().map((line) => `  ${line}`),
        `It ends after ${minutes} min, or with Ctrl-C.`,
        "",
      ].join("\n"),
    );
    process.stderr.write(`${await Promise.race([ended, over])}: taking everything away\n`);
  } finally {
    forward.kill();
    rmSync(path, { force: true });
    await cluster.stop();
  }
}

main().catch((problem: Error) => {
  process.stderr.write(`${problem.message}\n`);
  process.exitCode = 1;
});
