import { exoscale, hetzner } from "../../../components";

const at = {
  hetzner: hetzner(),
  exoscale: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
};

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return "taken";
}

test.each([
  // Hetzner: gone everywhere.
  [
    "hetzner",
    "cx11",
    "fsn1",
    'expected a server type that Hetzner sells in fsn1, got "cx11"; it was withdrawn on 2024-09-06: take cx23',
  ],
  ["hetzner", "cx22", "nbg1", "it has not been for order since 2025-12-31: take cx23"],
  ["hetzner", "cx42", "hel1", "it has not been for order since 2025-12-31: take cx43"],
  ["hetzner", "cx52", "sin", "take cx53"],
  // Gone in Europe.
  ["hetzner", "cpx21", "fsn1", "it is not for order any more in Europe (announced on 2025-10-16): take cpx22"],
  ["hetzner", "cpx51", undefined, "expected a server type that Hetzner sells, got"],
  ["hetzner", "cpx21", "ash", "taken"],
  // Never there.
  ["hetzner", "cx23", "ash", "it is not offered in the United States"],
  ["hetzner", "cx23", "fsn1", "taken"],
  // ARM.
  [
    "hetzner",
    "cax11",
    "fsn1",
    'expected a server type with x86 processors, got "cax11"; it has ARM\'s, for which no image',
  ],
  ["hetzner", "cax41", "fsn1", "expected a server type with x86 processors"],
  // What can be had, and what nobody here knows.
  ["hetzner", "cpx22", "fsn1", "taken"],
  ["hetzner", "ccx43", "ash", "taken"],
  ["hetzner", "ccx93", "fsn1", "taken"],
  ["hetzner", "cpx22-ceph", "fsn1", "expected a Hetzner server type"],
  ["hetzner", "constructor", "fsn1", "expected a Hetzner server type"],
  // Exoscale: what its API lists.
  ["exoscale", "standard.large", "ch-gva-2", "taken"],
  ["exoscale", "cpu.huge", "ch-gva-2", "taken"],
  ["exoscale", "standard.xlarge", "ch-gva-2", "expected a size that Exoscale has, got"],
  ["exoscale", "Standard.large", "ch-gva-2", "expected an Exoscale type as family.size"],
  ["exoscale", "general.large", "ch-gva-2", "expected a family that Exoscale has, got"],
  ["exoscale", "cpx22", "ch-gva-2", "expected an Exoscale type as family.size"],
  // Families with graphics processors come and go.
  ["exoscale", "gpu3.small", "de-fra-1", "taken"],
  ["exoscale", "gpu3.small", "ch-gva-2", "expected a type that zone ch-gva-2 has"],
  ["exoscale", "gpunext.gigantic", "ch-gva-2", "taken"],
] as const)("%s judges %s in %s", (cloud, type, location, expected) => {
  expect(refusal(() => at[cloud].hostType(type, location))).toContain(expected);
});

test.each([
  ["fsn1-dc14", "a data centre"],
  ["FSN1", "upper case"],
  ["nbg2", "a location that is none"],
  ["ch-gva-2", "another cloud's zone"],
])("Hetzner refuses %s as a location: %s", (code) => {
  expect(refusal(() => at.hetzner.location(code))).toContain("expected a Hetzner location");
});

test.each([
  ["ch-gva-1", "a zone that is gone"],
  ["CH-GVA-2", "upper case"],
  ["fsn1", "another cloud's location"],
])("Exoscale refuses %s as a zone: %s", (code) => {
  expect(refusal(() => at.exoscale.location(code))).toContain("expected an Exoscale zone");
});
