import { judgeResolved } from "../../policies/extract/environments";
import { unknown } from "../../policies/extract/value";
import type { Item } from "../../policies/rule";
import { kube } from "./cases/case";
import type { Given } from "./cases/case";
import { subject } from "./judged";

const configMap = (name: unknown, data: unknown, namespace?: unknown): Given =>
  kube("core/v1:ConfigMap", { metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, data }, "map");
const pod = (container: object, namespace?: unknown): Given =>
  kube("core/v1:Pod", {
    metadata: namespace === undefined ? {} : { namespace },
    spec: { containers: [{ image: "a", ...container }] },
  });
const from = (...sources: readonly object[]): object => ({ envFrom: sources });
const map = (name: unknown, more: object = {}): object => ({ configMapRef: { name }, ...more });

/** The environment of each container that is judged, as text; and what is said when the judge says the given. */
const told = (given: readonly Given[], item: Item = { deferred: "said" }): readonly string[] | undefined => {
  const seen: string[] = [];
  const verdict = judgeResolved(given.map(subject), (container, environment) => {
    seen.push(
      `${container.path}: ${[...environment].map(([name, value]) => `${name}=${value === unknown ? "?" : String(value)}`).join(" ")}`,
    );
    return [item];
  });
  return verdict?.map(
    (one, i) =>
      `${seen[i] ?? ""} → ${"found" in one ? one.found : "undetermined" in one ? one.undetermined : one.deferred} @${("urn" in one ? one.urn : undefined)?.split("::").at(-1) ?? ""}`,
  );
};

const container = "spec.containers[0]";

describe("Environments that come from other objects", () => {
  test.each<readonly [title: string, given: readonly Given[], found: readonly string[] | undefined]>([
    ["no container has any", [pod({ env: [{ name: "A", value: "a" }] }), configMap("a", { A: "b" })], undefined],
    [
      "a map",
      [pod(from(map("a"))), configMap("a", { A: "b", B: "[secret]", C: 1 })],
      [`${container}: A=b B=? C=? → said @it`],
    ],
    ["a map before the pod", [configMap("a", { A: "b" }), pod(from(map("a")))], [`${container}: A=b → said @it`]],
    [
      "one's own variable wins",
      [pod({ ...from(map("a")), env: [{ name: "A", value: "own" }] }), configMap("a", { A: "b" })],
      [`${container}: A=own → said @it`],
    ],
    [
      "the later of two wins",
      [pod(from(map("a"), map("b"))), configMap("a", { A: "1" }), configMap("b", { A: "2" })],
      [`${container}: A=2 → said @it`],
    ],
    [
      "with a prefix",
      [pod(from(map("a", { prefix: "P_" }))), configMap("a", { A: "b" })],
      [`${container}: P_A=b → said @it`],
    ],
    [
      "a secret's values are not known",
      [
        pod(from({ secretRef: { name: "a" } })),
        kube("core/v1:Secret", { metadata: { name: "a" }, data: { A: "b" }, stringData: { B: "c" } }, "secret"),
      ],
      [`${container}: A=? B=? → said @it`],
    ],
    [
      "a map is no secret",
      [pod(from(map("a"))), kube("core/v1:Secret", { metadata: { name: "a" }, data: { A: "b" } })],
      [`${container}:  → said @it`],
    ],
    [
      "nor is another kind a map",
      [
        pod(from(map("a"))),
        configMap("a", { A: "b" }),
        kube("core/v1:Service", { metadata: { name: "a" }, data: { A: "c" } }),
      ],
      [`${container}: A=b → said @it`],
    ],
    [
      "nor is a kind that ends like a secret",
      [
        pod(from(map("a"))),
        configMap("a", { A: "b" }),
        kube("core/v1:PodSecret", { metadata: { name: "a" }, data: { A: "c" } }),
      ],
      [`${container}: A=b → said @it`],
    ],
    [
      "in the same namespace",
      [pod(from(map("a")), "x"), configMap("a", { A: "b" }), configMap("a", { A: "c" }, "x")],
      [`${container}: A=c → said @it`],
    ],
    [
      "in the first namespace where none stands",
      [pod(from(map("a"))), configMap("a", { A: "b" }, "default")],
      [`${container}: A=b → said @it`],
    ],
    [
      "or where it is not known",
      [pod(from(map("a")), "[secret]"), configMap("a", { A: "b" })],
      [`${container}: A=b → said @it`],
    ],
    [
      "a name that is not known is any object without one",
      [pod(from(map("[secret]"))), configMap("[secret]", { A: "b" })],
      [`${container}: A=b → said @it`],
    ],
    [
      "what is no object of Kubernetes is not judged",
      [{ type: "docker:index/a:Container", props: { services: { a: { image: "a", env_file: "b" } } } }],
      undefined,
    ],
    [
      "nor what ends like one",
      [{ type: "a:kubernetes:", props: { services: { a: { image: "a", env_file: "b" } } } }],
      undefined,
    ],
  ])("%s", (_, given, found) => {
    expect(told(given)).toEqual(found);
  });

  test("what an object may hold that nobody in the stack makes is undetermined; anything else stays as it is", () => {
    const finding: Item = { found: "a leak", allowed: "none", action: "close it" };
    const missing = (what: string): string =>
      `the environment of ${container} comes from ${what}, which this stack does not make`;
    expect(told([pod(from(map("a")))], finding)).toEqual([`${container}:  → ${missing("ConfigMap a")} @it`]);
    expect(told([pod(from({ secretRef: {} }))], finding)).toEqual([`${container}:  → ${missing("Secret")} @it`]);
    expect(told([pod(from(map("a"))), configMap("a", {})], finding)).toEqual([`${container}:  → a leak @it`]);
    expect(told([pod(from(map("a")))], { undetermined: "a host" })).toEqual([`${container}:  → a host @it`]);
    expect(told([pod(from(map("a"), map("b"))), configMap("b", { A: "1" })], finding)).toEqual([
      `${container}: A=1 → ${missing("ConfigMap a")} @it`,
    ]);
  });
});
