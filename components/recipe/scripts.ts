import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (name: string): string => readFileSync(join(__dirname, "files", name), "utf8");

/**
 * The scripts that run on hosts, byte for byte as they stand in `files/`: constant and without placeholders, so that the packs know each by its digest
 * and can tell it from an opaque command. What varies comes on standard input.
 */
export const scripts = {
  /** First contact: prints the host's own SSH key. Carries no secret, because nothing is pinned yet. */
  contact: read("contact.sh"),
  /** Applies a recipe read from standard input. */
  converge: read("converge.sh"),
  /** Waits until everything that the host's recipe calls healthy is so. */
  ready: read("ready.sh"),
  /** Drains a cluster member and removes it; its name comes on standard input. */
  leave: read("leave.sh"),
  /** Lets a host into the cluster, with a token that lives minutes, and sets its labels and taints. */
  admit: read("admit.sh"),
  /** Founds the cluster, once, on its first member. */
  bootstrap: read("bootstrap.sh"),
  /** Enrols a machine that is there already: makes a host of it. A host that joins (`join`, `admit`) enters a cluster. */
  enrol: read("enrol.sh"),
  /** Gives it back: takes away what enrolment and convergence set up. */
  release: read("release.sh"),
  /** Part of a recipe: takes k3s from the operator's store. */
  fetchK3s: read("fetch-k3s.sh"),
  /** Part of a recipe: tells flannel which interface the pods' tunnels use. */
  podInterface: read("pod-interface.sh"),
  /** Part of a recipe: names certificates that end soon. */
  certificates: read("certificates.sh"),
  /** Part of a recipe: starts k3s again when its certificates come near their end. */
  renewK3s: read("renew-k3s.sh"),
  /** Part of a recipe: opens and mounts a host's encrypted data volume. */
  dataVolume: read("data-volume.sh"),
  /** Part of a recipe: says which key slot of the data volume belongs to which gateway. */
  tangSlots: read("tang-slots.sh"),
  /** Part of a recipe: keeps a key slot of the data volume bound to each gateway. */
  rebindTang: read("rebind-tang.sh"),
  /** Part of a recipe: leads other sites' ranges into the tunnels whose gateways are heard. */
  siteLink: read("site-link.sh"),
  /** Part of a recipe: leads a gateway's apt through its own proxy, and out by itself before there is one. */
  gatewayApt: read("gateway-apt.sh"),
  /** Part of a recipe: finds the interface on which the virtual address lives. */
  segment: read("segment.sh"),
  /** Part of a recipe: takes away old journals of other hosts. */
  keepJournals: read("keep-journals.sh"),
  /** Part of a recipe: sends kept journals on. */
  forwardJournals: read("forward-journals.sh"),
  /** Part of a recipe: silences what would report to the system's vendor. */
  silence: read("silence.sh"),
  /** Part of a recipe: joins hosts that the autoscaler has made to the cluster. */
  join: read("join.sh"),
  /** Part of a recipe: settings of BigBlueButton that only files of its packages have. */
  settleBigBlueButton: read("settle-bigbluebutton.sh"),
  /** Part of a recipe: starts BigBlueButton again where a setting changed. */
  restartBigBlueButton: read("restart-bigbluebutton.sh"),
  /** Part of a recipe: what BigBlueButton holds of meetings lies on the encrypted volume. */
  keepBigBlueButton: read("keep-bigbluebutton.sh"),
  /** Part of a recipe: hands recordings of BigBlueButton over to a bucket. */
  spoolRecordings: read("spool-recordings.sh"),
  /** Gives a BigBlueButton server no new meetings and waits until it has none. */
  restBigBlueButton: read("rest-bigbluebutton.sh"),
  /** Gives a BigBlueButton server meetings. */
  serveBigBlueButton: read("serve-bigbluebutton.sh"),
  /** Does nothing: for a step that only has to exist. */
  nothing: read("nothing.sh"),
} as const;
