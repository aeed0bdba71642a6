import { AdoptedPlatform, type AdoptedPlatformArgs } from "../../../../components/adopted-platform";
import { Jitsi, type JitsiArgs, type JitsiPlanArgs, planJitsi } from "../../../../components/services/jitsi";
import type { KubernetesTarget } from "../../../../components/kubernetes/target";
import { type Deployment, deploy } from "../../../support/mocks";
import { target } from "../../kubernetes/target";

export const domain = "meet.crisis.example.ch";

/** Arguments of a Jitsi, of its plan and of the certificates of its platform. */
export type Change = Partial<
  Record<keyof JitsiArgs | keyof JitsiPlanArgs | "certificate" | "relayCertificate" | "mediaPools", unknown>
>;

/** Resources of a Jitsi for 200 people and of the platform under it; arguments can be changed, also against their type. */
export function jitsi(
  change: Change = {},
  cluster: Partial<KubernetesTarget> = {},
  options: { readonly name?: string; readonly preview?: boolean } = {},
): Promise<Deployment> {
  return deploy(
    () => {
      const {
        domain: site = domain,
        participants = 200,
        participantsPerBridge,
        bridge,
        login,
        recordings,
        captions,
        regions,
        ...others
      } = change;
      const { certificate, relayCertificate, mediaPools, ...rest } = others;
      const name = options.name ?? "meet";
      const figures = { participants, participantsPerBridge, bridge, login, recordings, captions, regions };
      const plan = planJitsi({ name, domain: site, ...figures } as JitsiPlanArgs);
      const platform = new AdoptedPlatform("crisis", {
        cluster: target(cluster),
        plans: [plan],
        certificate,
        relayCertificate,
        mediaPools,
      } as AdoptedPlatformArgs);
      const made = new Jitsi(name, { on: platform, plan, ...rest } as JitsiArgs);
      return { url: made.url, accounts: made.accounts, records: platform.records };
    },
    { preview: options.preview ?? false },
  );
}
