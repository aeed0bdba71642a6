import type { KubernetesObject } from "../../../support/programs/apply";
import { deploy, type Deployment } from "../../../support/mocks";
import { AdoptedPlatform } from "../../../../components/adopted-platform";
import { Jitsi, planJitsi } from "../../../../components/services/jitsi";
import { certificateFor } from "../../../support/certificates";
import { jitsi, domain } from "./support";
import { manifests, target } from "../../kubernetes/target";

/** Annotations on the pods of each workload: a changed annotation replaces the pods. */
const shown = (deployment: Deployment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    manifests(deployment.resources)
      .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
      .map((one: KubernetesObject) => [
        one.metadata.name,
        (one["spec"] as { template: { metadata: { annotations: Record<string, string> } } }).template.metadata
          .annotations["sovereign-uc/secrets"],
      ]),
  );

/** Workloads whose pods one deployment replaces when the other was there. */
const replaced = (before: Deployment, after: Deployment): readonly string[] => {
  const [old, changed] = [shown(before), shown(after)];
  return Object.keys(changed)
    .filter((name) => old[name] !== changed[name])
    .sort();
};

const shards = (...parts: readonly string[]): readonly string[] =>
  parts.flatMap((part) => [`meet-${part}-1`, `meet-${part}-2`]).sort();

describe("a Jitsi replaces the pods of a rotated secret, and no other", () => {
  test.each([
    ["relay", ["meet-relay", ...shards("signalling")]],
    ["focus", shards("focus", "signalling")],
    ["bridge", ["meet-bridge", ...shards("signalling")]],
    ["moderator-moderator", ["meet-access"]],
    ["token", [...shards("signalling"), "meet-access"]],
    ["cookies", ["meet-access"]],
  ])("%s", async (role, expected) => {
    const before = await jitsi();
    const after = await jitsi({ secretGenerations: { [role]: "2" } });
    expect(replaced(before, after)).toEqual([...expected].sort());
  });

  test("every one, by the common generation", async () => {
    const before = await jitsi();
    const after = await jitsi({ secretsGeneration: "2" });
    expect(replaced(before, after)).toEqual(
      ["meet-access", "meet-bridge", "meet-relay", ...shards("focus", "signalling")].sort(),
    );
  });

  test("and those that use the old one, when it is forgotten", async () => {
    const both = await jitsi({ secretGenerations: { relay: ["2", "1"] } });
    const one = await jitsi({ secretGenerations: { relay: "2" } });
    expect(replaced(both, one)).toEqual(["meet-relay"]);
  });

  test("the relays' certificate, and not the web's, which the edge takes while it runs", async () => {
    const names = [1, 2, 3].map((number) => `relay-${number}.${domain}`);
    const [old, changed] = [certificateFor(names), certificateFor(names)];
    expect(replaced(await jitsi({ relayCertificate: old }), await jitsi({ relayCertificate: changed }))).toEqual([
      "meet-relay",
    ]);
    const [web, renewed] = [certificateFor([domain]), certificateFor([domain])];
    expect(replaced(await jitsi({ certificate: web }), await jitsi({ certificate: renewed }))).toEqual([]);
  });

  test("the deployment's own authority: who trusts it learns it only at a start", async () => {
    const under = (certificate: string): Promise<Deployment> =>
      deploy(
        () => {
          const plan = planJitsi({ name: "meet", domain, participants: 200 });
          new Jitsi("meet", { on: new AdoptedPlatform("crisis", { cluster: target(), plans: [plan] }), plan });
        },
        {
          outputs: ({ type, name }): Record<string, unknown> =>
            type.endsWith(":SelfSignedCert") && name === "meet-authority" ? { certPem: certificate } : {},
        },
      );
    const before = await under("authority one");
    const after = await under("authority two");
    expect(replaced(before, after)).toEqual(["meet-bridge", ...shards("focus")].sort());
  });
});

describe("a Jitsi's rotated relay secret", () => {
  test("is the one that signalling servers use, and relays take both", async () => {
    const deployment = await jitsi({ secretGenerations: { relay: ["2", "1"] } });
    const secret = (name: string) => deployment.one("kubernetes:core/v1:Secret", name).inputs["stringData"];
    expect(secret("meet-signalling-1-env")).toMatchObject({ TURN_CREDENTIALS: "secret of meet-relay-2" });
    expect(secret("meet-relay-credentials")).toEqual({
      "static-auth-secret": "secret of meet-relay-2",
      "static-auth-secret.previous": "secret of meet-relay-1",
    });
  });
});
