import * as pulumi from "@pulumi/pulumi";
import { Jitsi, planJitsi, Platform } from "../../components";
import { number, readKeys } from "../../stacks/keys";
import { cloudOf, siteKeys, siteSettings } from "../../stacks/site";

/**
 * The meetings of the blueprint `crisis` on a platform of their own, from its stack file. With chat, sign-in and their database beside them it is twice as many nodes, and
 * `matrix.test.ts` has most of those; what meetings are made of is the same.
 */
export function meetings(): Record<string, unknown> {
  const config = new pulumi.Config("sovereign-uc");
  const cloud = cloudOf(config);
  const values = readKeys(config, { ...siteKeys, participants: number() }, cloud);
  const place = siteSettings(values, cloud);
  const plan = planJitsi({ name: "meetings", domain: place.domain, participants: values.participants });
  const platform = new Platform("crisis", { ...place, plans: [plan] });
  const privacy = { confidentiality: "transport" } as const;
  const jitsi = new Jitsi("meetings", { on: platform, plan, privacy, access: { accounts: ["duty-officer"] } });
  return {
    meetings: jitsi.url,
    accounts: jitsi.accounts,
    records: platform.records,
    kubeconfig: platform.kubeconfig,
  };
}
