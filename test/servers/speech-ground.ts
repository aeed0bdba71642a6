/** The ground of the servers of speech in tests: a sealed network, a certificate, keys, and a program in it as the component starts it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverEnv } from "../../components/services/speech/server";
import { apiPort, secretFiles } from "../../components/services/speech/settings";
import { type Background, background, until } from "../support/programs/background";
import { speechPlaces } from "../support/programs/speech";
import { python } from "../support/programs/synapse";
import { Issuer } from "./nextcloud-ground";
import { host, SealedNetwork } from "./sealed-network";

export const [present, before] = ["key0of0now0long0enough", "key0before0it0as0long"];

/** A spoken text, as sound in a WAV file. */
export const spoken = (voice: string, text: string): Buffer =>
  execFileSync("espeak-ng", ["-v", voice, "-s", "140", "--stdout", text], { maxBuffer: 1 << 26 });

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A server of speech. */
export class SpeechGround {
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-speech-"));
  readonly network = new SealedNetwork();
  readonly issuer: Issuer;
  /** Folders for its command line. */
  readonly paths: { readonly scripts: string; readonly models: string; readonly secrets: string };
  readonly listen = { host: host(1), port: apiPort };
  private server: Background | undefined;
  private relay: Server | undefined;

  constructor(private readonly name: string) {
    this.issuer = new Issuer(`${name} speech`);
    this.paths = {
      scripts: join(this.folder, "scripts"),
      models: join(this.folder, "models"),
      secrets: join(this.folder, "secrets"),
    };
  }

  /** Digest of a model's list of digests; the model lies at its place for it, as the pod has it. */
  place(model: string): string {
    const sum = execFileSync("sha256sum", [join(model, "SHA256SUMS")], { encoding: "utf8" }).slice(0, 64);
    mkdirSync(this.paths.models, { recursive: true });
    execFileSync("cp", ["-rs", model, join(this.paths.models, sum)]);
    return sum;
  }

  /** Starts it, and waits until it is healthy. */
  async start(scripts: Readonly<Record<string, string>>, args: readonly string[]): Promise<void> {
    this.network.start({ [this.name]: [host(1)] }, 1);
    const pair = this.issuer.issue(this.name, [this.name], ["server_auth"]);
    const secrets = {
      [secretFiles.keys]: `${present}\n${before}\n`,
      [secretFiles.certificate]: pair.certificate,
      [secretFiles.key]: pair.key,
    };
    for (const [folder, files] of Object.entries({ [this.paths.scripts]: scripts, [this.paths.secrets]: secrets })) {
      mkdirSync(folder);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    }
    const [command = "", ...prefix] = this.network.prefix;
    const variables = { ...serverEnv, PYTHONPATH: speechPlaces()?.packages ?? "", HOME: "/nonexistent" };
    const env = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    this.server = background(
      command,
      [...prefix, "env", "-i", "PATH=/usr/bin:/bin", ...env, python, ...args],
      this.folder,
    );
    await until(
      "the server to be healthy",
      () => {
        this.server?.mustRun();
        return this.ask("GET", "/health").then(
          ({ status }) => status === 200,
          () => false,
        );
      },
      240,
    );
  }

  /** Address without TLS. The worker verifies servers by what its image trusts: something on its own machine does that for it here. */
  async relayed(): Promise<string> {
    if (this.relay === undefined) {
      this.relay = createServer((asked, answer) => {
        const { method, url, headers } = asked;
        const place = { ...this.listen, servername: this.name, ca: this.issuer.certificate };
        asked.pipe(
          request({ ...place, method, path: url, headers }, (from) => {
            answer.writeHead(from.statusCode ?? 502, from.headers);
            from.pipe(answer);
          }).on("error", () => answer.destroy()),
        );
      });
      await once(this.relay.listen(0, "127.0.0.1"), "listening");
    }
    return `http://127.0.0.1:${(this.relay.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.relay?.close();
    await this.server?.stop();
    this.network.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Its last lines. */
  log(): string {
    return this.server?.log() ?? "";
  }

  ask(method: string, path: string, key?: string, form?: FormData): Promise<Answer> {
    return this.send(method, path, key, form === undefined ? undefined : new Response(form));
  }

  private async send(method: string, path: string, key?: string, form?: Response): Promise<Answer> {
    const body = form === undefined ? undefined : Buffer.from(await form.arrayBuffer());
    return new Promise((resolve, reject) => {
      const headers = {
        ...(body === undefined
          ? {}
          : { "content-type": form?.headers.get("content-type") ?? "", "content-length": body.length }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      };
      const place = { ...this.listen, servername: this.name, ca: this.issuer.certificate, agent: false } as const;
      const asked = request({ ...place, method, path, headers }, (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => (text += part.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      asked.on("error", reject).end(body);
    });
  }
}
