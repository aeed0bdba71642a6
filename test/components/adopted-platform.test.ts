/** Databases and caches on a cluster that somebody else made: the same plans and arguments as on a platform of ours. */
import {
  AdoptedPlatform,
  givenBucket,
  givenSecret,
  Matrix,
  planMatrix,
  planPostgres,
  planValkey,
  Postgres,
  Valkey,
} from "../../components";
import { offered, type OfferedVolumes } from "../../components/kubernetes/volume";
import { deploy } from "../support/mocks";
import { login } from "./services/matrix/support";
import { target } from "./kubernetes/target";

const store = "https://store.example.ch";
const hosts = ["theirs-1", "theirs-2", "theirs-3"];
const enough: OfferedVolumes = { disks: offered(hosts, { records: { gib: 50 }, "chat-media": { gib: 20 } }) };

const made = (volumes: OfferedVolumes) =>
  deploy(() => {
    const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 50, mediaGib: 20 });
    const records = planPostgres({ name: "records", serves: [chat], gib: 50, archive: store });
    const cache = planValkey({ name: "cache", memoryMib: 64 });
    const pools = { disks: ["10.20.0.140", "10.20.0.141", "10.20.0.142"] };
    const cluster = target({
      volumes,
      hostAddresses: { controlPlane: ["10.20.0.20"], application: ["10.20.0.30"], media: [], pools },
    });
    const platform = new AdoptedPlatform("theirs", { cluster, plans: [chat, records, cache] });
    const bucket = givenBucket({
      endpoint: store,
      bucket: "archive",
      region: "eu",
      accessKey: givenSecret("access key"),
      secretKey: givenSecret("secret key"),
      ...platform.proxy,
    });
    const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
    new Matrix("chat", {
      on: platform,
      plan: chat,
      login: login(),
      database: postgres.database("chat", { from: chat.homeserver }),
      cache: new Valkey("cache", { on: platform, plan: cache }).access({ from: chat.homeserver }),
    });
  });

test("services with databases and caches stand on a cluster that somebody else made, on whichever pool carries their volumes", async () => {
  const { all } = await made(enough);
  expect(
    all("PersistentVolume")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["theirs-1-chat-media-of-chat-synapse", ...[1, 2, 3].map((n) => `theirs-${n}-records-of-records`)]);
  const pools = all("StatefulSet").map(({ name, inputs }) => [
    name,
    /"[^"]*\/pool":"(\w+)"/.exec(JSON.stringify(inputs))?.[1],
  ]);
  expect(Object.fromEntries(pools)).toMatchObject({
    records: "disks",
    "chat-synapse": "disks",
    "cache-replica": "application",
  });
});

test.each<[string, OfferedVolumes, RegExp]>([
  [
    "no pool carries",
    {},
    /"theirs": volumes: \["chat-media"\]: expected one pool of hosts that carries the volume "chat-media", got "none"[^]*\["records"\]: expected one pool/,
  ],
  [
    "two pools carry",
    { ...enough, more: offered(hosts, { records: { gib: 50 } }) },
    /\["records"\]: expected one pool of hosts that carries the volume "records", got "disks, more"; rename it in all pools but one/,
  ],
  [
    "too few hosts carry",
    { disks: offered(hosts.slice(0, 2), { records: { gib: 50 }, "chat-media": { gib: 20 } }) },
    /\["records"\]: expected a volume "records" of at least 50 GiB on at least 3 hosts, got "50 GiB on 2"; enlarge pool disks/,
  ],
])("a volume that %s is refused before anything is made", async (_, volumes, message) => {
  await expect(made(volumes)).rejects.toThrow(message);
});
