/** PostgreSQL's rendered configuration and scripts, with the real programs: Patroni, pgBackRest, PostgreSQL. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTls } from "node:tls";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynamicConfiguration, patroniConfig } from "../../components/kubernetes/postgres/patroni";
import { pgbackrestConfig } from "../../components/kubernetes/postgres/pgbackrest";
import { authority, issue } from "../live/pki";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";

const scripts = join(__dirname, "..", "..", "components", "kubernetes", "postgres", "files");
const golden = join(__dirname, "..", "golden", "postgres");
const bin = "/usr/lib/postgresql/15/bin";
const settings = { scope: "records", podRange: "10.42.0.0/16", connections: 200, memoryMib: 512, volumeGib: 8 };

/** For `setpriv`, which becomes the program: runs it as Debian's user "postgres", which peers know by its name. */
const asPostgres = (command: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] => [
  "--reuid=postgres",
  "--regid=postgres",
  "--init-groups",
  "env",
  ...Object.entries({ HOME: "/tmp", PATH: `${bin}:/usr/bin:/bin`, LC_ALL: "C.UTF-8", ...env }).map(
    ([key, value]) => `${key}=${value}`,
  ),
  ...command,
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file that the user "postgres" owns. */
function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  execFileSync("chown", ["postgres:postgres", path]);
  return path;
}

describeWith(["patroni", "pgbackrest", "../lib/postgresql/15/bin/postgres", "setpriv"], "PostgreSQL's programs", () => {
  const ca = authority("records-authority");
  const server = issue(ca, { commonName: "records", dnsNames: ["records"], ipAddresses: ["127.0.0.1"] });
  const standby = issue(ca, { commonName: "standby" });

  it("Patroni takes the rendered configuration", () => {
    const config = readFileSync(join(golden, "patroni.yml"), "utf8").replaceAll("/postgres/data", join(folder, "none"));
    const said = spawnSync(
      "setpriv",
      asPostgres(["patroni", "--validate-config", file("patroni.yml", config)], {
        PATRONI_NAME: "records-0",
        PATRONI_KUBERNETES_POD_IP: "10.42.2.2",
        PATRONI_POSTGRESQL_CONNECT_ADDRESS: "10.42.2.2:5432",
        PATRONI_RESTAPI_CONNECT_ADDRESS: "10.42.2.2:8008",
      }),
      { encoding: "utf8" },
    );
    // The one complaint is 3.0's alone (patroni/validator.py; optional in 4.1): `postgresql.pg_hba` takes the place of `bootstrap.pg_hba`.
    expect(`${said.stdout}${said.stderr}`.trim()).toBe("bootstrap.pg_hba  is not defined.");
  });

  it("and refuses one that names its place wrongly, which shows that it reads it", () => {
    const config = readFileSync(join(golden, "patroni.yml"), "utf8").replace('"0.0.0.0:8008"', '"nowhere"');
    const said = spawnSync("setpriv", asPostgres(["patroni", "--validate-config", file("wrong.yml", config)]), {
      encoding: "utf8",
    });
    expect(`${said.stdout}${said.stderr}`).toContain("restapi.listen");
  });

  it.each(["pgbackrest.conf", "restore.conf"])(
    "pgBackRest takes the rendered %s, and refuses a key that it does not know",
    (name) => {
      const text = readFileSync(join(golden, name), "utf8");
      const asked = (content: string): string => {
        const options = ["--stanza=main", "--repo1-type=posix", `--repo1-path=${folder}/empty`];
        const { stdout, stderr } = spawnSync("pgbackrest", [...options, "check"], {
          encoding: "utf8",
          env: {
            PATH: "/usr/bin",
            PGBACKREST_CONFIG: file("asked.conf", content),
            PGBACKREST_REPO1_CIPHER_PASS: "passphrase",
          },
        });
        return `${stdout}${stderr}`;
      };
      mkdirSync(join(folder, "empty"), { recursive: true });
      const taken = asked(text);
      // It has read everything: what it misses is the database.
      expect(taken).toContain("no database found");
      expect(taken).not.toContain("invalid option");
      expect(asked(text.replace("repo1-bundle", "repo1-bundel"))).toContain("invalid option 'repo1-bundel'");
      expect(asked(text.replace("aes-256-cbc", "rot13"))).toContain("'rot13' is not allowed for 'repo1-cipher-type'");
    },
  );

  describe("the keeper beside a real primary", () => {
    let postgres: Background;
    let keeper: Background;
    let api: Server;
    let port: number;
    let current: unknown = {};
    let puts = 0;
    const roles = (logins: readonly { user: string; password: string }[]): string =>
      JSON.stringify({ databases: [{ name: "ledger", locale: "C", logins }] });
    const first = { user: "ledger_1", password: "first password" };
    const second = { user: "ledger_2", password: "second password" };
    const sql = (database: string, question: string): string =>
      execFileSync(
        "setpriv",
        asPostgres([`${bin}/psql`, "-h", join(folder, "run"), "-p", `${port}`, "-d", database, "-XAtc", question]),
        {
          encoding: "utf8",
        },
      ).trim();
    /** Outcome of a login over TLS. */
    const login = ({ user, password }: typeof first, options = "sslmode=verify-full"): string => {
      const said = spawnSync(
        `${bin}/psql`,
        [
          `host=127.0.0.1 port=${port} user=${user} dbname=ledger ${options} sslrootcert=${join(folder, "ca.crt")}`,
          "-XAtc",
          "SELECT current_user",
        ],
        { encoding: "utf8", env: { PATH: "/usr/bin:/bin", PGPASSWORD: password } },
      );
      return said.status === 0 ? said.stdout.trim() : said.stderr;
    };

    beforeAll(async () => {
      [port = 0] = await freePorts(1);
      for (const name of ["run", "repository"]) {
        mkdirSync(join(folder, name));
        execFileSync("chown", ["postgres:postgres", join(folder, name)]);
      }
      for (const [name, content] of [
        ["ca.crt", ca.certificate],
        ["server.crt", server.certificate],
        ["server.key", server.key],
        ["standby.crt", standby.certificate],
        ["standby.key", standby.key],
      ] as const)
        file(name, content, name === "ca.crt" ? 0o644 : 0o600);
      const data = join(folder, "data");
      execFileSync("chown", ["postgres:postgres", folder]);
      execFileSync(
        "setpriv",
        asPostgres([`${bin}/initdb`, "-D", data, "--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums", "-N"]),
      );
      const rendered = (
        JSON.parse(patroniConfig({ ...settings, podRange: "127.0.0.0/8" })) as {
          postgresql: { pg_hba: string[]; pg_ident: string[] };
        }
      ).postgresql;
      file("data/pg_hba.conf", `${rendered.pg_hba.join("\n")}\n`);
      file("data/pg_ident.conf", `${rendered.pg_ident.join("\n")}\n`);
      const repository = pgbackrestConfig({
        folder: "records",
        host: "store",
        bucket: "b",
        region: "r",
        keepFull: 2,
        ownAuthority: false,
      })
        .replace(/^repo1-(s3|storage).*\n/gm, "")
        .replace("repo1-type=s3", "repo1-type=posix")
        .replace("repo1-path=/records", `repo1-path=${folder}/repository`)
        .replaceAll("/postgres/data", data)
        .replaceAll("/run/postgres", join(folder, "run"))
        .replaceAll("/tmp/pgbackrest", join(folder, "lock"))
        .concat(`pg1-port=${port}\n`);
      const environment = {
        PGBACKREST_CONFIG: file("pgbackrest.conf", repository, 0o644),
        PGBACKREST_REPO1_CIPHER_PASS: "passphrase",
      };
      const set = (key: string, value: string): readonly string[] => ["-c", `${key}=${value}`];
      postgres = background(
        "setpriv",
        asPostgres(
          [
            `${bin}/postgres`,
            ...["-D", data, "-p", `${port}`],
            ...set("unix_socket_directories", join(folder, "run")),
            ...set("listen_addresses", "127.0.0.1"),
            ...[
              "ssl=on",
              `ssl_ca_file=${folder}/ca.crt`,
              `ssl_cert_file=${folder}/server.crt`,
              `ssl_key_file=${folder}/server.key`,
            ].flatMap((one) => ["-c", one]),
            ...set("fsync", "off"),
            ...set("log_statement", "all"),
            ...set("log_min_error_statement", "debug5"),
            ...set("archive_mode", "on"),
            ...set("archive_command", 'pgbackrest --stanza=main archive-push "%p"'),
          ],
          environment,
        ),
        folder,
      );
      await until("PostgreSQL to answer", async () => {
        postgres.mustRun();
        return (
          spawnSync("setpriv", asPostgres([`${bin}/pg_isready`, "-h", join(folder, "run"), "-p", `${port}`])).status ===
          0
        );
      });
      // Patroni's API as the keeper sees it: whoever changes something shows a certificate of the authority.
      api = createHttps(
        { ca: ca.certificate, cert: server.certificate, key: server.key, requestCert: true, rejectUnauthorized: true },
        (request, response) => {
          let body = "";
          request.on("data", (chunk: Buffer) => (body += chunk.toString()));
          request.on("end", () => {
            if (request.method === "PUT") {
              puts += 1;
              current = JSON.parse(body);
            }
            response.end(JSON.stringify(current));
          });
        },
      );
      api.listen(0, "127.0.0.1");
      await once(api, "listening");
      const { port: apiPort } = api.address() as { port: number };
      file("roles.json", roles([first]));
      const keeperSettings = {
        socket: join(folder, "run"),
        api: `https://127.0.0.1:${apiPort}`,
        authority: join(folder, "ca.crt"),
        certificate: join(folder, "standby.crt"),
        key: join(folder, "standby.key"),
        fullSeconds: 86_400,
        incrementalSeconds: 3_600,
        dynamic: dynamicConfiguration(settings),
      };
      keeper = background(
        "setpriv",
        asPostgres(
          [
            "python3",
            join(scripts, "look-after.py"),
            file("keeper.json", JSON.stringify(keeperSettings)),
            join(folder, "roles.json"),
          ],
          {
            ...environment,
            PGPORT: `${port}`,
          },
        ),
        folder,
      );
    }, 60_000);
    afterAll(async () => {
      await keeper?.stop();
      await postgres?.stop();
      api?.close();
    });

    it("makes the roles and the database, which belongs to the owner and to nobody else", async () => {
      await until(
        "the login",
        async () => {
          keeper.mustRun();
          return login(first) === "ledger";
        },
        60,
      );
      expect(
        sql("ledger", "SELECT datcollate, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'ledger'"),
      ).toBe("C|ledger");
      expect(sql("ledger", "SELECT has_database_privilege('public', 'ledger', 'CONNECT')")).toBe("f");
      expect(login({ ...first, password: "guessed" })).toContain("password authentication failed");
      expect(login(first, "sslmode=disable")).toContain("no pg_hba.conf entry");
      expect(login({ ...first, user: "postgres" })).toContain("pg_hba.conf rejects connection");
    });

    it("Patroni's dynamic configuration becomes the stack's, once", async () => {
      await until("the configuration", async () => puts > 0, 30);
      expect(current).toEqual(dynamicConfiguration(settings));
    });

    it("a full backup is in the archive, which cannot be read without the passphrase", async () => {
      const info = (passphrase: string) =>
        spawnSync(
          "setpriv",
          asPostgres(["pgbackrest", "--stanza=main", "info"], {
            PGBACKREST_CONFIG: join(folder, "pgbackrest.conf"),
            PGBACKREST_REPO1_CIPHER_PASS: passphrase,
          }),
          { encoding: "utf8" },
        ).stdout;
      await until("a full backup", async () => /full backup/.test(info("passphrase")), 60);
      expect(info("another")).not.toContain("full backup");
      await until("the keeper to say so", async () => keeper.log().includes("the full backup is done"), 30);
    });

    it("while two generations are let in, both work on the same tables; then the first is put out, also where it is connected", async () => {
      file("roles.json", roles([second, first]));
      await until("the second login", async () => login(second) === "ledger", 30);
      expect(login(first)).toBe("ledger");
      const client = background(
        `${bin}/psql`,
        [
          `host=127.0.0.1 port=${port} user=${first.user} password='${first.password}' dbname=ledger sslmode=require`,
          "-XAtc",
          "SELECT pg_sleep(300)",
        ],
        folder,
      );
      await until(
        "a connection",
        async () => sql("ledger", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ledger_1'") === "1",
        30,
      );
      file("roles.json", roles([second]));
      await until(
        "its end",
        async () => sql("ledger", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ledger_1'") === "0",
        30,
      );
      await client.stop();
      expect(login(first)).toMatch(/not permitted to log in|password authentication failed/);
      expect(login(second)).toBe("ledger");
    });

    it("no password and nothing that verifies one is in PostgreSQL's log, even where it logs every statement", () => {
      expect(postgres.log()).toContain("statement:");
      for (const text of [first.password, second.password, "SCRAM-SHA-256$"])
        expect(postgres.log()).not.toContain(text);
    });

    it("the configuration is written once, not at each turn", () => {
      expect(puts).toBe(1);
    });
  });

  describe("the way to the archive", () => {
    const store = issue(ca, { commonName: "store.example.ch", dnsNames: ["store.example.ch"] });

    /** A proxy that knows one destination, whatever its name; `refuses` answers 403. */
    async function proxy(
      target: number,
      refuses = false,
    ): Promise<{ port: number; asked: string[]; close: () => void }> {
      const asked: string[] = [];
      const open = new Set<Socket>();
      const listening = createServer((client) => {
        open.add(client);
        client.once("data", (head: Buffer) => {
          asked.push(head.toString().split("\r\n")[0] ?? "");
          if (refuses) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
          const far = connect(target, "127.0.0.1");
          open.add(far);
          client.write("HTTP/1.1 200 Connection established\r\n\r\n");
          client.pipe(far).pipe(client);
          far.on("error", () => client.destroy());
          client.on("error", () => far.destroy());
        });
      }).listen(0, "127.0.0.1");
      await once(listening, "listening");
      return {
        port: (listening.address() as { port: number }).port,
        asked,
        close: () => {
          for (const socket of open) socket.destroy();
          listening.close();
        },
      };
    }
    it("leads through the first proxy that lets it, asks by name, and leaves the encryption to both ends", async () => {
      const behind = createTls({ cert: store.certificate, key: store.key }, (socket) =>
        socket.on("data", (data) => socket.end(`heard ${data.toString()}`)),
      );
      behind.listen(0, "127.0.0.1");
      await once(behind, "listening");
      const target = (behind.address() as { port: number }).port;
      const [refusing, leading] = [await proxy(target, true), await proxy(target)];
      const [nobody = 0, own = 0] = await freePorts(2);
      const way = background(
        "python3",
        [
          join(scripts, "reach-archive.py"),
          `${own}`,
          "store.example.ch:443",
          ...[nobody, refusing.port, leading.port].map((port) => `127.0.0.1:${port}`),
        ],
        folder,
      );
      const answer = async (): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connectTls(
            { port: own, host: "127.0.0.1", servername: "store.example.ch", ca: ca.certificate },
            () => socket.write("a letter"),
          );
          let text = "";
          socket.on("data", (data) => (text += data.toString()));
          socket.on("end", () => resolve(text));
          socket.on("error", reject);
        });
      try {
        let heard = "";
        await until(
          "an answer",
          async () => {
            way.mustRun();
            heard = await answer().catch(() => "");
            return heard !== "";
          },
          20,
        );
        expect(heard).toBe("heard a letter");
        expect(new Set([...refusing.asked, ...leading.asked])).toEqual(
          new Set(["CONNECT store.example.ch:443 HTTP/1.1"]),
        );
        expect(way.log()).toContain("allow it in the gateways' egress");
      } finally {
        await way.stop();
        refusing.close();
        leading.close();
        behind.close();
      }
    });
  });
});
