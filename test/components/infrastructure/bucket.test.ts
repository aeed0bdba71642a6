import * as pulumi from "@pulumi/pulumi";
import { Bucket, type BucketArgs, exoscale, givenSecret, hetzner } from "../../../components";
import type { Cloud } from "../../../components/clouds/cloud";
import { bucketPolicy } from "../../../components/clouds/hetzner/store";
import { deploy, type Outputs } from "../../support/mocks";

const cloud = exoscale({ templateId: "00000000-0000-4000-8000-000000000012" });
const args: BucketArgs = { cloud, location: "ch-dk-2", accessKey: "key of the store", secretKey: "hush" };
/** Arguments as a program without types gives them. */
type Loose = { readonly [K in keyof BucketArgs]?: unknown };
const inHetzner: Loose = { cloud: hetzner({ project: "1234567" }), location: "fsn1", encryptedByWriters: true };
const via = { peer: { name: "gateways", ranges: ["10.20.0.2/32"] }, port: 3128 };
/** Keys as the provider answers. */
const answers: Outputs = ({ type, name }) =>
  type === "exoscale:index/iamApiKey:IamApiKey" ? { key: `id of ${name}`, secret: `secret of ${name}` } : {};
const made = (more: Loose = {}, name = "backups") =>
  deploy(
    () => {
      const { bucket, endpoint, region } = new Bucket(name, { ...args, ...more } as BucketArgs);
      return { bucket, endpoint, region };
    },
    { outputs: answers },
  );

test("a bucket is private, versioned, protected, and its store is a plain string", async () => {
  const { one, outputs } = await made();
  expect(outputs).toEqual({ bucket: "backups", endpoint: "https://sos-ch-dk-2.exo.io", region: "ch-dk-2" });
  expect(one("pulumi:providers:minio", "backups-store").inputs).toMatchObject({
    minioServer: "sos-ch-dk-2.exo.io",
    minioRegion: "ch-dk-2",
    minioSsl: "true",
  });
  const bucket = one("minio:index/s3Bucket:S3Bucket", "backups");
  expect(bucket.inputs).toEqual({ bucket: "backups", acl: "private", objectLocking: false, forceDestroy: false });
  expect(bucket.opts.protect).toBe(true);
  expect(one("minio:index/s3BucketVersioning:S3BucketVersioning", "backups-versioning").inputs).toEqual({
    bucket: "backups",
    versioningConfiguration: { status: "Enabled" },
  });
});

test("the keys of the store are secrets, even if the caller gave plain text, and no input of the component", async () => {
  const { one } = await made({ accessKey: pulumi.output("key of the store") });
  expect([...one("pulumi:providers:minio", "backups-store").secrets].sort()).toEqual(["minioPassword", "minioUser"]);
  const component = JSON.stringify(one("sovereign-uc:index:Bucket", "backups").inputs);
  expect(component).toContain("ch-dk-2");
  expect(component).not.toMatch(/hush|key of the store/);
});

test("a bucket that is not kept is not protected, and object locking is set at creation", async () => {
  const { one } = await made({ keepData: false, lockable: true, bucket: "ministry-backups" });
  const bucket = one("minio:index/s3Bucket:S3Bucket", "backups");
  expect(bucket.opts.protect).toBe(false);
  expect(bucket.inputs).toMatchObject({ bucket: "ministry-backups", objectLocking: true });
});

test("Hetzner's store takes a bucket whose objects can be locked too", async () => {
  const { one, outputs } = await made({ ...inHetzner, lockable: true });
  expect(outputs["endpoint"]).toBe("https://fsn1.your-objectstorage.com");
  expect(one("minio:index/s3Bucket:S3Bucket", "backups").inputs).toMatchObject({ objectLocking: true });
});

describe("is refused", () => {
  const { objectStore: _, ...bare }: Cloud = hetzner();
  const without: Cloud = { ...bare, absent: { objectStore: "take another cloud for it" } };
  const unlocked: Cloud = {
    ...cloud,
    objectStore: { ...cloud.objectStore, endpoint: () => "store.example.ch", region: () => "eu", retention: false },
  };
  const key = { accessKey: givenSecret("CHAT"), secretKey: givenSecret("hush") };
  test.each<[string, Loose, RegExp]>([
    [
      "a cloud without an object store",
      { cloud: without, location: "fsn1" },
      /cloud: .*got "hetzner"; take another cloud for it/,
    ],
    ["no cloud", { cloud: undefined as never }, /cloud: expected a cloud, got nothing/],
    ["a location that is none", { location: "us-east-1" }, /location: expected an Exoscale zone/],
    [
      "no keys",
      { accessKey: "", secretKey: undefined as never },
      /accessKey: .*got nothing[^]*secretKey: .*got nothing/,
    ],
    [
      "a secret that is no text",
      { secretKey: 5 as never },
      /secretKey: expected the secret of the store's API, got "number"/,
    ],
    [
      "a word that only counts as true",
      { keepData: "false" as never },
      /keepData: expected true or false, got "false"/,
    ],
    ["another such word", { lockable: "no" as never }, /lockable: expected true or false, got "no"/],
    ["a name in capitals", { bucket: "Backups" }, /bucket: expected a name/],
    ["a name that is too short", { bucket: "ab" }, /bucket: expected a name of 3 to 63 characters/],
    ["a lock where there is none", { cloud: unlocked, lockable: true }, /lockable: expected a store that can lock/],
    [
      "a store that encrypts nothing, with no word of its writers",
      { ...inHetzner, encryptedByWriters: undefined },
      /encryptedByWriters: expected encryptedByWriters: true, since the store of hetzner encrypts nothing by itself, got nothing; let whoever writes encrypt/,
    ],
    [
      "one whose writers do not encrypt",
      { ...inHetzner, encryptedByWriters: false },
      /encryptedByWriters: .*, got false/,
    ],
    ["a word that is none", { encryptedByWriters: "yes" }, /encryptedByWriters: expected true or false, got "yes"/],
    [
      "days of former versions where the store deletes none",
      { formerDays: 30 },
      /formerDays: expected a store that deletes former versions by itself, got "exoscale"/,
    ],
    [
      "evidence, which no store locks by itself",
      { evidenceDays: 400 },
      /evidenceDays: expected a store that can be told to lock whatever is written to a bucket, got "exoscale"; plan the bucket with evidenceDays in planStorage/,
    ],
    ["no days", { ...inHetzner, formerDays: 0 }, /formerDays: expected a whole number of days/],
    [
      "a key where the store makes them",
      { services: { chat: key } },
      /services: chat: expected a service without a key, got "one with a key"; leave it out/,
    ],
    [
      "a service without a key where none is made",
      { ...inHetzner, services: { chat: {} } },
      /services: chat: accessKey: expected a secret .*\n.*services: chat: secretKey: expected a secret/,
    ],
    [
      "keys without the number of their project",
      { ...inHetzner, cloud: hetzner(), services: { chat: key } },
      /services: expected the number of the project, got nothing; give it as hetzner\(\{ project \}\)/,
    ],
    [
      "rights that there are not",
      { services: { chat: { rights: "all" } } },
      /services: chat: rights: expected rights out of write, read, expire/,
    ],
    [
      "a key that expires where the store does",
      { ...inHetzner, services: { expiry: { ...key, rights: "expire" } } },
      /services: expiry: rights: expected rights out of write, read, where the store .*, got "expire"; give formerDays to the bucket/,
    ],
    ["a service that is none", { services: { chat: "write" } }, /services: chat: expected a service, got "write"/],
    ["a service's name in capitals", { services: { Chat: {} } }, /services: Chat: expected a name/],
    ["services that are a list", { services: ["chat"] }, /services: .*expected services by name/],
    ["a generation that is none", { keyGeneration: "a b" }, /keyGeneration: expected a word/],
    ["a key with a typing error", { services: { chat: { right: "read" } } }, /right: expected one of the keys rights/],
  ])("%s", async (_, more, message) => {
    await expect(made(more)).rejects.toThrow(message);
  });

  test("everything that is wrong, at once", async () => {
    await expect(made({ location: "x", bucket: "ab" })).rejects.toThrow(/location: [^]*bucket: /);
  });
});

describe("services at Exoscale", () => {
  const services = { chat: {}, audit: { rights: "read" } };

  test("have a role and a key each, which allow one bucket and a list of operations", async () => {
    const { one, all } = await deploy(
      () => {
        new Bucket("backups", { ...args, services } as BucketArgs);
      },
      { outputs: answers },
    );
    const role = one("exoscale:index/iamRole:IamRole", "backups-chat").inputs;
    expect(role).toMatchObject({ name: "backups-chat", editable: true });
    const { defaultServiceStrategy, services: of } = role["policy"] as {
      defaultServiceStrategy: string;
      services: Record<string, { type: string; rules: { action: string; expression: string }[] }>;
    };
    expect([defaultServiceStrategy, Object.keys(of), of["sos"]?.type, of["sos"]?.rules.length]).toEqual([
      "deny",
      ["sos"],
      "rules",
      1,
    ]);
    const expressionOf = (name: string): string =>
      (
        one("exoscale:index/iamRole:IamRole", name).inputs["policy"] as {
          services: { sos: { rules: { action: string; expression: string }[] } };
        }
      ).services.sos.rules
        .map(({ action, expression }) => `${action} ${expression}`)
        .join();
    expect(expressionOf("backups-chat")).toMatch(
      /^allow parameters\.bucket == 'backups' && operation in \['head-bucket', /,
    );
    for (const operation of ["put-object", "delete-object", "abort-multipart-upload"]) {
      expect(expressionOf("backups-chat")).toContain(`'${operation}'`);
      expect(expressionOf("backups-audit")).not.toContain(`'${operation}'`);
    }
    for (const name of ["backups-chat", "backups-audit"])
      expect(expressionOf(name)).not.toMatch(/(put|delete|create)-bucket|acl|policy|legal|true/);
    expect(all("exoscale:index/iamApiKey:IamApiKey").map(({ name, inputs }) => [name, inputs["name"]])).toEqual([
      ["backups-chat-key", "backups-chat-1"],
      ["backups-audit-key", "backups-audit-1"],
    ]);
    expect(all("minio:index/s3BucketPolicy:S3BucketPolicy")).toEqual([]);
  });

  test("get the same small value that a store of the house gives, with their own key and its version", async () => {
    const { outputs } = await deploy(
      () => {
        const { accessKey, secretKey, ...access } = new Bucket("backups", { ...args, services } as BucketArgs).access(
          "chat",
          via,
        );
        return {
          access,
          key: pulumi.unsecret(pulumi.output(accessKey.value)),
          secret: pulumi.unsecret(pulumi.output(secretKey.value)),
          version: secretKey.version,
          hidden: pulumi.isSecret(pulumi.output(secretKey.value)),
        };
      },
      { outputs: answers },
    );
    expect(outputs).toEqual({
      access: {
        endpoint: "https://sos-ch-dk-2.exo.io",
        bucket: "backups",
        region: "ch-dk-2",
        peer: via.peer,
        port: 3128,
      },
      key: "id of backups-chat-key",
      secret: "secret of backups-chat-key",
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
      hidden: true,
    });
  });

  test("one that expires lists and deletes versions, and neither reads nor writes", async () => {
    const { one } = await made({ services: { expiry: { rights: "expire" } } });
    expect(JSON.stringify(one("exoscale:index/iamRole:IamRole", "backups-expiry").inputs["policy"])).toContain(
      "parameters.bucket == 'backups' && operation in ['list-object-versions', 'delete-object', 'list-multipart-uploads', 'abort-multipart-upload']",
    );
  });

  test("the types refuse such a key where the store deletes former versions by itself", () => {
    const plain = { ...args, cloud: hetzner(), location: "fsn1", encryptedByWriters: true as const };
    const key = { accessKey: givenSecret("CHAT"), secretKey: givenSecret("hush") };
    // @ts-expect-error -- the bucket's own formerDays do it
    const refused: BucketArgs = { ...plain, services: { expiry: { ...key, rights: "expire" } } };
    const taken: BucketArgs = { ...plain, services: { audit: { ...key, rights: "read" } }, formerDays: 30 };
    expect([refused, taken]).toHaveLength(2);
  });

  test("have another key with another generation", async () => {
    const { one } = await made({ services, keyGeneration: "2" });
    expect(one("exoscale:index/iamApiKey:IamApiKey", "backups-chat-key").inputs).toMatchObject({
      name: "backups-chat-2",
    });
  });
});

describe("services at Hetzner", () => {
  const service = (name: string) => ({
    accessKey: givenSecret(`KEY${name.toUpperCase()}`),
    secretKey: givenSecret(`hush of ${name}`),
  });
  const services = { chat: service("chat"), audit: { ...service("audit"), rights: "read" } };

  test("are the only ones whom the bucket's policy lets in, each with its own actions", async () => {
    const { one } = await made({ ...inHetzner, services, bucket: "ministry-chat" });
    const policy = one("minio:index/s3BucketPolicy:S3BucketPolicy", "backups-policy");
    expect(policy.inputs).toEqual({
      bucket: "ministry-chat",
      policy: bucketPolicy("1234567", "ministry-chat", "key of the store", [
        { accessKeys: ["KEYCHAT"], rights: "write" },
        { accessKeys: ["KEYAUDIT"], rights: "read" },
      ]),
    });
    // It would be open to every key of the project again.
    expect(policy.opts.retainOnDelete).toBe(true);
    const { Statement } = JSON.parse(String(policy.inputs["policy"])) as { Statement: Record<string, unknown>[] };
    expect(Statement.map(({ Effect }) => Effect)).toEqual(["Deny", "Deny", "Deny"]);
    expect(Statement[0]).toMatchObject({
      NotPrincipal: {
        AWS: ["key of the store", "KEYCHAT", "KEYAUDIT"].map((key) => `arn:aws:iam:::user/p1234567:${key}`),
      },
      Action: ["s3:*"],
      Resource: ["arn:aws:s3:::ministry-chat", "arn:aws:s3:::ministry-chat/*"],
    });
  });

  test("are let in with their former key, too, while it is named", async () => {
    const accessKey = { ...givenSecret("KEYNEW", "2"), previous: givenSecret("KEYOLD") };
    const { one } = await made({ ...inHetzner, services: { chat: { ...service("chat"), accessKey } } });
    const { policy } = one("minio:index/s3BucketPolicy:S3BucketPolicy", "backups-policy").inputs;
    expect(String(policy).match(/:KEYOLD/g)).toHaveLength(2);
  });

  test("get their own key", async () => {
    const { outputs } = await deploy(() => {
      const { secretKey } = new Bucket("backups", { ...args, ...inHetzner, services } as BucketArgs).access(
        "audit",
        via,
      );
      return { secret: pulumi.unsecret(pulumi.output(secretKey.value)) };
    });
    expect(outputs).toEqual({ secret: "hush of audit" });
  });

  test("no policy where nobody is named, and former versions go after days", async () => {
    const { all, one } = await made({ ...inHetzner, formerDays: 30 });
    expect(all("minio:index/s3BucketPolicy:S3BucketPolicy")).toEqual([]);
    expect(one("minio:index/ilmPolicy:IlmPolicy", "backups-expiry").inputs).toEqual({
      bucket: "backups",
      rules: [{ id: "former", noncurrentVersionExpirationDays: 30 }],
    });
  });
});

test.each<[string, (bucket: Bucket) => unknown, RegExp]>([
  [
    "a service that was not named",
    (bucket) => bucket.access("mail", via),
    /a service of this bucket: chat, got "mail"; add it/,
  ],
  ["a name that every object has", (bucket) => bucket.access("constructor", via), /a service of this bucket: chat/],
  [
    "no way",
    (bucket) => bucket.access("chat", undefined as never),
    /a way to the store, got nothing; .*platform\.proxy/,
  ],
  ["half a way", (bucket) => bucket.access("chat", { peer: via.peer } as never), /a peer and a port/],
])("access is refused for %s", async (_, ask, message) => {
  await expect(
    deploy(
      () => {
        ask(new Bucket("backups", { ...args, services: { chat: {} } } as BucketArgs));
      },
      { outputs: answers },
    ),
  ).rejects.toThrow(message);
});

test("the compiler refuses what a store has not", () => {
  const key = { accessKey: givenSecret("a"), secretKey: givenSecret("b") };
  const common = { location: "fsn1", accessKey: "a", secretKey: "b" };
  const some: Cloud = cloud;
  const wrong: readonly BucketArgs[] = [
    // @ts-expect-error Exoscale's store deletes no former versions
    { ...common, cloud, formerDays: 30 },
    // @ts-expect-error neither store locks whatever is written
    { ...common, cloud: hetzner(), encryptedByWriters: true, evidenceDays: 400 },
    // @ts-expect-error Exoscale makes the keys
    { ...common, cloud, services: { chat: key } },
    // @ts-expect-error Hetzner's store does not encrypt
    { ...common, cloud: hetzner() },
    // @ts-expect-error Hetzner makes no keys
    { ...common, cloud: hetzner(), encryptedByWriters: true, services: { chat: {} } },
    // @ts-expect-error the store might be one that does not encrypt
    { ...common, cloud: some },
  ];
  const right: readonly BucketArgs[] = [
    { ...common, cloud, services: { chat: { rights: "read" } } },
    { ...common, cloud: hetzner(), encryptedByWriters: true, formerDays: 30, services: { chat: key } },
    { ...common, cloud: some, encryptedByWriters: true },
  ];
  expect([wrong.length, right.length]).toEqual([6, 3]);
});
