import { image, locked, reference } from "../../../components/core/images";
import { catalogueImages } from "../../../components/services/registry";
import { jitsiImages } from "../../../components/services/jitsi/images";

test("an image is named in the operator's registry, never upstream", () => {
  // In a clone whose mirror has locked it, the digest follows.
  expect(image("registry.crisis.example.ch", jitsiImages.jvb)).toMatch(
    /^registry\.crisis\.example\.ch\/jitsi\/jvb:stable-11146-2(@sha256:[0-9a-f]{64})?$/,
  );
});

test("a locked image is named by its content", () => {
  const digest = `sha256:${"0".repeat(64)}` as const;
  expect(reference("registry.example.ch", "a/b", { upstream: "docker.io/a/b", version: "1", digest })).toBe(
    `registry.example.ch/a/b:1@${digest}`,
  );
});

describe("the lock file", () => {
  const wanted = { upstream: "docker.io/a/b", version: "1" } as const;
  const digest = `sha256:${"0".repeat(64)}` as const;

  test("gives an image the digest that was seen for its upstream and version", () => {
    expect(locked("a/b", wanted, { "a/b": { ...wanted, digest } })).toEqual({ ...wanted, digest });
  });

  test.each([
    ["of another version", { ...wanted, version: "2", digest }],
    ["of another upstream", { ...wanted, upstream: "quay.io/a/b", digest }],
    ["without a digest", { ...wanted, digest: "latest" }],
    ["that is not there", undefined],
  ])("locks nothing by a row %s", (_, row) => {
    expect(locked("a/b", wanted, row === undefined ? {} : { "a/b": row })).toEqual(wanted);
  });
});

test("every image of the catalogue has a version that does not move, and an upstream of the same name", () => {
  for (const { path, upstream, version } of catalogueImages) {
    const repository = upstream.slice(upstream.indexOf("/") + 1);
    // A publisher may keep several programs in one repository and tell them apart by their tags: here each has a path of its own.
    const program = path.slice(repository.length);
    expect(path).toBe(`${repository}${program}`);
    if (program !== "") expect(version).toContain(program);
    expect(version).toMatch(/\d/);
    expect(version).not.toMatch(/^(latest|stable|unstable)$/);
  }
});

test("an image of an importer's own is named by the same function, with its digest", () => {
  const digest = `sha256:${"1".repeat(64)}` as const;
  expect(
    image("registry.example.ch", { path: "wiki", upstream: "registry.example.org/wiki", version: "4", digest }),
  ).toBe(`registry.example.ch/wiki:4@${digest}`);
});

test("no path stands twice in the catalogue with two versions", () => {
  const paths = catalogueImages.map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(new Set(paths).size).toBe(paths.length);
});
