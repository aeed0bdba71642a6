/** The ground of Talk's servers in tests: certificates as the component issues them, and a stand-in for the web servers. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:https";
import { once } from "node:events";
import { keyOutputs, parsedKey } from "../../stacks/tools/rehearsal/simulated/tls/keys";
import { certificate, holderOf } from "../../stacks/tools/rehearsal/simulated/tls/x509";
import { text } from "../../stacks/tools/rehearsal/simulated/values";
import { outside } from "./sealed-network";

export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** An authority, and certificates of it with the uses that `CertificateAuthority` gives them. */
export class Issuer {
  private readonly key = text(keyOutputs("ECDSA", 0, "P256"), "privateKeyPem") ?? "";
  private readonly self;
  readonly certificate: string;

  constructor(name: string) {
    const own = { subject: { commonName: name }, isCaCertificate: true, validityPeriodHours: 24 };
    const holder = holderOf(own, parsedKey(this.key));
    this.self = { subject: holder.subject, key: parsedKey(this.key), keyIdentifier: undefined };
    const allowedUses = ["cert_signing", "crl_signing", "digital_signature"];
    this.certificate = certificate(holder, this.self, { ...own, allowedUses }).pem;
  }

  issue(
    commonName: string,
    dnsNames: readonly string[],
    uses: readonly string[] = ["server_auth", "client_auth"],
  ): Pair {
    const key = text(keyOutputs("ECDSA", 0, "P256"), "privateKeyPem") ?? "";
    const holder = holderOf({ subject: { commonName }, dnsNames: [...dnsNames] }, parsedKey(key));
    const allowedUses = ["digital_signature", "key_encipherment", ...uses];
    return { certificate: certificate(holder, this.self, { validityPeriodHours: 24, allowedUses }).pem, key };
  }
}

/** Headers by which a back end signs what it says to a signaling server, and the other way round (docs/standalone-signaling-api-v1.md, "Backend requests"). */
export const signed = (secret: string, body: string): Readonly<Record<string, string>> => {
  const random = "0123456789abcdef0123456789abcdef";
  return {
    "spreed-signaling-random": random,
    "spreed-signaling-checksum": createHmac("sha256", secret)
      .update(random + body)
      .digest("hex"),
  };
};

/** A stand-in for the web servers with Talk: the answers that a signaling server asks for, to none but one that signs with the secret. */
export class BackEnd {
  readonly refused: string[] = [];
  private readonly server: Server;

  constructor(
    private readonly secret: string,
    pair: Pair,
  ) {
    this.server = createServer({ cert: pair.certificate, key: pair.key }, (asked, answer) => {
      let body = "";
      asked.on("data", (part: Buffer) => (body += part.toString()));
      asked.on("end", () => {
        const [status, data] = asked.method === "GET" ? [200, capabilities] : this.answer(asked.headers, body);
        answer.writeHead(status, { "content-type": "application/json" });
        answer.end(JSON.stringify({ ocs: { meta: { status: "ok", statuscode: status, message: "" }, data } }));
      });
    });
  }

  async start(): Promise<void> {
    await once(this.server.listen(443, outside), "listening");
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), "close");
  }

  private answer(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): [number, object] {
    const random = String(headers["spreed-signaling-random"]);
    const wanted = createHmac("sha256", this.secret)
      .update(random + body)
      .digest();
    const given = Buffer.from(String(headers["spreed-signaling-checksum"]), "hex");
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      this.refused.push("checksum");
      return [403, {}];
    }
    const asked = JSON.parse(body) as {
      readonly type: string;
      readonly auth?: { readonly params?: { readonly ticket?: string; readonly userid?: string } };
      readonly room?: { readonly roomid: string };
    };
    if (asked.type === "auth" && asked.auth?.params?.ticket !== "a ticket of this back end")
      return [
        200,
        { type: "error", error: { code: "invalid_ticket", message: "The given ticket is not valid for this user." } },
      ];
    if (asked.type === "auth")
      return [200, { type: "auth", auth: { version: "1.0", userid: asked.auth?.params?.userid, user: {} } }];
    if (asked.type === "room")
      return [
        200,
        {
          type: "room",
          room: {
            version: "1.0",
            roomid: asked.room?.roomid,
            properties: {},
            permissions: ["publish-media", "publish-screen"],
          },
        },
      ];
    return [200, { type: asked.type, [asked.type]: { version: "1.0" } }];
  }
}

/** Part of what a server with Talk can do: that it asks for signaling by version 3 of its interface. */
const capabilities = {
  capabilities: { spreed: { features: ["signaling-v3"], config: { signaling: {} }, version: "24.0.0" } },
};
