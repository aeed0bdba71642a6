/** Tests that hold for every service of the list. A new one brings `service.ts` beside its tests, and is asked all of it. */
import { together } from "../../../components/core/plan";
import { blockImages } from "../../../components/kubernetes/images";
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import type { Subject } from "../../../policies/rule";
import { settings } from "../../../policies/settings";
import { goldenFolder } from "../../support/golden";
import type { Deployment } from "../../support/mocks";
import { missingPeers } from "../../support/peers";
import { manifests } from "../kubernetes/target";
import { deployed, described, givenWord, type PlannedService } from "./described";
import { clearManifests, containersOf, golden, podTemplates, renderedFiles, renderedTree, scriptsOf } from "./rendered";
import { parse } from "yaml";

const domain = "crisis.example.ch";

/** A revision, a release, or a digest of one. */
const revision = /\b[0-9a-f]{7,}\b|\bv?\d+\.\d+(\.\d+)*\b|\bb\d{4,}\b/;

/** Texts that are secret somewhere in a deployment. Certificates are handed out beside their keys, and addresses beside those of connections: they are none. */
const secretsOf = ({ resources }: Deployment): readonly string[] => [
  ...new Set(
    resources
      .flatMap(({ secretTexts }) => secretTexts)
      .filter((text) => text.length >= 8 && !/^(certificate of |-----BEGIN CERTIFICATE|[0-9.]+$)/.test(text)),
  ),
];

/** Variables that a shell script hands on to the program that it starts. */
const exported = (script: string): readonly string[] =>
  [...script.matchAll(/^ *export (.*)$/gm)].flatMap(([, words = ""]) =>
    words.includes("=") ? [words.slice(0, words.indexOf("="))] : words.split(" "),
  );

/**
 * Rules on what stands beside a service: backups in another place, encryption by hosts, a second channel, labels. Whole blueprints are judged by these, too
 * (test/engine).
 */
const besideServices = ["UC-HA-003", "UC-BKP-001", "UC-DAT-001", "UC-EMG-001", "UC-TAG-001"];

describe.each(described)("the service $kind.name", (service) => {
  const { kind, upstream, asFirst = (text: string) => text, fileOf = (name: string) => name } = service;
  const { found = [], otherwise = [] } = service;
  const planned = service.planned("own", `own.${domain}`);
  let made: Deployment;
  beforeAll(async () => {
    made = await deployed([planned]);
  });

  /** Pods of its own, not those of the edge. */
  const pods = () => podTemplates(clearManifests(made)).filter(({ namespace }) => namespace !== "edge");
  /** Path in the catalogue of one of its images; an operator's own image counts as the one whose path it ends with. */
  const pathOf = (reference: string): string | undefined =>
    Object.values(kind.images)
      .map(({ path }) => path)
      .find((path) => reference.replace(/[:@].*$/, "").endsWith(`/${path}`));

  test("plans what it needs under its own name", () => {
    expect(planned.plan).toMatchObject({ service: kind.name, name: "own" });
    // What has neither route nor volume is pods alone, which other services reach.
    const { routes, volumes = [], requests } = planned.plan;
    expect(routes.length + volumes.length + requests.length).toBeGreaterThan(0);
  });

  test("renders its golden files", () => {
    const tree = renderedTree(made);
    expect(Object.keys(tree).length).toBeGreaterThan(5);
    const firsts = Object.entries(tree).filter(([path]) => tree[asFirst(path)] === undefined || asFirst(path) === path);
    goldenFolder(kind.name, golden(Object.fromEntries(firsts)));
    for (const [path, text] of Object.entries(tree))
      if (path !== asFirst(path)) expect(asFirst(text)).toBe(tree[asFirst(path)]);
  });

  test("runs its own images and those of building blocks, each by a tag from the operator's registry", () => {
    const references = pods().flatMap((pod) => containersOf(pod).map(({ image }) => image));
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references)
      expect(reference).toMatch(/^registry\.crisis\.example\.ch\/[a-z0-9/.-]+:[\w.-]+/);
    const block = (reference: string): boolean =>
      Object.values(blockImages).some(({ path }) => reference.includes(`/${path}:`));
    expect(references.filter((reference) => pathOf(reference) === undefined && !block(reference))).toEqual([]);
    const used = new Set(references.map(pathOf));
    expect(Object.values(kind.images).filter(({ path }) => !used.has(path) && !otherwise.includes(path))).toEqual([]);
  });

  test("lets no secret into names, arguments of components, or anything else that is in clear", () => {
    const secrets = secretsOf(made);
    expect(secrets.length).toBeGreaterThan(0);
    for (const { type, name, secrets: hidden, clear } of made.resources) {
      if (type.startsWith("sovereign-uc:")) expect([type, name, hidden]).toEqual([type, name, []]);
      const text = `${name} ${JSON.stringify(clear)}`;
      const leaked = secrets.filter((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
      expect([type, name, leaked, text.includes(givenWord)]).toEqual([type, name, [], false]);
    }
  });

  test("sets the variables that its table of upstream has, and no others", () => {
    const objects = clearManifests(made);
    const secretKeys = (namespace: string, name: string): readonly string[] => {
      const secret = manifests(made.resources).find(
        ({ kind: of, metadata }) => of === "Secret" && metadata.name === name && metadata.namespace === namespace,
      );
      return Object.keys((secret?.["stringData"] as object | undefined) ?? {});
    };
    const set = new Map<string, Set<string>>();
    for (const pod of pods())
      for (const { image, env = [], envFrom = [] } of containersOf(pod)) {
        const path = pathOf(image) ?? image;
        const names = set.get(path) ?? new Set();
        set.set(path, names);
        for (const { name } of env) names.add(name);
        for (const { secretRef } of envFrom)
          for (const name of secretKeys(pod.namespace, secretRef.name)) names.add(name);
        for (const name of scriptsOf(pod, objects).flatMap(exported)) names.add(name);
      }
    // Read by our own scripts or by other variables and files, and by no program of upstream.
    const texts = objects.filter(({ metadata }) => metadata.namespace !== "edge").map((one) => JSON.stringify(one));
    const scripts = pods().flatMap((pod) =>
      [".sh", ".mjs", ".rb"].flatMap((ending) => scriptsOf(pod, objects, ending)),
    );
    const ours = (name: string): boolean =>
      texts.some((text) => new RegExp(`\\$[({]?${name}\\b`).test(text)) ||
      scripts.some((text) => new RegExp(`^[^#]*\\b${name}\\b`, "m").test(text));
    const rows = (path: string): readonly string[] => Object.keys(upstream.variables[path] ?? {});
    const guessed = [...set].flatMap(([path, names]) =>
      [...names].filter((name) => !rows(path).includes(name) && !ours(name)).map((name) => `${path} ${name}`),
    );
    const unused = Object.keys(upstream.variables).flatMap((path) =>
      rows(path)
        .filter((name) => set.get(path)?.has(name) !== true)
        .map((name) => `${path} ${name}`),
    );
    expect({ guessed, unused }).toEqual({ guessed: [], unused: [] });
  });

  test("has a first process that takes what commands with a time limit leave behind", () => {
    const objects = clearManifests(made);
    const limited = pods().filter((pod) => scriptsOf(pod, objects).some((text) => /\btimeout (-\S+ )*\d/.test(text)));
    expect(
      limited.filter(({ template }) => template.spec.shareProcessNamespace !== true).map(({ name }) => name),
    ).toEqual([]);
  });

  test("writes the configuration files and keys that its table of upstream has, and no others", () => {
    const files = renderedFiles(clearManifests(made))
      .filter(({ namespace }) => namespace !== "edge")
      .map((file) => ({ ...file, name: fileOf(file.name) }));
    expect([...new Set(files.map(({ name }) => name))].sort()).toEqual(Object.keys(upstream.files).sort());
    for (const { name, text } of files.filter((file) => /\.(ya?ml|json)$/.test(file.name)))
      expect([name, Object.keys(parse(text) as object).sort()]).toEqual([
        name,
        Object.keys(upstream.files[name] ?? {}).sort(),
      ]);
  });

  test("names a file and a revision for every source in its table of upstream", () => {
    const sources = [upstream.variables, upstream.files, upstream.behaviour ?? {}]
      .flatMap((table) => Object.values(table))
      .flatMap((row) => Object.values(row));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !revision.test(source) || !/\w[./]\w|\w \w+\.\w+/.test(source))).toEqual([]);
  });

  test("is allowed by every rule on services", () => {
    const subjects = made.resources.map(({ type, name, inputs }): Subject => {
      const urn = `urn:pulumi:test::sovereign-uc::${type}::${name}`;
      return { type, name, urn, properties: inputs as Subject["properties"], provider: undefined };
    });
    // The cluster is somebody else's: the filters of its hosts are no part of this stack, and those of a platform's own hosts have tests of their own.
    const opaque = pods()
      .filter(({ template }) => template.spec.hostNetwork === true)
      .map(({ name }) => ({ resource: name, reason: "the owner of the cluster filters its hosts" }));
    const judging = rules.filter(({ id }) => !besideServices.includes(id));
    const rulings = judgeAll(judging, subjects, settings({ ownDomains: [domain], opaque }, {}));
    const all = rulings.map(({ rule, subject, item }) => ({ rule: rule.id, on: subject?.name, ...item }));
    const own = ([rule, text]: (typeof found)[number]) =>
      all.filter((one) => one.rule === rule && text.test(JSON.stringify(one)));
    expect(all.filter((one) => !found.some((row) => own(row).includes(one)))).toEqual([]);
    expect(found.filter((row) => own(row).length === 0)).toEqual([]);
  });

  test("opens its policies to pods that it makes, on ports on which these listen", () => {
    const objects = manifests(made.resources).filter(({ metadata }) => metadata.name !== "closed");
    expect(objects.filter(({ kind: of }) => of === "NetworkPolicy").length).toBeGreaterThan(0);
    expect(missingPeers(objects)).toEqual([]);
  });
});

describe("all services on one platform, each twice", () => {
  const all: readonly PlannedService[] = described.flatMap(({ kind, planned }) =>
    ["a", "b"].map((copy) => planned(`${kind.name.slice(0, 6)}-${copy}`, `${kind.name}-${copy}.${domain}`)),
  );
  let made: Deployment;
  beforeAll(async () => {
    made = await deployed(all);
  });

  const repeated = (names: readonly string[]): readonly string[] => [
    ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
  ];

  test("have names, objects and host names of their own", () => {
    expect(repeated(made.resources.map(({ type, name }) => `${type} ${name}`))).toEqual([]);
    expect(
      repeated(
        manifests(made.resources).map(({ kind, metadata: { name, namespace = "" } }) => `${kind} ${namespace}/${name}`),
      ),
    ).toEqual([]);
    const plans = together(all.map(({ plan }) => plan));
    expect(
      repeated(plans.flatMap(({ routes }) => routes.flatMap((route) => ("host" in route ? [route.host] : [])))),
    ).toEqual([]);
  });

  test("have node ports of their own, and ports of hosts that no two of them share", () => {
    const objects = manifests(made.resources);
    const nodePorts = objects.flatMap(({ spec }) =>
      ((spec as { ports?: readonly { nodePort?: number; protocol?: string }[] } | undefined)?.ports ?? []).flatMap(
        ({ nodePort, protocol = "TCP" }) => (nodePort === undefined ? [] : [`${protocol} ${nodePort}`]),
      ),
    );
    expect(nodePorts.length).toBeGreaterThan(0);
    expect(repeated(nodePorts)).toEqual([]);
  });

  test("two of one kind on one pool of media hosts are refused where they want the same ports", async () => {
    const media = described.filter(
      ({ planned }) => Object.keys(planned("own", `own.${domain}`).plan.media ?? {}).length > 0,
    );
    expect(media.length).toBeGreaterThan(0);
    for (const { planned } of media) {
      const two = ["a", "b"].map((name) => planned(name, `${name}.${domain}`));
      await expect(deployed(two, { sharedMedia: true })).rejects.toThrow(
        /expected (tcp|udp) ports of the hosts of pool "media" that are free/,
      );
    }
  });

  test.each(all.flatMap((one) => (one.plan.name.endsWith("-b") ? [[one.plan.name, one] as const] : [])))(
    "%s is there the same as alone",
    async (name, one) => {
      const alone = await deployed([one], { among: all });
      const ofIts = (from: Deployment) =>
        Object.fromEntries(Object.entries(renderedTree(from)).filter(([path]) => path.startsWith(name)));
      expect(Object.keys(ofIts(alone)).length).toBeGreaterThan(5);
      expect(ofIts(made)).toEqual(ofIts(alone));
    },
  );
});
