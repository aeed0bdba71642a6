/** The script that starts a recorder of an OpenVidu, with stand-ins for upstream's programs, which the tests do not have. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { egress } from "../../components/services/openvidu/egress";
import { scripts } from "../../components/services/openvidu/files";

const password = 'a "password": with \\ everything';

test("a recorder is started with its sound server, and with the cache below the rest of its configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-recorder-"));
  try {
    const program = (name: string, line: string): void =>
      writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    for (const name of ["bin", "secrets", "home"]) mkdirSync(join(folder, name));
    program("pulseaudio", `echo "$@" >"${folder}/sound"`);
    program("egress", 'cat "$2"');
    writeFileSync(join(folder, "secrets/cache.json"), JSON.stringify(password));
    writeFileSync(
      join(folder, "egress.yaml"),
      egress({
        servers: { host: "servers.example.ch", port: 7880 },
        bucket: { endpoint: "https://store.example.ch", bucket: "recordings", region: "ch-gva-2" },
        longestMinutes: 60,
      }),
    );
    const { status, stdout, stderr } = spawnSync("bash", ["-c", scripts.recorder["start-recorder.sh"] ?? ""], {
      encoding: "utf8",
      // From a socket, bash would read the settings of whoever is logged in.
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
        RECORDER_HOME: join(folder, "home"),
        RECORDER_CONFIGURATION: join(folder, "egress.yaml"),
        RECORDER_SECRETS: join(folder, "secrets"),
        // Runs what it is given, as the image's own first process does.
        RECORDER_INIT: "env",
        REDIS_HOST: "cache.example.ch:6379",
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(parse(stdout)).toMatchObject({
      ws_url: "ws://servers.example.ch:7880",
      redis: { address: "cache.example.ch:6379", password, tls: { enabled: true, ca_cert_file: "/trust/cache.crt" } },
    });
    expect(readFileSync(join(folder, "sound"), "utf8")).toContain("--disallow-exit");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
