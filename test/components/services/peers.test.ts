/** Policies of services name what is there: a peer that does not exist is a mistake that Kubernetes accepts without a word. */
import { link } from "../../../components/core/link";
import { tier } from "../../../components/core/tier";
import { Namespace } from "../../../components/kubernetes/namespace";
import { Policies } from "../../../components/kubernetes/policies";
import { Workload } from "../../../components/kubernetes/workload";
import { deploy } from "../../support/mocks";
import type { KubernetesObject } from "../../support/programs/apply";
import { missingPeers } from "../../support/peers";
import { manifests, target } from "../kubernetes/target";
import { good } from "../kubernetes/workload-args";

describe("the policies of a service", () => {
  const web = tier("wiki", "web", { http: 8000 });
  const store = tier("wiki", "store", { s3: 9000 });

  const made = async (workloads: readonly (typeof web | typeof store)[]): Promise<readonly KubernetesObject[]> => {
    const deployment = await deploy(() => {
      const namespace = new Namespace("wiki", { cluster: target() });
      const links = [link(web, store, "s3", "pages")];
      const policies = new Policies("wiki", { namespace, tiers: [web, store], links });
      for (const own of workloads) new Workload(own.name, { ...good(namespace, own.name), tier: own, policies });
    });
    return manifests(deployment.resources).filter(({ metadata }) => metadata.name !== "closed");
  };

  test("are noticed where a workload of a link was forgotten", async () => {
    expect(missingPeers(await made([web, store]))).toEqual([]);
    expect(missingPeers(await made([web]))).toEqual([
      'wiki/web names pods of wiki that are not there: {"app.kubernetes.io/name":"store"}',
      "wiki/store chooses no pods",
      "wiki/store opens port 9000, on which nobody listens",
    ]);
  });

  test("are noticed where pods listen on another port", async () => {
    const moved = (await made([web, store])).map((one) =>
      one.kind === "Deployment"
        ? (JSON.parse(
            JSON.stringify(one).replaceAll('"containerPort":9000', '"containerPort":9001'),
          ) as KubernetesObject)
        : one,
    );
    expect(missingPeers(moved)).toEqual([
      "wiki/web opens port 9000, on which nobody listens",
      "wiki/store opens port 9000, on which nobody listens",
    ]);
  });

  test("are refused at once where a workload's tier has other ports than its policies know", async () => {
    await expect(made([web, { ...store, ports: { s3: { port: 9001 } } }])).rejects.toThrow(
      /policies: expected the ports of "wiki\/store" that its policies have: s3 tcp 9000, got "s3 tcp 9001"; give both the same tier/,
    );
  });
});
