/** A minutes worker with a real S3 store and a real database, and stand-ins for everything else. */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { promisify } from "node:util";
import { nodeFlags } from "../../components/services/minutes/limits";
import { bundled } from "../support/bundled";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { languageServer, type LanguageServer, type Line, speechServer, wav } from "./minutes-models";
import {
  identityServer,
  type Known,
  mailRelay,
  nextcloudAccount,
  nextcloudServer,
  type NextcloudServer,
  type Relay,
} from "./minutes-places";
import { type StandIn } from "./minutes-stand-ins";
import { startStore, type Store, storeKey } from "./recording-store";

/** People of the tests: Anna and Beat sign in, Carla was not there. */
export const known: readonly Known[] = [
  { id: "id-anna", username: "anna.meier", email: "anna.meier@example.ch" },
  { id: "id-beat", username: "beat.roth", email: "beat.roth@example.ch" },
  { id: "id-carla", username: "carla.outsider", email: "carla@example.ch" },
];

/** Two minutes of a meeting. */
export const spoken: readonly Line[] = [
  { from: 2, to: 6, text: "Good morning everybody." },
  { from: 8, to: 14, text: "The power supply of the second site failed on Monday." },
  { from: 19, to: 25, text: "We decide to move the registry to the first site." },
  { from: 30, to: 37, text: "Beat Rothe will order two batteries by 2026-12-15." },
  { from: 44, to: 50, text: "And the next question is about the leased line." },
  { from: 58, to: 63, text: "We decide to keep the leased line." },
  { from: 66, to: 74, text: "Somebody will write to the provider by Friday." },
  { from: 90, to: 97, text: "That is all for today." },
];

/** The record beside a recording of Anna and Beat. */
export const agreed = {
  version: 1,
  confidentiality: "transport",
  consent: { recordedAt: "2026-11-30T08:00:00Z", from: ["Anna Meier", "Beat Roth"] },
} as const;

export interface Rig {
  readonly store: Store;
  readonly speech: StandIn;
  readonly language: LanguageServer;
  readonly nextcloud: NextcloudServer;
  readonly identity: StandIn;
  readonly relay: Relay;
  lines: readonly Line[];
  /** Puts a recording of Jitsi into the bucket as the keeper of recorders does, and the record beside it last, where there is one. */
  jitsi(
    folder: string,
    record: object | undefined,
    options?: { readonly seconds?: number; readonly people?: readonly object[] },
  ): void;
  put(key: string, content: string | Buffer): void;
  /** Starts a worker. It ends with the tests. @param dieAt place between two steps at which it kills itself. */
  start(dieAt?: string): ChildProcess;
  run(words: readonly string[]): Promise<{ readonly status: number; readonly stdout: string }>;
  sql(statement: string): string;
  /** Waits until a meeting is in a state. */
  reached(folder: string, state: string, seconds?: number): Promise<void>;
  pauseDatabase(): Promise<void>;
  resumeDatabase(): Promise<void>;
  readonly logs: string[];
  /** Port of the worker's page. */
  readonly port: number;
  stop(): Promise<void>;
}

export const idOf = (folder: string): string => createHash("sha256").update(`${folder}/`).digest("hex").slice(0, 32);

const bin = "/usr/lib/postgresql/15/bin";

export async function minutesRig(changes: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "minutes-"));
  chmodSync(folder, 0o755);
  const [databasePort = 0, port = 0] = await freePorts(2);
  const database = await startDatabase(folder, databasePort);
  const store = await startStore(folder, "recordings");
  const rigged = { lines: spoken };
  const [speech, language, nextcloud, identity, relay] = await Promise.all([
    speechServer(() => rigged.lines),
    languageServer(),
    nextcloudServer(),
    identityServer(known),
    mailRelay(),
  ]);
  for (const { username } of known) nextcloud.users.add(username);
  const secrets = join(folder, "secrets");
  mkdirSync(secrets);
  for (const [name, text] of Object.entries({
    "bucket-access-key": storeKey.access,
    "bucket-secret-key": storeKey.secret,
    "database-password": "unused",
    "nextcloud-password": nextcloudAccount.password,
    "client-secret": "client secret",
  }))
    writeFileSync(join(secrets, name), text);
  const env = {
    PATH: process.env.PATH ?? "",
    MINUTES_SECRETS: secrets,
    MINUTES_BUCKET_ENDPOINT: store.endpoint,
    MINUTES_BUCKET: "recordings",
    MINUTES_BUCKET_REGION: "us-east-1",
    MINUTES_DATABASE_HOST: "127.0.0.1",
    MINUTES_DATABASE_PORT: `${databasePort}`,
    MINUTES_DATABASE: "minutes",
    MINUTES_DATABASE_USER: "minutes",
    MINUTES_SPEECH_URL: speech.url,
    MINUTES_SPEECH_MODEL: "whisper",
    MINUTES_SPEECH_SECONDS: "5",
    MINUTES_LANGUAGE_URL: language.url,
    MINUTES_LANGUAGE_MODEL: "mistral",
    MINUTES_LANGUAGE_SECONDS: "5",
    MINUTES_NEXTCLOUD_URL: nextcloud.url,
    MINUTES_NEXTCLOUD_USER: nextcloudAccount.user,
    MINUTES_ISSUER: "https://login.crisis.example.ch/realms/crisis",
    MINUTES_IDENTITY_URL: identity.url,
    MINUTES_CLIENT: "minutes",
    MINUTES_MAIL_HOST: "127.0.0.1",
    MINUTES_MAIL_PORT: `${relay.port}`,
    MINUTES_MAIL_FROM: "minutes@example.ch",
    MINUTES_MAIL_TLS: "off",
    MINUTES_PORT: `${port}`,
    MINUTES_PIECE_SECONDS: "30",
    MINUTES_OVERLAP_SECONDS: "6",
    MINUTES_LEASE_SECONDS: "3",
    MINUTES_LOOK_SECONDS: "0.3",
    MINUTES_MOST_ODD: "6",
    MINUTES_WAIT_SECONDS: "0.2",
    MINUTES_LONGEST_WAIT_SECONDS: "1",
    ...changes,
  };
  const child = await bundled("test/servers/minutes-child.ts");
  const workers: ChildProcess[] = [];
  const logs: string[] = [];
  const psql = ["-h", "127.0.0.1", "-p", `${databasePort}`, "-U", "minutes", "-d", "minutes", "-Atc"];
  const sql = (statement: string): string =>
    execFileSync("psql", [...psql, statement], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  // The stand-ins are in this process, and must not stand still while somebody waits.
  const asked = promisify(execFile);
  const put = (key: string, content: string | Buffer): void => {
    const path = join(store.folder, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  return Object.assign(rigged, {
    store,
    speech,
    language,
    nextcloud,
    identity,
    relay,
    put,
    logs,
    port,
    jitsi: (
      name: string,
      record: object | undefined,
      {
        seconds = 100,
        people = [
          { user: { id: "id-anna", name: "Anna Meier" } },
          { user: { id: "id-beat", name: "Beat Roth" } },
          { user: { id: "id-anna", name: "Anna Meier" } },
        ],
      }: { readonly seconds?: number; readonly people?: readonly object[] } = {},
    ): void => {
      const media = wav(seconds);
      const file = "weekly_2026-11-30-08-00-00.wav";
      const sum = createHash("sha256").update(media).digest("hex");
      put(`${name}/${file}`, media);
      put(
        `${name}/metadata.json`,
        JSON.stringify({ meeting_url: "https://meet.example.ch/weekly", participants: people }),
      );
      put(`${name}/SHA256SUMS`, `${sum}  ${file}\n`);
      if (record !== undefined) put(`${name}/minutes.json`, JSON.stringify(record));
    },
    start: (dieAt?: string): ChildProcess => {
      const started = spawn(process.execPath, [...nodeFlags, child], {
        env: { ...env, ...(dieAt === undefined ? {} : { DIE_AT: dieAt }) },
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [started.stdout, started.stderr])
        stream?.on("data", (part: Buffer) => logs.push(...part.toString().split("\n").filter(Boolean)));
      workers.push(started);
      return started;
    },
    // Not waited for in one piece: the stand-ins are in this process.
    run: async (words: readonly string[]) => {
      const started = spawn(process.execPath, [...nodeFlags, child, ...words], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let stdout = "";
      started.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
      const [status] = (await once(started, "close")) as [number | null];
      return { status: status ?? -1, stdout };
    },
    sql,
    reached: (name: string, state: string, seconds = 120): Promise<void> =>
      until(
        `${name} to be ${state}`,
        () =>
          asked("psql", [...psql, `SELECT state FROM minutes_meeting WHERE id = '${idOf(name)}'`]).then(
            ({ stdout }) => stdout.trim() === state,
            () => false,
          ),
        seconds,
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${logs.slice(-15).join("\n")}`);
      }),
    pauseDatabase: () => database.stop(),
    resumeDatabase: () => database.start(),
    stop: async (): Promise<void> => {
      for (const worker of workers) if (worker.exitCode === null && worker.signalCode === null) worker.kill("SIGKILL");
      await Promise.all(
        workers.map(async (worker) => {
          if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
        }),
      );
      for (const one of [speech, language, nextcloud, identity, relay]) one.stop();
      await store.stop();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/** PostgreSQL on loopback, which trusts whoever comes. */
async function startDatabase(
  folder: string,
  port: number,
): Promise<{ readonly start: () => Promise<void>; readonly stop: () => Promise<void> }> {
  const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
    .split(":")
    .slice(2, 4)
    .map(Number);
  const place = join(folder, "database");
  mkdirSync(place);
  chownSync(place, uid, gid);
  const as = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const data = join(place, "data");
  execFileSync(
    "setpriv",
    [
      ...as,
      `${bin}/initdb`,
      "-D",
      data,
      "--username=minutes",
      "--auth=trust",
      "--locale=C",
      "--encoding=UTF8",
      "--no-sync",
    ],
    { stdio: "pipe" },
  );
  const options = [
    "-p",
    `${port}`,
    "-c",
    "fsync=off",
    "-c",
    `unix_socket_directories=`,
    "-c",
    "listen_addresses=127.0.0.1",
  ];
  let server: Background | undefined;
  const answers = (statement: string, name: string): boolean =>
    spawnSync("psql", ["-h", "127.0.0.1", "-p", `${port}`, "-U", "minutes", "-d", name, "-c", statement], {
      stdio: "pipe",
    }).status === 0;
  const start = async (): Promise<void> => {
    server = background("setpriv", [...as, `${bin}/postgres`, "-D", data, ...options], folder);
    await until("PostgreSQL to answer", async () => {
      server?.mustRun();
      return answers("SELECT 1", "postgres");
    });
  };
  await start();
  if (!answers("CREATE DATABASE minutes", "postgres")) throw new Error("expected a database, got none");
  return { start, stop: async () => server?.stop() };
}
