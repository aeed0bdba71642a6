import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lockedFile } from "../../components/core/files";
import { k3sFile } from "../../components/recipe/parts/k3s";
import { unlocked } from "../../stacks/locked";
import { builtIn } from "../../stacks/tools/mirror/catalogue";
import { readKeys } from "../../stacks/keys";
import { siteKeys } from "../../stacks/site";

const digest = `sha256:${"a".repeat(64)}`;
const whole = Object.fromEntries(
  builtIn.images.map(({ name, upstream, version }) => [name, { upstream, version, digest }]),
);
const files = { [k3sFile]: { digest } };

test("the digest of k3s is locked under the path from which hosts take it", () => {
  expect(builtIn.files.map(({ key }) => key)).toContain(k3sFile);
  expect(lockedFile(k3sFile, files)).toBe(digest);
  expect(lockedFile(k3sFile, {})).toBeUndefined();
  expect(lockedFile(k3sFile, { [k3sFile]: { digest: "sha256:short" } })).toBeUndefined();
});

test.each<[string, object, object, readonly string[]]>([
  ["nothing, where everything is", whole, files, []],
  ["k3s", whole, {}, [k3sFile]],
  [
    "an image of another version",
    { ...whole, "jitsi/jvb": { ...whole["jitsi/jvb"], version: "older" } },
    files,
    ["jitsi/jvb:stable-11146-2"],
  ],
  [
    "an image with half a digest",
    { ...whole, "jitsi/jvb": { ...whole["jitsi/jvb"], digest: "sha256:1" } },
    files,
    ["jitsi/jvb:stable-11146-2"],
  ],
])("what is not locked is named: %s", (_, images, locked, expected) => {
  expect(unlocked(images as never, locked as never)).toEqual(expected);
});

describe("a stack whose lock is empty", () => {
  const set = (more: Readonly<Record<string, string>>): void => {
    const { config } = parse(readFileSync(join(__dirname, "../../stacks/Pulumi.crisis-hetzner.yaml"), "utf8")) as {
      readonly config: Readonly<Record<string, unknown>>;
    };
    pulumi.runtime.setAllConfig({
      ...Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
      ),
      "sovereign-uc:birthSecret": "a secret of the test's",
      ...more,
    });
  };
  const settings = () => readKeys(new pulumi.Config("sovereign-uc"), siteKeys, "hetzner");
  afterEach(() => pulumi.runtime.setAllConfig({}));
  // With a complete lock file there is nothing to refuse.
  const left = unlocked();

  test("is refused with every name that is missing and what to do", () => {
    set({});
    if (left.length === 0) return expect(() => settings()).not.toThrow();
    expect(() => settings()).toThrow(
      `unlockedMirror: expected locked digests of ${left.join(", ")}, got nothing; run \`npm run mirror\` and commit components/core/images.lock.json`,
    );
  });

  test("goes up if its configuration accepts it", () => {
    set({ "sovereign-uc:unlockedMirror": "accepted" });
    expect(settings().domain).toBe("meet.crisis.example.ch");
  });

  test("names the accepted answer", () => {
    set({ "sovereign-uc:unlockedMirror": "yes" });
    expect(() => settings()).toThrow('unlockedMirror: expected "refused" or "accepted", got "yes"');
  });
});
