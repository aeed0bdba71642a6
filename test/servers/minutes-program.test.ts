/** The worker's program as pods get it: one file of everything, fetched from a store by its digest. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFlags } from "../../components/services/minutes/limits";
import { certificateFor } from "../support/certificates";

const service = join(__dirname, "../../components/services/minutes");

/** Runs Node, and returns how it ended. */
async function node(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const started = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    started[stream].on("data", (part: Buffer) => (said[stream] += part.toString()));
  const [status] = (await once(started, "close")) as [number | null];
  return { status, ...said };
}

describe("the program of the minutes worker", () => {
  const folder = mkdtempSync(join(tmpdir(), "minutes-program-"));
  const program = join(folder, "worker.cjs");
  const fetched = join(folder, "fetched.cjs");
  const tls = certificateFor(["localhost"]);
  let store: Server;
  let sha256 = "";
  beforeAll(async () => {
    const { status, stdout } = await node([join(service, "bundle.mjs"), program], { PATH: process.env.PATH ?? "" });
    expect(status).toBe(0);
    sha256 = stdout.trim();
    store = createServer({ cert: tls.certificate, key: tls.privateKey }, (request, response) => {
      if (request.url === "/minutes/worker.cjs") response.end(readFileSync(program));
      else if (request.url === "/elsewhere") response.writeHead(302, { location: "/minutes/worker.cjs" }).end();
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(store, "listening");
    writeFileSync(join(folder, "ca.crt"), tls.certificate);
  }, 120_000);
  beforeEach(() => rmSync(fetched, { force: true }));
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fetchIt = (change: Readonly<Record<string, string>> = {}) =>
    node([join(service, "files/fetch-worker.mjs")], {
      WORKER_URL: `https://localhost:${(store.address() as AddressInfo).port}/minutes/worker.cjs`,
      WORKER_SHA256: sha256,
      WORKER_FILE: fetched,
      NODE_EXTRA_CA_CERTS: join(folder, "ca.crt"),
      ...change,
    });
  const at = (path: string) => ({ WORKER_URL: `https://localhost:${(store.address() as AddressInfo).port}${path}` });

  it("is one file with the digest that its making prints, the same each time, and larger than a ConfigMap", async () => {
    expect(sha256).toBe(createHash("sha256").update(readFileSync(program)).digest("hex"));
    const again = join(folder, "again.cjs");
    const { stdout } = await node([join(service, "bundle.mjs"), again], { PATH: process.env.PATH ?? "" });
    expect(stdout.trim()).toBe(sha256);
    expect(statSync(program).size).toBeGreaterThan(1_048_576);
  }, 120_000);

  it("comes from the store as it is, and says what settings it lacks", async () => {
    expect(await fetchIt()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(fetched).equals(readFileSync(program))).toBe(true);
    const { status, stderr } = await node([...nodeFlags, fetched], { MINUTES_SECRETS: folder });
    expect(status).toBe(1);
    expect(stderr).toContain("expected MINUTES_BUCKET_ENDPOINT, got nothing");
    expect(stderr).toContain("expected MINUTES_CHAT_URL, MINUTES_MAIL_HOST or both, got neither");
    expect(stderr).toContain("expected a secret file client-secret, got none");
  }, 60_000);

  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      "another digest",
      () => ({ WORKER_SHA256: "5".repeat(64) }),
      /expected a program with the SHA-256 5{64} at .* got [0-9a-f]{64};/,
    ],
    ["no file", () => at("/minutes/other.cjs"), /got the answer 404; put the file there/],
    ["a way to another place", () => at("/elsewhere"), /redirect/],
    ["a store of another authority", () => ({ NODE_EXTRA_CA_CERTS: "" }), /certificate/],
  ])(
    "is not there with %s",
    async (_, change, said) => {
      const { status, stderr } = await fetchIt(change());
      expect(stderr).toMatch(said);
      expect(status).toBe(1);
      expect([existsSync(fetched), existsSync(`${fetched}.part`)]).toEqual([false, false]);
    },
    60_000,
  );
});
