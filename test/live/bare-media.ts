/** A LiveKit without anything around it: no gateway, no edge, no filter, no relay, no Kubernetes. What the same load costs there is compared with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { livekit } from "../../components/services/openvidu/livekit";
import { mediaPorts } from "../../components/services/openvidu/settings";
import { type Background, background, until } from "../support/programs/background";
import { program } from "../support/programs/programs";
import { run } from "./run";

export const bareKey = { apiKey: "bare", apiSecret: "the secret of a server that nobody else uses" };

/** A server in a network namespace, with the settings that the rendered ones have. */
export interface BareMedia {
  readonly url: string;
  readonly program: Background;
}

/**
 * Starts one.
 *
 * @param space path of its namespace, which has the address.
 * @param relays names for its STUN servers: the same that the others tell.
 */
export async function bareMedia(
  space: string,
  address: string,
  folder: string,
  relays: readonly string[],
): Promise<BareMedia> {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("api-keys"), JSON.stringify({ [bareKey.apiKey]: bareKey.apiSecret }), { mode: 0o600 });
  const folders = { secrets: folder, trust: folder };
  const configuration = livekit({ relays, participantsPerHost: 100, folders })
    .split("\n")
    // One server needs no cache to find others in.
    .filter((line) => !line.startsWith("redis:"))
    .map((line) => (line.startsWith("key_file:") ? `key_file: "${at("api-keys")}"` : line))
    .join("\n");
  writeFileSync(
    at("livekit.yaml"),
    `${configuration}  node_ip: "${address}"\n  ips: { includes: ["${address}/32"] }\n`,
  );
  const server = background(
    "nsenter",
    [`--net=${space}`, await program("livekit-server"), "--config", at("livekit.yaml"), "--bind", address],
    folder,
  );
  const url = `http://${address}:${mediaPorts.api}`;
  await until("a bare media server to answer", async () => {
    server.mustRun();
    return run("nsenter", [`--net=${space}`, "curl", "-fsS", url]).then(
      () => true,
      () => false,
    );
  });
  return { url, program: server };
}
