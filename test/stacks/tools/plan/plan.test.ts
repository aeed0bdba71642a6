import { planCapacity } from "../../../../components";
import { conferenceServices } from "../../../../components/planner";
import { run } from "../../../../stacks/tools/plan/run";
import { comparison, text } from "../../../../stacks/tools/plan/text";
import { golden } from "../../../support/golden";

function asked(...args: readonly string[]): { readonly code: number; readonly said: string } {
  const lines: string[] = [];
  const code = run(args, (line) => lines.push(line));
  return { code, said: lines.join("\n") };
}

const small = ["--participants", "50", "--rooms", "5", "--region", "fsn1"];

/** Participants and recordings at once: one in twelve or more rooms is recorded. */
const sizes = [
  [50, 1],
  [500, 4],
  [5_000, 15],
  [20_000, 40],
] as const;

describe("the planner's output", () => {
  test.each(conferenceServices.flatMap((service) => ["fsn1", "ch-gva-2"].map((region) => [service, region] as const)))(
    "of %s for 50, 500, 5,000 and 20,000 participants in %s is the golden table",
    (service, region) => {
      const plans = sizes.map(([participants, recordings]) =>
        planCapacity({
          service,
          participants,
          rooms: participants / 12.5,
          recordings,
          region,
          users: ["zurich", "berlin", "helsinki", "lisbon"],
          // A recorder of OpenVidu is a pod of four cores, which the default type has in all.
          ...(service === "openvidu" && region === "ch-gva-2"
            ? { machineTypes: { application: "standard.huge" } }
            : {}),
        }),
      );
      golden(`planner/${service}-${region}.txt`, `${comparison(plans)}\n`);
    },
  );

  test.each([
    ["jitsi", "ch-gva-2"],
    ["bigbluebutton", "fsn1"],
    ["openvidu", "fsn1"],
  ] as const)("of %s for 500 participants in %s is the golden text", (service, region) => {
    const asked = { participants: 500, rooms: 40, recordings: 4, users: ["zurich", "berlin", "helsinki"] };
    golden(`planner/${service}-500.txt`, `${text(planCapacity({ ...asked, service, region }))}\n`);
  });
});

describe("npm run plan", () => {
  test("prints the plan, with the tier that fills first", () => {
    const { code, said } = asked(...small);
    expect(code).toBe(0);
    expect(said).toContain("Jitsi: 50 participants in 5 rooms of 10, in fsn1 (hetzner)");
    expect(said).toMatch(/first full: bridges/);
  });

  test("prints the same as data", () => {
    const { code, said } = asked(
      ...small,
      "--users",
      "zurich,berlin",
      "--hours",
      "40",
      "--type",
      "media=ccx53",
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(said)).toEqual(
      JSON.parse(
        JSON.stringify(
          planCapacity({
            participants: 50,
            rooms: 5,
            region: "fsn1",
            users: ["zurich", "berlin"],
            hoursPerMonth: 40,
            machineTypes: { media: "ccx53" },
          }),
        ),
      ),
    );
  });

  test("says so where a tier is too small, a price is missing, and a plan is split", () => {
    expect(
      asked("--participants", "500", "--rooms", "4", "--region", "fsn1", "--per-host", "300", "--type", "media=ccx53")
        .said,
    ).toMatch(/links of media hosts .*TOO SMALL/);
    expect(asked("--participants", "50", "--rooms", "5", "--region", "ash").said).toContain("without tax: unknown");
    expect(asked("--participants", "20000", "--rooms", "1600", "--region", "fsn1").said).toContain(
      "Split over 3 platforms of 6'667",
    );
  });

  test("explains itself", () => {
    const { code, said } = asked("--help");
    expect(code).toBe(0);
    for (const option of [
      "--participants",
      "--rooms",
      "--region",
      "--users",
      "--service",
      "--recordings",
      "--end-to-end",
      "--per-host",
      "--type",
      "--hours",
      "--json",
    ])
      expect(said).toContain(option);
  });

  test.each([
    [
      "nothing",
      [],
      /--participants: expected a whole number, got nothing; see --help\n--rooms: expected a whole number/,
    ],
    [
      "no number",
      ["--participants", "1e3", "--rooms", "5", "--region", "fsn1"],
      /--participants: expected a whole number, got "1e3"/,
    ],
    ["an unknown option", [...small, "--cheap"], /expected known options, got Unknown option '--cheap'/],
    [
      "an unknown service",
      [...small, "--service", "teams"],
      /service: expected a service with conferences out of jitsi, bigbluebutton, openvidu, got "teams"/,
    ],
    ["a type without a role", [...small, "--type", "ccx43"], /--type: expected ROLE=TYPE, got "ccx43"/],
    [
      "an unknown region",
      ["--participants", "50", "--rooms", "5", "--region", "mars"],
      /region: expected a region of Hetzner or Exoscale, got "mars"/,
    ],
    [
      "end-to-end over its limit",
      [...small, "--end-to-end"],
      /participants: expected at most 20 participants with end-to-end/,
    ],
  ])("refuses %s with 2", (_, args, expected) => {
    const { code, said } = asked(...args);
    expect(code).toBe(2);
    expect(said).toMatch(expected);
  });
});
