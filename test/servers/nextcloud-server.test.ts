/** The script that is the server's configuration, run by a real PHP: settings, secrets and variables come together, and what is missing stops it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsFile } from "../../components/services/nextcloud/config";
import { scripts } from "../../components/services/nextcloud/files";
import { secretFiles } from "../../components/services/nextcloud/settings";
import { describeWith } from "../support/programs/programs";

describeWith(["php8.2"], "the configuration of a hub", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-hub-"));
  const secrets = Object.values(secretFiles).filter((name) => name !== secretFiles.storeEncryption);

  beforeEach(() => {
    for (const name of ["settings", "secrets", "code"]) mkdirSync(join(folder, name), { recursive: true });
    for (const name of secrets) writeFileSync(join(folder, "secrets", name), `the content of ${name}\n`);
    writeFileSync(join(folder, "code", "version.php"), "<?php $OC_Version = [34, 0, 2, 1];");
    writeFileSync(join(folder, "config.php"), scripts.config["config.php"] ?? "");
    writeFileSync(
      join(folder, "settings", "settings.json"),
      settingsFile({
        name: "hub",
        domain: "hub.example.ch",
        proxies: "10.42.0.0/16",
        folders: { data: "/data", trust: "/trust", run: "/run/hub" },
        database: { name: "hub", user: "hub" },
        cache: { port: 6379 },
        store: { host: "store.example.ch", port: 443, bucket: "files", region: "house", encrypted: false },
        relay: { host: "mail.example.ch", port: 465, user: "hub", from: "hub@example.ch" },
      }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (more: Readonly<Record<string, string>> = {}) =>
    spawnSync(
      "php8.2",
      [
        "-d",
        "display_errors=stderr",
        "-r",
        `include '${folder}/config.php'; echo json_encode($CONFIG, JSON_THROW_ON_ERROR);`,
      ],
      {
        encoding: "utf8",
        env: {
          ...process.env,
          HUB_SETTINGS: join(folder, "settings"),
          HUB_SECRETS: join(folder, "secrets"),
          HUB_CODE: join(folder, "code"),
          HUB_DATABASE: "db.example.ch:5432",
          HUB_CACHE: "tls://cache.example.ch",
          ...more,
        },
      },
    );

  test("has every secret in its place, and the version of the code that runs", () => {
    const { stdout } = read();
    expect(JSON.parse(stdout)).toMatchObject({
      installed: true,
      version: "34.0.2.1",
      config_is_read_only: true,
      dbhost: "db.example.ch:5432",
      dbpassword: "the content of database",
      passwordsalt: "the content of salt",
      redis: { host: "tls://cache.example.ch", password: "the content of cache" },
      objectstore: { arguments: { key: "the content of store-key", secret: "the content of store-secret" } },
      mail_smtppassword: "the content of relay",
      has_internet_connection: false,
      trusted_domains: ["hub.example.ch"],
    });
    expect(stdout).not.toMatch(/\$secret|\$variable/);
  });

  test("leaves version and installation to the task while that installs or upgrades", () => {
    const config = JSON.parse(read({ HUB_CHANGES: "yes" }).stdout) as Readonly<Record<string, unknown>>;
    expect(config["config_is_read_only"]).toBe(false);
    expect(config).not.toHaveProperty("installed");
    expect(config).not.toHaveProperty("version");
  });

  test("stops where a secret or a variable is missing", () => {
    expect(read({ HUB_CACHE: "" })).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("no HUB_CACHE") as string,
    });
    writeFileSync(join(folder, "secrets", secretFiles.salt), "");
    expect(read()).toMatchObject({ stdout: "", stderr: expect.stringContaining("no content in") as string });
  });
});
