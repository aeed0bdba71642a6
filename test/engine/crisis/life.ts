/** The blueprint `crisis` from creation to destruction, on the real engine. Each cloud has a test file of its own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { engineEnvironment, findEngine, pulumiCommand } from "../../../stacks/tools/rehearsal/engine";
import { folders } from "../../../stacks/tools/rehearsal/folders";
import { engineStack } from "../../../stacks/tools/rehearsal/workspace";
import type { KubernetesObject } from "../../support/programs/apply";
import { kubernetesPrograms, startKubernetes } from "../../support/programs/kubernetes";
import { describeWith } from "../../support/programs/programs";
import { Rehearsal, savedOnce } from "../../support/rehearsal";

const passphrase = "a passphrase of the test's";

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/**
 * The engine's logs by their paths. Every engine on the machine writes into this folder and removes old logs: one that disappears while they are read is
 * looked for again under the name that it may have by then.
 */
function logsBelow(folder: string): readonly (readonly [path: string, text: string])[] {
  const read = new Map<string, string | undefined>();
  for (;;) {
    const left = filesBelow(folder).filter((file) => !read.has(file));
    if (left.length === 0) break;
    for (const file of left) read.set(file, logText(file));
  }
  return [...read].flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const]));
}

/** Undefined for a file that is gone. */
function logText(file: string): string | undefined {
  try {
    const content = readFileSync(file);
    return (file.endsWith(".gz") ? gunzipSync(content, { finishFlush: 2 }) : content).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

interface State {
  readonly deployment: {
    readonly resources: readonly { readonly type: string; readonly outputs?: Readonly<Record<string, unknown>> }[];
  };
}

/** Generated secrets: passwords as they are, keys by the lines of their PEM bodies. */
async function generatedSecrets(
  rehearsal: Rehearsal,
): Promise<{ readonly secrets: readonly string[]; readonly home: string }> {
  const engine = await findEngine();
  const environment = await engineEnvironment(engine);
  const stack = await engineStack({
    stack: rehearsal.stack,
    folders: folders(rehearsal.out, rehearsal.stack),
    command: await pulumiCommand(engine),
    environment: { ...environment, PULUMI_CONFIG_PASSPHRASE: passphrase },
    program: async () => undefined,
  });
  const { deployment } = (await stack.exportStack()) as unknown as State;
  const kept = ["result", "privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"];
  const texts = deployment.resources
    .filter(({ type }) => /^(random|tls):/.test(type))
    .flatMap(({ outputs = {} }) => kept.map((key) => outputs[key]))
    .flatMap((value) =>
      typeof value === "object" && value !== null && "plaintext" in value
        ? [String(JSON.parse(String(value.plaintext)))]
        : [],
    );
  // An elliptic key's file has its public half too, which is also in certificates.
  const publicHalves = deployment.resources
    .filter(({ type }) => type.startsWith("tls:"))
    .flatMap(({ outputs = {} }) =>
      ["publicKeyPem", "publicKeyOpenssh", "certPem", "certRequestPem"].map((key) => String(outputs[key])),
    )
    .join("\n");
  const secrets = texts.flatMap((text) =>
    text.split("\n").filter((line) => line.length >= 24 && !line.startsWith("-----") && !publicHalves.includes(line)),
  );
  return { secrets, home: environment["PULUMI_HOME"] ?? "" };
}

/** The tests of one stack. */
export function livesAndLeavesNothing(stack: "crisis-hetzner" | "crisis-exoscale"): void {
  jest.setTimeout(600_000);
  const rehearsal = new Rehearsal(stack);
  // The first exactly as users have it.
  const asked = stack === "crisis-hetzner" ? {} : { environment: savedOnce };
  let terminal = "";
  beforeAll(async () => {
    const { code, text } = await rehearsal.run([], asked);
    terminal = text;
    if (code !== 0) throw new Error(text);
  });
  afterAll(() => rehearsal.remove());

  test("goes up, with a verdict and a report in the last lines", () => {
    expect(terminal.trim().split("\n").slice(-2).join("\n")).toMatch(/went up[^]*Report: .*report\.html$/);
    expect(existsSync(join(rehearsal.folder, "report.html"))).toBe(true);
  });

  test("no generated secret is in clear in the state, the clouds, the log, the report, user data or on the terminal", async () => {
    const { secrets, home } = await generatedSecrets(rehearsal);
    expect(secrets.length).toBeGreaterThan(50);
    const places: readonly (readonly [string, string])[] = [
      ["the terminal", terminal],
      ...filesBelow(rehearsal.out).map((file) => [file, readFileSync(file, "utf8")] as const),
      ...logsBelow(join(home, "logs")),
    ];
    expect(places.length).toBeGreaterThan(100);
    const leaks = places.flatMap(([place, text]) => (secrets.some((secret) => text.includes(secret)) ? [place] : []));
    expect(leaks).toEqual([]);
  });

  if (stack === "crisis-hetzner")
    describeWith(kubernetesPrograms, "a real kube-apiserver", () => {
      test("takes every Kubernetes object without a warning", async () => {
        const folder = join(rehearsal.folder, "rendered", "kubernetes");
        const objects = readdirSync(folder).map(
          (file) => parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject,
        );
        expect(objects.length).toBeGreaterThan(50);
        const kubernetes = await startKubernetes();
        try {
          const applied = await kubernetes.apply(objects);
          expect(applied).toHaveLength(objects.length);
          const complaints = applied.flatMap(({ object, warnings, refusal }) =>
            [...warnings, ...(refusal === undefined ? [] : [refusal])].map((text) => `${object}: ${text}`),
          );
          expect(complaints).toEqual([]);
        } finally {
          await kubernetes.stop();
        }
      });
    });

  test("a second run changes nothing", async () => {
    const { code, text } = await rehearsal.run([], asked);
    expect({ code, steps: rehearsal.steps() }).toEqual({ code: 0, steps: [] });
    expect(text).toContain("Nothing had to change");
  });

  test("destroy keeps and lists protected data, and nothing else; with data it leaves nothing", async () => {
    const kept = await rehearsal.run(["--destroy"], asked);
    expect(kept.code).toBe(0);
    for (const number of [1, 2, 3]) expect(kept.text).toContain(`crisis-control-${number}-data`);
    expect(kept.text).toContain(`--destroy --with-data ${stack}`);

    const wrong = await rehearsal.run(["--destroy", "--with-data", "crisis"]);
    expect(wrong).toMatchObject({ code: 2, text: expect.stringContaining("type it exactly") as string });

    const gone = await rehearsal.run(["--destroy", "--with-data", stack], asked);
    expect(gone).toMatchObject({ code: 0, text: expect.stringContaining(`Nothing is left of "${stack}"`) as string });
    for (const cloud of [stack === "crisis-hetzner" ? "hcloud" : "exoscale", "kubernetes"]) {
      const { objects } = JSON.parse(readFileSync(join(rehearsal.folder, "clouds", `${cloud}.json`), "utf8")) as {
        objects: Record<string, object>;
      };
      expect(Object.values(objects).flatMap((ofType) => Object.keys(ofType))).toEqual([]);
    }
  });
}
