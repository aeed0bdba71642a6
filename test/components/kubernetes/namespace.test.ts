import { Namespace, type NamespaceArgs } from "../../../components/kubernetes/namespace";
import { deploy } from "../../support/mocks";
import { object, target } from "./target";

describe("a namespace", () => {
  test("denies everything but names, and asks for the strictest pods", async () => {
    const deployed = await deploy(() => {
      new Namespace("crisis", { cluster: target() });
    });
    expect(object(deployed.resources, "Namespace", "crisis").metadata.labels).toEqual({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    });
    const spec = object(deployed.resources, "NetworkPolicy", "closed")["spec"] as Record<string, unknown>;
    expect(spec).toMatchObject({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(spec["ingress"]).toBeUndefined();
    expect(spec["egress"]).toHaveLength(1);
    expect(JSON.stringify(spec["egress"])).toContain('"port":53');
    expect(deployed.one("sovereign-uc:index:Namespace", "crisis").inputs).toMatchObject({
      podSecurity: "restricted",
      isolatedFrom: [{ name: "head office directory" }],
    });
  });

  test.each([
    ["a name with a dot", "a.b", {}, /name: expected a name/],
    ["a name of 64 characters", "a".repeat(64), {}, /name: expected a name/],
    [
      "a level that is none",
      "crisis",
      { podSecurity: "baseline" },
      /podSecurity: expected one of restricted, privileged, got "baseline"/,
    ],
  ])("refuses %s", async (_, name, change, message) => {
    const bad = deploy(() => {
      new Namespace(name, { cluster: target(), ...change } as NamespaceArgs);
    });
    await expect(bad).rejects.toThrow(message);
  });
});
