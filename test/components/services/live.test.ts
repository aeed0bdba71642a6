/** The live tests start every image of every service. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { services } from "../../../components/services/registry";
import { catalogued, liveImages } from "../../live/images";
import { imagesOf, type LiveOptions, liveObjects } from "../../live/start-live";

jest.setTimeout(120_000);

const folder = join(__dirname, "..", "..", "live");
/** Files of live tests, and of long ones that `npm run proof` has. */
const files = [...readdirSync(folder), ...readdirSync(join(folder, "proof")).map((name) => join("proof", name))].filter(
  (name) => name.endsWith(".test.ts") && /from "\.{1,2}\/describe-live"/.test(readFileSync(join(folder, name), "utf8")),
);

/** Deployments that a file of live tests asks for. */
function deploymentsOf(file: string): readonly LiveOptions[] {
  asked.length = 0;
  require(join(folder, file));
  return [...asked];
}

const asked: LiveOptions[] = [];
jest.doMock(join(folder, "describe-live"), () => ({
  describeLive: (_: string, options: LiveOptions): void => void asked.push(options),
}));
const deployments = files.flatMap((file) => deploymentsOf(file).map((options) => ({ file, options })));

/** Images that live tests leave out; the table of live images has the reason of each. */
const leftOut = (path: string): boolean => {
  const row = liveImages[path];
  return row !== undefined && "absent" in row && row.absent !== "";
};

describe("the live tests", () => {
  const started = new Set<string>();
  beforeAll(async () => {
    for (const { options } of deployments) {
      const { rendered, objects } = await liveObjects(options);
      for (const name of imagesOf(objects, rendered.registry)) started.add(catalogued(name));
    }
  });

  test.each(services)("run every image of $name that can be had", ({ images }) => {
    const paths = Object.values(images)
      .map(({ path }) => path)
      .filter((path) => !leftOut(path));
    expect(Object.keys(images).length).toBeGreaterThan(0);
    expect(paths.filter((path) => !started.has(path))).toEqual([]);
  });

  test("leave out nothing that runs all the same", () => {
    expect([...started].filter(leftOut)).toEqual([]);
  });
});
