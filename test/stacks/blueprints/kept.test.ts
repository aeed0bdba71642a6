/** Protected data of every stack: what a destroy keeps because of it. */
import * as pulumi from "@pulumi/pulumi";
import { stackFiles } from "../../../stacks/tools/rehearsal/stack-files";
import type { Registered } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

afterEach(() => pulumi.runtime.setAllConfig({}));

/**
 * The engine keeps what a protected resource depends on and its parents, and what those depend on (`getProtectedExcludes`, pkg/cmd/pulumi/operations/destroy.go of
 * pulumi/pulumi v3.256.0). It walks every path to it anew, which takes days where hosts and pods stand between (markAsDependency,
 * pkg/resource/graph/dependency_graph.go; v3.276.0 goes each way once).
 */
test.each(stackFiles(stacks).map(({ name }) => name))(
  "a destroy of %s keeps its protected data with the components around it, and nothing else",
  async (name) => {
    const { resources } = await deployStack(name);
    const waits = ({ dependsOn = [] }: pulumi.ResourceOptions): readonly unknown[] => [dependsOn].flat();
    const parents = (of: pulumi.Resource | undefined): readonly Registered[] => {
      const { __name: parent, __pulumiType: token } = (of ?? {}) as { __name?: string; __pulumiType?: string };
      const found = resources.find((one) => one.name === parent && one.type === token);
      return found === undefined ? [] : [found, ...parents(found.opts.parent)];
    };
    const kept = resources.filter(({ opts }) => opts.protect === true);
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.filter(({ type }) => type.startsWith("kubernetes:")).map((one) => one.name)).toEqual([]);
    const held = kept.flatMap(({ name: protectedOne, opts }) =>
      [{ name: protectedOne, opts }, ...parents(opts.parent)]
        .filter((one) => waits(one.opts).length > 0)
        .map((one) => `${protectedOne}: ${one.name} depends on ${waits(one.opts).length}`),
    );
    expect(held).toEqual([]);
  },
);
