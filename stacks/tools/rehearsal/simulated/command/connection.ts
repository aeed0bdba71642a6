import { createHash, createPrivateKey } from "node:crypto";
import { ProviderError, Stores } from "../kind";
import { Machine, machines } from "../machines";
import { sshPublic } from "../tls/keys";
import { number, object, own, Properties, text } from "../values";

/** Host on which a script would run, and the jump host before it. */
export interface Destination {
  readonly machine: Machine;
  readonly through: Machine | undefined;
}

/**
 * The machine at the other end of a connection, as a real network would decide: public addresses answer anybody unless the provider's firewall closes
 * SSH, private ones answer only a jump host in the same network. The errors are those of the real provider (pulumi/pulumi-command v1.2.1, `remote/connection.go`).
 *
 * @param handedOver an existing machine that is not enrolled yet.
 * @throws ProviderError when no machine answers, or one with another key than the pinned one.
 */
export function dial(connection: Properties, stores: Stores, handedOver?: Machine): Destination {
  const all = [...machines(stores), ...(handedOver === undefined ? [] : [handedOver])];
  const host = text(connection, "host") ?? "";
  const proxy = own(connection, "proxy") === undefined ? undefined : object(connection, "proxy");
  if (proxy === undefined) {
    const machine = handedOver ?? all.find(({ publicAddresses }) => publicAddresses.includes(host));
    if (machine === undefined)
      throw new ProviderError(refused(connection, `dial tcp ${endpoint(connection)}: connect: connection refused`));
    if (machine.walledOff === true)
      throw new ProviderError(refused(connection, `dial tcp ${endpoint(connection)}: i/o timeout`));
    handshake(connection, machine, "");
    return { machine, through: undefined };
  }
  const through = all.find(({ publicAddresses }) => publicAddresses.includes(text(proxy, "host") ?? ""));
  if (through === undefined)
    throw new ProviderError(`proxy: ${refused(proxy, `dial tcp ${endpoint(proxy)}: connect: connection refused`)}`);
  if (through.walledOff === true)
    throw new ProviderError(`proxy: ${refused(proxy, `dial tcp ${endpoint(proxy)}: i/o timeout`)}`);
  handshake(proxy, through, "proxy: ");
  const machine = all.find((one) => one.publicAddresses.includes(host) || shared(through, one, host));
  if (machine === undefined)
    throw new ProviderError(`proxy: ${refused(connection, "ssh: rejected: connect failed (Connection refused)")}`);
  handshake(connection, machine, "proxy: ");
  return { machine, through };
}

const shared = (from: Machine, to: Machine, address: string): boolean =>
  to.cloud === from.cloud &&
  to.privateAddresses.some(
    (card) => card.address === address && from.privateAddresses.some(({ network }) => network === card.network),
  );

const endpoint = (connection: Properties): string =>
  `${text(connection, "host") ?? ""}:${number(connection, "port") ?? 22}`;

const refused = (connection: Properties, cause: string): string =>
  `after ${number(connection, "dialErrorLimit") ?? 10} failed attempts: ${cause}`;

function handshake(connection: Properties, machine: Machine, prefix: string): void {
  if (["privateKey", "password", "agentSocketPath"].every((name) => own(connection, name) === undefined))
    throw new ProviderError(
      `${prefix}ssh: handshake failed: ssh: unable to authenticate, attempted methods [none], no supported methods remain`,
    );
  const pinned = text(connection, "hostKey");
  if (pinned === undefined) return;
  const [kind, blob] = pinned.trim().split(/\s+/);
  if (blob === undefined) throw new ProviderError(`${prefix}failed to parse host key: ssh: no key found`);
  if (`${kind ?? ""} ${blob}` !== hostKey(machine))
    throw new ProviderError(`${prefix}ssh: handshake failed: ssh: host key mismatch`);
}

/** Bytes before the 32-byte seed in an encoded Ed25519 key (RFC 8410). */
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** The public host key of a machine: the same for the life of a machine, and different for each machine, also of the same name. */
export function hostKey({ cloud, id, hostKey: known }: Pick<Machine, "cloud" | "id" | "hostKey">): string {
  if (known !== undefined) return known;
  const seed = createHash("sha256").update(`host key of ${cloud} ${id}`).digest();
  const key = sshPublic(createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: "der", type: "pkcs8" }));
  return key === undefined ? "" : `${key.kind} ${key.bytes.toString("base64")}`;
}
