import { invalid } from "../../core/errors";
import { isLocation, locations } from "./facts";

/** Reason against a server type: it is no longer sold, or our images do not run on it. */
interface Against {
  /** Network zones in which it holds. @default - everywhere */
  readonly zones?: readonly string[];
  readonly why: string;
  readonly instead: string;
}

const eu = "eu-central";
const us = ["us-east", "us-west"];

const rows = (names: readonly string[], against: Omit<Against, "instead">, instead: readonly string[]) =>
  names.map((name, i) => [name, { ...against, instead: instead[i] ?? instead.at(-1) ?? "" }] as const);

/**
 * Server types that would go up without a word and fail, or run nothing. Hetzner withdraws a type per location, so what is not here is judged by its form
 * alone: a new type needs no new version of this library.
 *
 * | types | what | source |
 * |---|---|---|
 * | cx11 to cx51 | withdrawn on 2024-09-06 | docs.hetzner.cloud/changelog#2024-06-06-old-server-types-with-shared-intel-vcpus-are-deprecated, quoted in trailofbits/algo#14730 ("will be removed as of 2024-09-06"); cx21 "not found" in spigell/pulumi-hcloud-kube-hetzner#194 of 2024-09-24 |
 * | cx22 to cx52 | not for order since 2025-12-31 | docs.hetzner.cloud/changelog#2025-10-16-server-types-deprecated; the CLI's own words for cx42 in hcloud-talos/terraform-hcloud-talos#316 of 2025-10-22; cx22 "could not find" in mysticaltech/terraform-hcloud-kube-hetzner#1991 of 2026-01-06 |
 * | cpx11 to cpx51 in eu-central | not for order since 2025-12-31 (this date: by the same announcement, unverified) | hetznercloud/cli#1211 of 2025-10-24 ("cpx_1 and cx_2 … soon no longer available"); cpx31 refused in fsn1 and nbg1: Dakera-AI/dakera-deploy#185 and #187 of 2026-06-15 |
 * | the same elsewhere | were still made in ash on 2025-12-30: taken | roots/trellis-cli#622 |
 * | cx and cax outside of Europe | never offered in ash and hil ("unsupported location for server type"); sin: unverified, taken | trailofbits/algo#14562 of 2022-12-07, roots/trellis-cli#622 of 2025-12-30 |
 * | cax | ARM: what is mirrored, images, k3s and packages, is for amd64 alone | `architecture` of server types in hcloud-go `hcloud/server_type.go`; `stacks/tools/mirror/manifest.ts` |
 * | cpx12 to cpx62, cx23, cx33, ccx13 to ccx63 | for order in fsn1 or hel1 on 2026-07-15; what is sold out for a while is none of our business | jikig-ai/soleur#6463 |
 */
const against: Readonly<Record<string, Against>> = Object.fromEntries([
  ...rows(["cx11", "cx21", "cx31", "cx41", "cx51"], { why: "was withdrawn on 2024-09-06" }, [
    "cx23",
    "cx23",
    "cx33",
    "cx43",
    "cx53",
  ]),
  ...rows(["cx22", "cx32", "cx42", "cx52"], { why: "has not been for order since 2025-12-31" }, [
    "cx23",
    "cx33",
    "cx43",
    "cx53",
  ]),
  ...rows(
    ["cpx11", "cpx21", "cpx31", "cpx41", "cpx51"],
    { zones: [eu], why: "is not for order any more in Europe (announced on 2025-10-16)" },
    ["cpx12", "cpx22", "cpx32", "cpx42", "cpx52"],
  ),
  ...rows(["cx23", "cx33", "cx43", "cx53"], { zones: us, why: "is not offered in the United States" }, [
    "ccx13",
    "ccx13",
    "ccx23",
    "ccx33",
  ]),
]);

/** Ampere's processors. */
const arm = /^cax\d/;

/**
 * A server type that can work at a location.
 *
 * @throws RangeError for one that is malformed, withdrawn, absent from the location or of a processor that nothing is mirrored for.
 */
export function serverType(value: unknown, location?: string): string {
  if (typeof value !== "string" || !/^[a-z]{2,4}\d{2}$/.test(value))
    throw invalid("a Hetzner server type", value, 'give one like "ccx33"');
  if (arm.test(value))
    throw invalid(
      "a server type with x86 processors",
      value,
      "it has ARM's, for which no image and no package is mirrored: take one of cx, cpx or ccx",
    );
  const found = Object.hasOwn(against, value) ? against[value] : undefined;
  const zone = isLocation(location) ? locations[location].networkZone : undefined;
  if (found !== undefined && (found.zones === undefined || zone === undefined || found.zones.includes(zone)))
    throw invalid(
      `a server type that Hetzner ${zone === undefined ? "sells" : `sells in ${location ?? ""}`}`,
      value,
      `it ${found.why}: take ${found.instead}`,
    );
  return value;
}
