import { StateResource } from "./state";

/** Limits of a rehearsal, each with the resources for which it matters. */
const table: readonly { readonly matches: RegExp; readonly what: string; readonly why: string }[] = [
  {
    matches: /^command:remote:/,
    what: "scripts on hosts",
    why: "simulated hosts run no script: convergence, health checks and leaving were ordered and recorded, not carried out",
  },
  {
    matches: /^kubernetes:(apps|batch|core)\/v1:(Deployment|StatefulSet|DaemonSet|Job|Pod)$/,
    what: "images and pods",
    why: "no image was pulled and no pod ran: whether the mirror has each image, and whether pods become ready, shows only on a real cluster",
  },
  {
    matches: /^(hcloud|exoscale):/,
    what: "the provider's own limits",
    why: "only the provider knows quota, stock of host types and the account's rights",
  },
  {
    matches: /^sovereign-uc:index:(Adopted|Managed)Cluster$/,
    what: "isolation on clusters that others run",
    why: "only network policies isolate there, and only pods that are not on the host's network: no filter of ours is on these hosts, and their operator decides what else reaches them",
  },
  {
    matches: /^sovereign-uc:index:(Postgres|Valkey)$/,
    what: "databases and caches",
    why: "none ran: how long a fail-over takes, whether the archive's store can be written to, and whether a moment can be restored shows only where pods run",
  },
  {
    matches: /^sovereign-uc:index:(Gateway|Jitsi)$/,
    what: "names, certificates and media quality",
    why: "no name was resolved, no certificate checked by a browser and no packet of media sent",
  },
];

/** Limits that apply to these resources: undetermined in any rehearsal. */
export const limits = (
  resources: readonly StateResource[],
): readonly { readonly what: string; readonly why: string }[] =>
  table
    .filter(({ matches }) => resources.some(({ type }) => matches.test(type)))
    .map(({ what, why }) => ({ what, why }));
