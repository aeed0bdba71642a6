import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { type Answer, ask, type Asked, json } from "./http";
import { Away, Odd } from "./problems";

export interface NextcloudSettings {
  /** Address of Nextcloud, without a final slash. */
  readonly url: string;
  /** Account that owns the minutes, and a password of its own for this worker. */
  readonly user: string;
  readonly password: string;
  /** Folder of the account that everything goes into. */
  readonly folder: string;
}

/** Recipient of a share: a user, or a guest by mail address. */
export interface Recipient {
  readonly kind: "user" | "mail";
  readonly name: string;
}

/** A share as it stands. */
export interface Share extends Recipient {
  readonly id: string;
}

/** Outcome of sharing with somebody. */
export type Shared = "shared" | "unknown";

const server = "nextcloud";
const shareTypes = { user: 0, mail: 4 } as const;

const sharesShape = z.object({
  ocs: z.object({
    meta: z.object({ statuscode: z.number() }),
    data: z.array(
      z.object({ id: z.union([z.string(), z.number()]), share_type: z.number(), share_with: z.nullish(z.string()) }),
    ),
  }),
});

/**
 * Files and shares of one account.
 *
 * | claim | file of nextcloud/server | revision |
 * |---|---|---|
 * | `GET`, `POST`, `DELETE /ocs/v2.php/apps/files_sharing/api/v1/shares`; `path`, `shareType`, `shareWith`, `permissions`; types 0 for a user and 4 for a mail address; 404 for a user who is not known, 403 for a share that is there already or not allowed | apps/files_sharing/lib/Controller/ShareAPIController.php | 28a377d |
 * | a second share of the same with the same user is refused | lib/private/Share20/Manager.php, userCreateChecks | seen without a revision |
 * | `GET` of a path lists shares of every kind that the account made | ShareAPIController.php, getShares | 28a377d |
 */
export class Nextcloud {
  private readonly authorization: string;

  constructor(private readonly settings: NextcloudSettings) {
    this.authorization = `Basic ${Buffer.from(`${settings.user}:${settings.password}`).toString("base64")}`;
  }

  /** Path of a meeting's folder inside the account. */
  path(folder: string): string {
    return `/${this.settings.folder}/${folder}`;
  }

  /** Makes a folder and those above it; what is there stays. */
  async makeFolder(folder: string): Promise<void> {
    for (const path of [`/${this.settings.folder}`, this.path(folder)])
      // 405: it is there (RFC 4918, 9.3.1).
      await this.dav("MKCOL", path, { expected: [405] });
  }

  /** Writes a file and reads it back. @throws Away where another content came back. */
  async write(folder: string, name: string, body: Buffer, type: string): Promise<void> {
    const path = `${this.path(folder)}/${name}`;
    await this.dav("PUT", path, { body: new Uint8Array(body), headers: { "content-type": type } });
    const back = await this.dav("GET", path, { mostBytes: body.length + 1 });
    const sum = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
    if (sum(back.body) !== sum(body)) throw new Away(server, `another content of ${name} than was written`);
  }

  /** Deletes a folder. @returns false where there was none. */
  async remove(folder: string): Promise<boolean> {
    return (await this.dav("DELETE", this.path(folder), { expected: [404] })).status !== 404;
  }

  /** True if a folder is there. */
  async exists(folder: string): Promise<boolean> {
    const { status } = await this.dav("PROPFIND", this.path(folder), { expected: [404], headers: { depth: "0" } });
    return status !== 404;
  }

  /** Shares of a folder with anybody. Kinds that this worker never makes are given as of kind "mail", so that they go. */
  async shares(folder: string): Promise<readonly Share[]> {
    const query = new URLSearchParams({ path: this.path(folder), format: "json" });
    const answer = await this.ocs("GET", `?${query.toString()}`, { expected: [404] });
    if (answer.status === 404) return [];
    const read = sharesShape.safeParse(json(server, answer));
    if (!read.success) throw new Odd(server, "a list of shares of another shape");
    return read.data.ocs.data.map(({ id, share_type: type, share_with: name }) => ({
      id: `${id}`,
      kind: type === shareTypes.user ? "user" : "mail",
      name: name ?? "",
    }));
  }

  /** Shares a folder for reading. Who has it already has it once. */
  async share(folder: string, { kind, name }: Recipient): Promise<Shared> {
    const body = new URLSearchParams({
      path: this.path(folder),
      shareType: `${shareTypes[kind]}`,
      shareWith: name,
      permissions: "1",
      format: "json",
    });
    const { status } = await this.ocs("POST", "", { body, expected: [400, 403, 404] });
    if (status === 404) return "unknown";
    if (status < 300) return "shared";
    const there = (await this.shares(folder)).some((one) => one.kind === kind && one.name === name);
    if (there) return "shared";
    throw new Away(server, `answer ${status} to a share`);
  }

  async unshare(id: string): Promise<void> {
    await this.ocs("DELETE", `/${encodeURIComponent(id)}?format=json`, { expected: [404] });
  }

  private dav(method: string, path: string, asked: Partial<Asked>): Promise<Answer> {
    const whole = `/remote.php/dav/files/${this.settings.user}${path}`.split("/").map(encodeURIComponent).join("/");
    return this.send(`${this.settings.url}${whole}`, method, asked);
  }

  private ocs(method: string, rest: string, asked: Partial<Asked>): Promise<Answer> {
    const address = `${this.settings.url}/ocs/v2.php/apps/files_sharing/api/v1/shares${rest}`;
    return this.send(address, method, { ...asked, headers: { "ocs-apirequest": "true", accept: "application/json" } });
  }

  private send(address: string, method: string, asked: Partial<Asked>): Promise<Answer> {
    return ask(address, {
      server,
      seconds: 60,
      mostBytes: 16 * 1_048_576,
      ...asked,
      method,
      headers: { ...(asked.headers as Record<string, string> | undefined), authorization: this.authorization },
    });
  }
}
