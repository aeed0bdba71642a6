import type { KubernetesObject } from "../../../support/programs/apply";
import { deploy, type Deployment } from "../../../support/mocks";
import { Jitsi, type JitsiArgs } from "../../../../components/services/jitsi";
import { jitsi, certificateFor, domain } from "./support";
import { manifests, target } from "../../kubernetes/target";
import { jitsiNames } from "../../../../components/services/jitsi";

/** What shows on the pods of each workload: another annotation replaces them. */
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
    ["moderator-moderator", shards("signalling")],
  ])("%s", async (role, expected) => {
    const before = await jitsi();
    const after = await jitsi({ secretGenerations: { [role]: "2" } });
    expect(replaced(before, after)).toEqual([...expected].sort());
  });

  test("every one, by the common generation", async () => {
    const before = await jitsi();
    const after = await jitsi({ secretsGeneration: "2" });
    expect(replaced(before, after)).toEqual(["meet-bridge", "meet-relay", ...shards("focus", "signalling")].sort());
  });

  test("and those that use the old one, when it is forgotten", async () => {
    const both = await jitsi({ secretGenerations: { relay: ["2", "1"] } });
    const one = await jitsi({ secretGenerations: { relay: "2" } });
    expect(replaced(both, one)).toEqual(["meet-relay"]);
  });

  test("the web's certificate", async () => {
    const tls = certificateFor(jitsiNames(domain, 3));
    const before = await jitsi();
    const after = await jitsi({ tls });
    expect(replaced(before, after)).toEqual(["meet-edge", "meet-relay"]);
  });

  test("the deployment's own authority: who trusts it learns it only at a start", async () => {
    const fixed = certificateFor(jitsiNames(domain, 3));
    const under = (certificate: string): Promise<Deployment> =>
      deploy(
        () => {
          const cluster = target();
          new Jitsi("meet", { cluster, domain, participants: 200, tls: fixed } satisfies JitsiArgs);
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
