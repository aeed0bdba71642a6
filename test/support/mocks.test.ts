import * as pulumi from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { deploy } from "./mocks";

class Thing extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("sovereign-uc:index:Thing", name, { size: 3 }, opts);
    const password = new RandomPassword(`${name}-password`, { length: 32 }, { parent: this });
    new Secret(
      name,
      { metadata: { name }, stringData: { password: password.result } },
      { parent: this, protect: true },
    );
    this.registerOutputs();
  }
}

test("returns every resource with its inputs, its secrets and its options", async () => {
  const made = await deploy(() => {
    new Thing("a");
  });
  expect(made.one("Thing", "a").inputs).toEqual({ size: 3 });
  const secret = made.one("kubernetes:core/v1:Secret", "a");
  expect(secret.inputs).toMatchObject({ metadata: { name: "a" }, stringData: { password: "secret of a-password" } });
  expect(secret.secrets).toEqual(["stringData"]);
  expect(secret.opts.protect).toBe(true);
  expect(made.all("RandomPassword").map(({ name }) => name)).toEqual(["a-password"]);
});

test("returns the program's outputs as values, and marks generated secrets as such", async () => {
  const made = await deploy(() => {
    const password = new RandomPassword("p", { length: 32 });
    new ConfigMap("leak", { data: { password: password.result } });
    return { password: password.result, length: password.length };
  });
  expect(made.outputs).toEqual({ password: "secret of p", length: 32 });
  expect(made.one("ConfigMap", "leak").secrets).toEqual(["data"]);
});

test("rethrows what the program throws", async () => {
  await expect(
    deploy(() => {
      throw new RangeError("expected a, got b");
    }),
  ).rejects.toThrow("expected a, got b");
});

test("runs one program after the other without leftovers", async () => {
  await deploy(() => {
    new Thing("a");
  });
  const made = await deploy(() => {
    new Thing("b");
  });
  expect(made.resources.map(({ name }) => name).sort()).toEqual(["b", "b", "b-password"]);
});
