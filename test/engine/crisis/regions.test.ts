/** The blueprint `crisis` with bridges in two locations, on the real engine: it goes up under all rules, or is refused where the locations share no network. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CapacityPlan } from "../../../components/planner";
import { rules } from "../../../policies/pack";
import { Rehearsal, savedOnce } from "../../support/rehearsal";

jest.setTimeout(600_000);

const regions = (location: string): readonly string[] => [
  "--set",
  `sovereign-uc:regions=${JSON.stringify({ [location]: { participants: 80, users: ["198.51.100.0/24"] } })}`,
];

/** Rules that find nothing to judge in it. */
const silent = ["UC-AI-003", "UC-AI-004"];

describe("crisis-hetzner with people near Helsinki", () => {
  const rehearsal = new Rehearsal("crisis-hetzner");
  afterAll(() => rehearsal.remove());

  test("goes up with n+1 bridges in each location, under all rules, and as many hosts as the planner says", async () => {
    const { code, text } = await rehearsal.run(regions("hel1"), { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    const servers = rehearsal.objects("hcloud", "Server");
    const media = servers.filter(({ name }) => /-media-/.test(String(name)));
    expect(media.map(({ name, location }) => `${String(name)} in ${String(location)}`).sort()).toEqual([
      "crisis-media-1 in fsn1",
      "crisis-media-2 in fsn1",
      "crisis-media-3 in fsn1",
      "crisis-media-hel1-1 in hel1",
      "crisis-media-hel1-2 in hel1",
    ]);
    const named = ({ metadata }: Readonly<Record<string, unknown>>): unknown => (metadata as { name?: unknown }).name;
    expect(rehearsal.objects("kubernetes", "Deployment").map(named)).toEqual(
      expect.arrayContaining(["meetings-bridge", "meetings-bridge-hel1", "meetings-relay-hel1"]),
    );
    const report = JSON.parse(readFileSync(join(rehearsal.folder, "report.json"), "utf8")) as {
      readonly rules: readonly { readonly id: string; readonly state: string }[];
      readonly conferences: readonly { readonly plan?: CapacityPlan }[];
    };
    expect(report.rules.map(({ id, state }) => `${id} ${state}`)).toEqual(
      rules.map(({ id }) => `${id} ${silent.includes(id) ? "not run" : "passed"}`),
    );
    const [planned] = report.conferences.map(({ plan }) => plan);
    expect(planned?.replicas).toMatchObject({ bridges: 5, relays: 5 });
    // The planner's are those of the meetings alone; chat and sign-in find room on them, and their data has three hosts.
    const others = servers.filter(({ name }) => /-data-\d$/.test(String(name)));
    expect(others).toHaveLength(3);
    expect(planned?.hosts.reduce((sum, { count }) => sum + count, 0)).toBe(servers.length - others.length);
  });
});

describe("crisis-exoscale with bridges in another zone", () => {
  const rehearsal = new Rehearsal("crisis-exoscale");
  afterAll(() => rehearsal.remove());

  test("is refused before anything is made: a network of Exoscale's is in one zone", async () => {
    const { code, text } = await rehearsal.run(regions("de-fra-1"), { environment: savedOnce });
    expect(code).not.toBe(0);
    expect(text).toMatch(
      /crisis-media-de-fra-1[^]*location: expected ch-gva-2, the zone of the network, got "de-fra-1"/,
    );
  });
});
