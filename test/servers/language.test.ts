/**
 * A language model's server as it is rendered, run for real with weights at random: its answers are noise, what is asked is who gets one, of what form, and what is kept.
 * Upstream's own sources, of the image's build.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tier } from "../../components/core/tier";
import { bucketClient } from "../../components/kubernetes/bucket-client";
import { languageScripts } from "../../components/services/language/files";
import { serverArgs, serverEnv } from "../../components/services/language/server";
import { apiPort, secretFiles } from "../../components/services/language/settings";
import { describeWithNamespaces } from "../isolation/possible";
import { type Background, background, until } from "../support/programs/background";
import { describeWithLlama, llamaServer } from "../support/programs/llama";
import { Issuer } from "./nextcloud-ground";
import { startStore, type Store, storeKey } from "./recording-store";
import { host, SealedNetwork } from "./sealed-network";
import { tinyModel } from "./tiny-model";

jest.setTimeout(120_000);

const weights = tinyModel();
const sha256 = createHash("sha256").update(weights).digest("hex");
const [present, before] = ["the key of now, long enough", "the key before it, as long"];
const secretWord = "zeppelin";

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly data?: readonly { readonly id: string }[];
    readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
    readonly timings?: { readonly cache_n?: number };
    readonly choices?: readonly {
      readonly finish_reason: string;
      readonly message: { readonly content: string };
    }[];
  };
}

describeWithLlama(["ip", "nft"], "a language model's server", () => {
  describeWithNamespaces(["ip", "nft"], "in a network that leads nowhere", () => {
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-language-"));
    const network = new SealedNetwork();
    const issuer = new Issuer("words language");
    let server: Background | undefined;

    const ask = (method: string, path: string, key?: string, body?: object): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const headers = {
          "content-type": "application/json",
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        };
        const place = { host: host(1), port: apiPort, servername: "words-server", ca: issuer.certificate };
        const asked = request({ ...place, method, path, headers }, (answer) => {
          let text = "";
          answer.on("data", (part: Buffer) => (text += part.toString()));
          answer.on("end", () => {
            const json = answer.headers["content-type"]?.includes("json") === true;
            resolve({ status: answer.statusCode ?? 0, text, body: (json ? JSON.parse(text) : {}) as Answer["body"] });
          });
        });
        asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
      });
    const chat = (content: string, more: object = {}): Promise<Answer> =>
      ask("POST", "/v1/chat/completions", present, {
        model: "mistral-7b",
        messages: [{ role: "user", content }],
        max_tokens: 16,
        ...more,
      });

    beforeAll(async () => {
      network.start({ "words-server": [host(1)] }, 1);
      const pair = issuer.issue("words-server", ["words-server"], ["server_auth"]);
      const files: Readonly<Record<string, string>> = {
        [secretFiles.keys]: `${present}\n${before}\n`,
        [secretFiles.certificate]: pair.certificate,
        [secretFiles.key]: pair.key,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const file = join(folder, "weights.gguf");
      writeFileSync(file, weights);
      const args = serverArgs({
        ...{ sha256, model: "mistral-7b", questions: 1, context: 2_048, graphics: false, cores: 1 },
        paths: { weights: file, secrets: folder },
        listen: { host: host(1), port: apiPort },
      });
      const [command = "", ...prefix] = network.prefix;
      const variables = Object.entries(serverEnv).map(([name, value]) => `${name}=${value}`);
      server = background(command, [...prefix, "env", ...variables, llamaServer() ?? "", ...args], folder);
      await until("the server to be healthy", async () => {
        server?.mustRun();
        return ask("GET", "/health").then(
          ({ status }) => status === 200,
          () => false,
        );
      });
    });

    afterAll(async () => {
      await server?.stop();
      network.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("answers whoever has the key of now or the one before, and nobody else", async () => {
      for (const key of [present, before]) {
        const { status, body } = await ask("GET", "/v1/models", key);
        expect(status).toBe(200);
        expect(body.data?.map(({ id }) => id)).toEqual(["mistral-7b"]);
      }
      const paths = ["/v1/models", "/v1/chat/completions", "/completion", "/props", "/tokenize"];
      for (const key of [undefined, "a guess"])
        for (const path of paths) expect((await ask("POST", path, key, {})).status).toBe(401);
    });

    // Pages are not in this build: that they are switched off in the image is not seen here.
    test("shows no questions under way and no figures, and its settings cannot be changed", async () => {
      for (const path of ["/slots", "/metrics"]) {
        const { status } = await ask("GET", path, present);
        expect([404, 501]).toContain(status);
      }
      expect((await ask("POST", "/props", present, {})).status).toBe(501);
    });

    test("gives an answer of the form that was asked for", async () => {
      const letters = { type: "string", pattern: "^[a-z]{1,8}$" };
      const schema = {
        type: "object",
        properties: { decision: letters, owner: letters },
        required: ["decision", "owner"],
        additionalProperties: false,
      };
      const { status, body } = await chat("What was decided?", {
        max_tokens: 200,
        response_format: { type: "json_schema", json_schema: { name: "minutes", strict: true, schema } },
      });
      expect(status).toBe(200);
      const minutes = JSON.parse(body.choices?.[0]?.message.content ?? "") as Record<string, string>;
      expect(Object.keys(minutes).sort()).toEqual(["decision", "owner"]);
      for (const word of Object.values(minutes)) expect(word).toMatch(/^[a-z]{1,8}$/);
    });

    test("says when an answer was cut off", async () => {
      const { status, body } = await chat("Tell all of it.", { max_tokens: 3 });
      expect(status).toBe(200);
      expect(body.choices?.[0]?.finish_reason).toBe("length");
      expect(body.usage?.completion_tokens).toBe(3);
    });

    test("refuses a question that is longer than what it looks at, in words", async () => {
      const { status, text } = await chat("a ".repeat(4_000));
      expect(status).toBe(400);
      expect(text).toMatch(/context/);
    });

    test("keeps no question: the same one is read anew, and the log has no word of it", async () => {
      const first = await chat(`Who flew the ${secretWord}?`);
      const again = await chat(`Who flew the ${secretWord}?`);
      expect(first.body.usage?.prompt_tokens).toBeGreaterThan(10);
      expect(again.body.timings?.cache_n ?? 0).toBe(0);
      expect(server?.log()).not.toContain(secretWord);
    });

    test("asks nothing of anybody, and reads no file that a question names", async () => {
      const picture = { type: "image_url", image_url: { url: "https://pictures.example.org/cat.png" } };
      const file = { type: "image_url", image_url: { url: `file://${join(folder, secretFiles.keys)}` } };
      for (const part of [picture, file]) {
        const { status, text } = await ask("POST", "/v1/chat/completions", present, {
          messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, part] }],
        });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(text).not.toContain(present);
      }
      expect(network.attempts()).toBe(0);
    });
  });
});

describe("weights of a model", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-weights-"));
  const models = join(folder, "models");
  let store: Store;

  /** The script that runs before the server. */
  const fetched = (digest: string): Promise<{ readonly code: number; readonly said: string }> =>
    new Promise((resolve) => {
      const key = (value: string) => ({ value, version: "1" });
      const { env } = bucketClient(
        {
          ...{ endpoint: store.endpoint, bucket: "models", region: "us-east-1" },
          ...{ accessKey: key(storeKey.access), secretKey: key(storeKey.secret) },
          ...{ port: 80, peer: tier("store", "store-gateway", {}) },
        },
        [],
      );
      const environment = {
        ...env,
        ...{ PATH: process.env["PATH"], RCLONE_RETRIES: "1" },
        RCLONE_CONFIG_STORE_ACCESS_KEY_ID: storeKey.access,
        RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: storeKey.secret,
        ...{ MODELS: models, WEIGHTS: "models/words/tiny.gguf", WEIGHTS_SHA256: digest },
      };
      execFile("sh", [join(folder, "fetch-weights.sh")], { env: environment }, (error, _, said) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, said }),
      );
    });

  beforeAll(async () => {
    mkdirSync(models);
    for (const [name, text] of Object.entries(languageScripts)) writeFileSync(join(folder, name), text);
    store = await startStore(folder, "models");
    mkdirSync(join(folder, "buckets", "models", "words"), { recursive: true });
    writeFileSync(join(folder, "buckets", "models", "words", "tiny.gguf"), weights);
  });

  afterAll(async () => {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("come from the bucket under the name of their digest", async () => {
    await expect(fetched(sha256)).resolves.toEqual({ code: 0, said: "" });
    expect(readdirSync(models)).toEqual([`${sha256}.gguf`]);
    expect(readFileSync(join(models, `${sha256}.gguf`)).equals(weights)).toBe(true);
    rmSync(join(models, `${sha256}.gguf`));
  });

  test("that are others than planned are thrown away, in words", async () => {
    const { code, said } = await fetched("0".repeat(64));
    expect(code).toBe(1);
    expect(said).toContain(
      `expected weights with the SHA-256 ${"0".repeat(64)} in models/words/tiny.gguf, got ${sha256}`,
    );
    expect(readdirSync(models)).toEqual([]);
  });

  test("that were changed on the way are thrown away", async () => {
    store.falsify = (step, body) => (step.startsWith("GET") ? Buffer.from(body).fill(1, 1_000, 1_010) : body);
    const { code } = await fetched(sha256);
    store.falsify = (_, body) => body;
    expect(code).not.toBe(0);
    expect(existsSync(join(models, `${sha256}.gguf`))).toBe(false);
  });
});
