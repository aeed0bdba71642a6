import { image, images, reference } from "../../../components/core/images";

test("an image is named in the operator's registry, never upstream", () => {
  expect(image("registry.crisis.example.ch", "jitsi/jvb")).toBe("registry.crisis.example.ch/jitsi/jvb:stable-11146-2");
});

test("a locked image is named by its content", () => {
  const digest = `sha256:${"0".repeat(64)}` as const;
  expect(reference("registry.example.ch", "a/b", { upstream: "docker.io/a/b", version: "1", digest })).toBe(
    `registry.example.ch/a/b:1@${digest}`,
  );
});

test("every image of the catalogue has a version that does not move, and an upstream", () => {
  for (const [path, { upstream, version }] of Object.entries(images)) {
    expect(upstream.endsWith(`/${path}`)).toBe(true);
    expect(version).toMatch(/\d/);
    expect(version).not.toMatch(/^(latest|stable|unstable)$/);
  }
});

test("an image that the catalogue lacks is refused", () => {
  expect(() => image("registry.example.ch", "jitsi/jibri" as never)).toThrow(
    /expected an image of the catalogue: jitsi\/web, .*got "jitsi\/jibri"; add it there first/,
  );
});
