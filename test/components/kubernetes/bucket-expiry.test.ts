import { givenBucket, givenSecret } from "../../../components";
import { BucketExpiry, type BucketExpiryArgs } from "../../../components/kubernetes/bucket-expiry";
import { deploy, type Deployment } from "../../support/mocks";
import { object, target } from "./target";

const outside = {
  endpoint: "https://sos-ch-dk-2.exo.io",
  bucket: "archive",
  region: "ch-dk-2",
  accessKey: givenSecret("EXO1"),
  secretKey: givenSecret("hush"),
  peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
  port: 3128,
};

const made = (
  change: { readonly [K in keyof BucketExpiryArgs]?: unknown } = {},
  name = "expiry",
): Promise<Deployment> =>
  deploy(() => {
    new BucketExpiry(name, {
      on: { cluster: target() },
      bucket: givenBucket(outside),
      formerDays: 30,
      ...change,
    } as BucketExpiryArgs);
  });

interface Pod {
  readonly containers: readonly {
    readonly image: string;
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string }[];
  }[];
  readonly hostAliases?: readonly unknown[];
}

const podOf = ({ resources }: Deployment): Pod =>
  (
    object(resources, "CronJob", "expiry")["spec"] as {
      jobTemplate: { spec: { template: { spec: Pod } } };
    }
  ).jobTemplate.spec.template.spec;
const variables = (deployment: Deployment): Record<string, string | undefined> =>
  Object.fromEntries((podOf(deployment).containers[0]?.env ?? []).map(({ name, value }) => [name, value]));

test("runs every night from a stock image of Node, and reaches the store through the gateways' proxy alone", async () => {
  const deployment = await made();
  expect(object(deployment.resources, "CronJob", "expiry")["spec"]).toMatchObject({
    schedule: "41 2 * * *",
    concurrencyPolicy: "Forbid",
  });
  expect(podOf(deployment).containers[0]?.image).toMatch(/^registry\.crisis\.example\.ch\/library\/node:/);
  expect(podOf(deployment).containers[0]?.command).toEqual(["node", "/scripts/expire-versions.mjs"]);
  expect(variables(deployment)).toMatchObject({
    STORE_ENDPOINT: "https://sos-ch-dk-2.exo.io",
    STORE_BUCKET: "archive",
    EXPIRY_FORMER_DAYS: "30",
    EXPIRY_LOCKABLE: "false",
    EXPIRY_DRY_RUN: "false",
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: expect.stringMatching(/^http:/),
  });
  expect(podOf(deployment).hostAliases).toHaveLength(2);
  const { egress } = object(deployment.resources, "NetworkPolicy", "expiry")["spec"] as {
    egress: readonly { to: readonly { ipBlock?: { cidr: string } }[]; ports: readonly { port: number }[] }[];
  };
  const outwards = egress.filter(({ to }) => to.some(({ ipBlock }) => ipBlock !== undefined));
  expect(outwards.flatMap(({ to }) => to.map(({ ipBlock }) => ipBlock?.cidr))).toEqual(outside.peer.ranges);
  expect(outwards.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([3128]);
});

test("keeps its key out of what everybody may read", async () => {
  const { resources } = await made();
  const readable = resources.filter(({ type }) => !type.endsWith(":Secret"));
  expect(JSON.stringify(readable.map(({ inputs }) => inputs))).not.toMatch(/hush|EXO1/);
});

test("a store inside is asked directly, with its own authority", async () => {
  const inside = { ...outside, endpoint: "https://store.example.ch", port: 443, ca: "-----BEGIN CERTIFICATE-----\n" };
  const { HTTPS_PROXY, NODE_EXTRA_CA_CERTS } = variables(await made({ bucket: givenBucket(inside), dryRun: true }));
  expect([HTTPS_PROXY, NODE_EXTRA_CA_CERTS]).toEqual([undefined, "/trust/ca.crt"]);
});

test.each<[string, Parameters<typeof made>[0], RegExp]>([
  ["no days", { formerDays: 0 }, /formerDays: expected a whole number of days/],
  ["days in words", { formerDays: "30" }, /formerDays: expected a whole number of days/],
  ["no bucket", { bucket: undefined }, /bucket: expected a bucket, got nothing; .*bucket\.access\("expiry"/],
  ["a bucket without a way", { bucket: { ...outside, peer: undefined } }, /bucket: expected a bucket with an endpoint/],
  ["a schedule that is none", { schedule: "@daily" }, /schedule: expected a schedule/],
  ["a word for a dry run", { dryRun: "yes" }, /dryRun: expected true or false, got "yes"/],
])("%s is refused", async (_, change, message) => {
  await expect(made(change)).rejects.toThrow(message);
});
