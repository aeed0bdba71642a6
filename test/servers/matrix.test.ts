/** A real Synapse with the rendered configuration: it reads every key, lets people in by the identity provider alone, and asks nobody else anything. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeserver, homeserverGroups } from "../../components/services/matrix/homeserver";
import { metricsPath, secretFiles, synapsePorts } from "../../components/services/matrix/settings";
import { until } from "../support/programs/background";
import { describeWithSynapse, makeSynapse } from "../support/programs/synapse";
import { Homeserver, homeserverPrograms } from "./homeserver";

jest.setTimeout(150_000);

const anna = { sub: "1", preferred_username: "anna", name: "Anna Example" };

describeWithSynapse(homeserverPrograms, "the homeserver", () => {
  const server = new Homeserver();

  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it("every key of its configuration is read by the upstream file that it is said to be read by", () => {
    const packages = makeSynapse();
    const unread = homeserverGroups({ ...server.settings, turn: { urls: [], credentialSeconds: 60 } }).flatMap(
      ({ file, keys }) => {
        const text = readFileSync(join(packages, file), "utf8");
        return (
          Object.keys(keys)
            // A part of it is read as "rc_login.address".
            .filter((key) => !text.includes(`"${key}"`) && !text.includes(`"${key}.`))
            .map((key) => `${file} does not read ${key}`)
        );
      },
    );
    expect(unread).toEqual([]);
  });

  it("refuses to start with a secret in its configuration", () => {
    const yaml = JSON.parse(homeserver(server.settings)) as Record<string, unknown>;
    delete yaml["macaroon_secret_key_path"];
    writeFileSync(
      join(server.folder, "config/secret.yaml"),
      JSON.stringify({ ...yaml, macaroon_secret_key: "in clear" }),
    );
    const [program = "", ...rest] = server.command("config/secret.yaml");
    const { status, stderr, stdout } = spawnSync(program, rest, { env: server.environment, encoding: "utf8" });
    expect(status).not.toBe(0);
    expect(stderr + stdout).toContain("macaroon_secret_key");
  });

  it("lets nobody register, no guests in, and knows no passwords", async () => {
    const registered = await server.ask("POST", "/_matrix/client/v3/register", {
      body: { username: "mallory", password: "p4ssword!" },
    });
    expect([registered.status, registered.json["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
    expect((await server.ask("POST", "/_matrix/client/v3/register?kind=guest", { body: {} })).status).toBe(403);
    const flows = (await server.ask("GET", "/_matrix/client/v3/login")).json["flows"] as readonly {
      readonly type: string;
    }[];
    // Application services are always named; none is registered.
    expect(flows.map(({ type }) => type).sort()).toEqual([
      "m.login.application_service",
      "m.login.sso",
      "m.login.token",
    ]);
    const login = { type: "m.login.password", identifier: { type: "m.id.user", user: "anna" }, password: "guess" };
    expect((await server.ask("POST", "/_matrix/client/v3/login", { body: login })).status).toBeGreaterThanOrEqual(400);
  });

  it("a person logs in at the identity provider; a room is encrypted unless somebody says otherwise; a file comes back to those who may see it", async () => {
    const token = await server.login(anna);
    const who = await server.ask("GET", "/_matrix/client/v3/account/whoami", { token });
    expect(who.json["user_id"]).toBe(`@anna:${server.domain}`);
    const room = String(
      (await server.ask("POST", "/_matrix/client/v3/createRoom", { token, body: { preset: "private_chat" } })).json[
        "room_id"
      ],
    );
    const encryption = await server.ask(
      "GET",
      `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`,
      { token },
    );
    expect(encryption.json["algorithm"]).toBe("m.megolm.v1.aes-sha2");
    const uploaded = await server.ask("POST", "/_matrix/media/v3/upload?filename=a.txt", {
      token,
      raw: Buffer.from("the file"),
    });
    const media = String(uploaded.json["content_uri"]).slice("mxc://".length);
    expect((await server.ask("GET", `/_matrix/client/v1/media/download/${media}`, { token })).text).toBe("the file");
    expect((await server.ask("GET", `/_matrix/client/v1/media/download/${media}`)).status).toBe(401);
    expect((await server.ask("GET", `/_matrix/media/v3/download/${media}`)).status).toBe(404);
  });

  it("its pages show nothing that another has", async () => {
    const { status, text } = await server.ask("GET", "/_synapse/client/oidc/callback?code=x&state=y");
    expect([status, text.includes("<style>"), /<body>\s*\S/.test(text)]).toEqual([400, true, true]);
    expect([...text.matchAll(/\b(?:src|href)="?(https?:[^"\s>]+)/g)].map(([, address]) => address)).toEqual([]);
  });

  it("refuses a login with another client secret", async () => {
    server.write({ [`secrets/${secretFiles.loginClient}`]: "another" });
    await server.restartSynapse();
    await expect(server.login(anna)).rejects.toThrow("expected a login token");
    server.write({ [`secrets/${secretFiles.loginClient}`]: "client-secret-of-the-tests" });
    await server.restartSynapse();
    await server.login(anna);
  });

  it("people stay logged in when its own secrets are exchanged", async () => {
    const token = await server.login(anna);
    server.write({
      [`secrets/${secretFiles.macaroons}`]: "second-macaroons",
      [`secrets/${secretFiles.forms}`]: "second-forms",
      [`secrets/${secretFiles.signingKey}`]: `ed25519 a_2 ${Buffer.alloc(32, 9).toString("base64").replace("=", "")}\n`,
    });
    await server.restartSynapse();
    expect((await server.ask("GET", "/_matrix/client/v3/account/whoami", { token })).status).toBe(200);
    expect((await server.ask("POST", "/_matrix/client/v3/createRoom", { token, body: {} })).status).toBe(200);
  });

  it("serves nothing to other homeservers", async () => {
    for (const path of ["/_matrix/federation/v1/version", "/_matrix/key/v2/server", "/.well-known/matrix/server"])
      expect([path, (await server.ask("GET", path)).status]).toEqual([path, 404]);
  });

  it("tells clients where it is, and names no identity server and no call service", async () => {
    const { json } = await server.ask("GET", "/.well-known/matrix/client");
    expect(json).toEqual({ "m.homeserver": { base_url: `https://${server.domain}/` } });
  });

  it("looks at no addresses in messages", async () => {
    const token = await server.login(anna);
    const preview = await server.ask("GET", "/_matrix/client/v1/media/preview_url?url=https://www.example.org/", {
      token,
    });
    expect(preview.status).toBe(404);
  });

  it("has metrics on a listener of their own, and not on the clients'", async () => {
    expect((await server.ask("GET", metricsPath, { port: synapsePorts.metrics })).text).toContain("synapse_build_info");
    expect((await server.ask("GET", metricsPath)).status).toBe(404);
  });

  it("connects to its database, its cache and the identity provider, and to nobody else in all of this, whatever push gateway a client names", async () => {
    const token = await server.login(anna);
    const pusher = {
      kind: "http",
      app_id: "app",
      pushkey: "key",
      app_display_name: "app",
      device_display_name: "phone",
      lang: "en",
      data: { url: "http://240.0.0.1/_matrix/push/v1/notify" },
    };
    await server.ask("POST", "/_matrix/client/v3/pushers/set", { token, body: pusher });
    const room = String(
      (await server.ask("POST", "/_matrix/client/v3/createRoom", { token, body: {} })).json["room_id"],
    );
    const other = await server.login({ sub: "2", preferred_username: "beat", name: "Beat Example" });
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
    await server.ask("POST", `${path}/invite`, { token, body: { user_id: `@beat:${server.domain}` } });
    await server.ask("POST", `${path}/join`, { token: other, body: {} });
    const sent = await server.ask("PUT", `${path}/send/m.room.message/1`, {
      token: other,
      body: { msgtype: "m.text", body: "anna, hello" },
    });
    expect(sent.status).toBe(200);
    // What is left to send is sent at a start.
    await server.restartSynapse();
    await server.login(anna);
    const calls = readFileSync(server.calls, "utf8");
    const ports = [
      server.settings.database.port,
      server.settings.cache?.port ?? 0,
      Number(new URL(server.provider.issuer).port),
    ];
    const targets = [...calls.matchAll(/sin6?_port=htons\((\d+)\),.*?"([0-9a-f.:]+)"/g)].map(([, port, address]) => ({
      port: Number(port),
      address: address ?? "",
    }));
    // Port 0 asks the kernel which address it would take (getaddrinfo), and sends nothing. The server of metrics asks for the name of its own address, which a pod has
    // in its hosts file and this one has not.
    // A label's length in octal, with three digits where one of the label's own follows that could be read as octal.
    const labels = server.address.split(".").reverse();
    const name = labels.map((label) => `\\\\(?:00)?${label.length}${label}`).join("");
    const ownName = [...calls.matchAll(new RegExp(`${name}\\\\7in-addr\\\\4arpa`, "g"))].length;
    const resolver = targets.filter(({ port }) => port === 53).length;
    expect([resolver - ownName, targets.length > 5]).toEqual([0, true]);
    const real = targets.filter(({ port }) => port !== 0 && port !== 53);
    expect(new Set(real.map(({ port }) => port))).toEqual(new Set(ports));
    expect(real.filter(({ address }) => !/^(127\.0\.0\.1|::1)$/.test(address))).toEqual([]);
  });

  it("answers anybody about its administration under one spelling of the path, which the edge closes", async () => {
    const status = async (path: string): Promise<number> => (await server.ask("GET", path)).status;
    expect(await status("/_synapse/admin/v1/server_version")).toBe(200);
    const others = [
      "//_synapse/admin/v1/server_version",
      "/_synapse//admin/v1/server_version",
      "/_synapse/./admin/v1/server_version",
      "/_synapse/client/../admin/v1/server_version",
      "/_matrix/../_synapse/admin/v1/server_version",
      "/%5fsynapse/admin/v1/server_version",
      "/_synapse/%61dmin/v1/server_version",
      "/_synapse%2fadmin/v1/server_version",
      "/_synapse/admin;a/v1/server_version",
      "/_SYNAPSE/admin/v1/server_version",
    ];
    for (const path of others) expect([path, await status(path)]).toEqual([path, 404]);
  });

  it("talks to a cache whose certificate nobody vouches for: its program verifies none, whatever it is told", async () => {
    expect(server.settings.cache).toBeDefined();
    await server.replaceCacheByStranger();
    await until("the homeserver at the stranger's", async () => server.strangersClients() > 0, 60);
  });
});
