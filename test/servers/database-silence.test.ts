/**
 * Services whose database falls silent, as when its host has died, while another takes its place: connections made with what the services are given, by the libraries that
 * theirs are (ActiveRecord and pg for BigBlueButton's page of rooms and its load balancer; libpq, here below psycopg2, for the hub's PHP), and the probe of mail servers,
 * which cannot be given a limit.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { givenDatabase } from "../../components/core/given-connections";
import { givenSecret } from "../../components/core/secret";
import { tier } from "../../components/core/tier";
import { railsEnv } from "../../components/services/bigbluebutton/rails";
import { scripts } from "../../components/services/mail/files";
import { limitsFile, limitsText, limitsVariables } from "../../components/services/nextcloud/database";
import { tlsFiles } from "../../components/services/storage/settings";
import { type Background, background, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { SealedNetwork } from "./sealed-network";
import { storageCertificates } from "./storage-certificates";
import { databasePassword, databasePort, startStorageDatabase, type StorageDatabase } from "./storage-database";
import { databaseAddress } from "./storage-network";

jest.setTimeout(300_000);

/** Clients ask once and say so; ask again at a word, or at once what is not answered in hours; say that they gave up; and connect anew. */
const clients = {
  "the page of rooms": `
require "logger"
require "active_record"
$stdout.sync = true
ActiveRecord::Base.establish_connection(ENV.fetch("DATABASE_URL"))
ask = ->(query) { ActiveRecord::Base.connection.select_value(query) }
ask.call("SELECT 1")
puts "connected"
sleep 0.1 until ENV["QUERY"] != "SELECT 1" || File.exist?(ENV.fetch("WORD"))
begin
  ask.call(ENV.fetch("QUERY"))
rescue ActiveRecord::StatementInvalid
  puts "gave up"
end
ActiveRecord::Base.connection.reconnect!
puts "again #{ask.call("SELECT 1")}"
`,
  "the importer": `
require "pg"
$stdout.sync = true
lock = PG.connect(ENV.fetch("DATABASE_URL"), options: "-c tcp_keepalives_idle=10")
lock.exec("SELECT 1")
puts "connected"
sleep 0.1 until ENV["QUERY"] != "SELECT 1" || File.exist?(ENV.fetch("WORD"))
begin
  lock.exec(ENV.fetch("QUERY"))
rescue PG::Error
  puts "gave up"
end
puts "again #{PG.connect(ENV.fetch("DATABASE_URL")).exec("SELECT 1").getvalue(0, 0)}"
`,
  "the hub": `
import os, time, psycopg2
def connect():
    made = psycopg2.connect(os.environ["CONNECTION"])
    made.autocommit = True
    return made.cursor()
asked = connect()
asked.execute("SELECT 1")
print("connected", flush=True)
while os.environ["QUERY"] == "SELECT 1" and not os.path.exists(os.environ["WORD"]): time.sleep(0.1)
try:
    asked.execute(os.environ["QUERY"])
except psycopg2.Error:
    print("gave up", flush=True)
again = connect()
again.execute("SELECT 1")
print("again", again.fetchone()[0], flush=True)
`,
} as const;

/** In the place of a mail server: a page of its health, and a connection to the database, on which it asks for TLS at a word, and waits. */
const mailServer = `
import http.server, os, socket, threading, time
held = socket.create_connection((os.environ["DATABASE"], int(os.environ["PORT"])))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words): pass
server = http.server.HTTPServer(("127.0.0.1", 8080), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("connected", flush=True)
while not os.path.exists(os.environ["WORD"]): time.sleep(0.1)
held.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
held.recv(1)
`;

describeWith(
  ["psql", "setpriv", "ip", "nft", "ss", "ruby", "python3", "curl"],
  "services whose database falls silent",
  () => {
    const network = new SealedNetwork();
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-silence-"));
    const word = join(folder, "word");
    const running: Background[] = [];
    let database: StorageDatabase;
    let given: Readonly<Record<string, string>>;

    const inside = (script: string): ReturnType<typeof spawnSync> => {
      const [command = "", ...more] = [...network.prefix, "sh", "-s"];
      return spawnSync(command, more, { input: script, encoding: "utf8", env: { PATH: "/usr/sbin:/usr/bin:/bin" } });
    };
    const filter = (...lines: readonly string[]): void => {
      // In the place of the one before it, so that no packet comes through in between.
      const table = `table ip silence\ndelete table ip silence\ntable ip silence {\n chain in {\n type filter hook input priority -5\n ${lines.join("\n ")}\n }\n}`;
      const { status, stderr } = inside(`nft -f - <<END\n${table}\nEND\n`);
      expect([status, stderr]).toEqual([0, ""]);
    };

    /** Drops every packet of the connections that there are to the database; new ones lead to it, as to another that took its place. @returns number of the connections. */
    const silence = (): number => {
      const { stdout } = inside(`ss -Htn state established 'dst ${databaseAddress} dport = :${databasePort}'`);
      const own = [...String(stdout).matchAll(/:(\d+)\s+\S+:\d+\s*$/gm)].map(([, port]) => port);
      const rule = (one: string, other: string): string =>
        `tcp ${one} ${databasePort} tcp ${other} { ${own.join(", ")} } drop`;
      filter(rule("dport", "sport"), rule("sport", "dport"));
      return own.length;
    };

    const start = (language: readonly string[], script: string, variables: Readonly<Record<string, string>>) => {
      const assigned = Object.entries({ ...variables, WORD: word }).map(([name, value]) => `${name}=${value}`);
      const [command = "", ...more] = [
        ...network.prefix,
        ...["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", ...assigned, ...language, script],
      ];
      const made = background(command, more, folder);
      running.push(made);
      return made;
    };

    beforeAll(async () => {
      network.start({}, 4);
      const tls = join(folder, "tls");
      const place = join(folder, "database");
      for (const one of [tls, place]) mkdirSync(one);
      const { ca, files } = storageCertificates("database.example.ch");
      for (const [name, content] of Object.entries({ ...files, [tlsFiles.database]: ca }))
        writeFileSync(join(tls, name), content);
      spawnSync("chmod", ["0755", folder]);
      database = await startStorageDatabase(network.prefix, place, tls);
      writeFileSync(join(folder, limitsFile), limitsText());
      const rails = railsEnv(
        givenDatabase({
          host: databaseAddress,
          port: databasePort,
          name: "store",
          user: "store",
          password: givenSecret(databasePassword),
          ca,
          peer: tier("data", "records", { postgres: databasePort }),
        }),
      );
      const authority = join(tls, tlsFiles.database);
      given = {
        ...Object.fromEntries(
          Object.entries(rails).filter((one): one is [string, string] => typeof one[1] === "string"),
        ),
        PGHOST: databaseAddress,
        PGPASSWORD: databasePassword,
        PGSSLROOTCERT: authority,
        HOME: folder,
      };
    });
    afterEach(async () => {
      for (const one of running.splice(0)) await one.stop();
      rmSync(word, { force: true });
      inside("nft delete table ip silence");
    });
    afterAll(async () => {
      await database?.stop();
      network.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The string as Doctrine and PHP make it of the hub's settings. */
    const connection = (): string =>
      [
        `host=${databaseAddress} port=${databasePort} dbname=store sslmode=verify-full sslrootcert=${given["PGSSLROOTCERT"] ?? ""}`,
        `sslcert=${folder}/none.crt sslkey=${folder}/none.key sslcrl=${folder}/none.crl`,
        `user='store' password='${databasePassword}' connect_timeout=30`,
      ].join(" ");

    const cases = (Object.keys(clients) as (keyof typeof clients)[]).flatMap((name) => [
      { name, query: "SELECT 1", when: "before it asks" },
      { name, query: "SELECT pg_sleep(7200)", when: "while it waits for an answer" },
    ]);
    const client = ({ name, query }: (typeof cases)[number]): Background =>
      name === "the hub"
        ? start(["python3", "-c"], clients[name], {
            CONNECTION: connection(),
            QUERY: query,
            HOME: folder,
            ...limitsVariables(folder),
          })
        : start(["ruby", "-e"], clients[name], { ...given, QUERY: query });

    test("give up and connect anew, wherever the silence finds them", async () => {
      const all = cases.map((one) => ({ ...one, client: client(one) }));
      for (const { name, client: one } of all)
        await until(`${name} to connect`, () => Promise.resolve(one.log().includes("connected")), 60);
      await until(
        "those that wait to be at it",
        () =>
          Promise.resolve(
            database.sql(
              "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(7200)' AND state = 'active'",
            ) === "3",
          ),
        30,
      );
      expect(silence()).toBe(all.length);
      const begun = Date.now();
      writeFileSync(word, "");
      for (const { name, when, client: one } of all) {
        await until(`${name} to give up, silent ${when}`, () => Promise.resolve(one.log().includes("gave up")), 90);
        process.stderr.write(`${name}, silent ${when}: after ${((Date.now() - begun) / 1_000).toFixed(1)} s\n`);
        await until(`${name} to ask again`, () => Promise.resolve(one.log().includes("again 1")), 30);
      }
    });

    test("are started anew where they are mail servers, as soon as that helps and not before", async () => {
      const server = start(["python3", "-c"], mailServer, { DATABASE: databaseAddress, PORT: `${databasePort}` });
      await until("the server to connect", () => Promise.resolve(server.log().includes("connected")), 30);
      const script = join(folder, "alive.sh");
      writeFileSync(script, scripts.server["alive.sh"] ?? "");
      const alive = (): boolean =>
        inside(`exec sh ${script} http://127.0.0.1:8080/healthz/live ${databaseAddress} ${databasePort}`).status === 0;
      expect(alive()).toBe(true);
      expect(silence()).toBe(1);
      // A connection on which nobody says anything keeps nobody waiting.
      expect(alive()).toBe(true);
      writeFileSync(word, "");
      await until("the probe to see it", () => Promise.resolve(!alive()), 60);
      filter(`tcp dport ${databasePort} drop`);
      // Nobody reaches the database: a start would not bring it back.
      expect(alive()).toBe(true);
      await server.stop();
      expect(alive()).toBe(false);
    });
  },
);
