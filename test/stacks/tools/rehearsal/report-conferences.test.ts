import { planCapacity } from "../../../../components";
import { buildModel } from "../../../../stacks/tools/rehearsal/report/build-model";
import { html } from "../../../../stacks/tools/rehearsal/report/html";
import { json } from "../../../../stacks/tools/rehearsal/report/json";
import { crisisState, source, urn } from "./report-fixture";

const up = buildModel(source());
const page = html(up);

/** The crisis at another place: resources of one type with other inputs. */
function changed(type: string, inputs: object): ReturnType<typeof buildModel> {
  const state = JSON.parse(JSON.stringify(crisisState())) as {
    deployment: { resources: { type: string; inputs?: object }[] };
  };
  for (const one of state.deployment.resources)
    if (one.type === `sovereign-uc:index:${type}`) one.inputs = { ...one.inputs, ...inputs };
  return buildModel(source({ state }));
}

/** The crisis' meetings as another component. */
function renamed(type: string, inputs: object): object {
  const state = JSON.parse(
    JSON.stringify(crisisState()).replaceAll("sovereign-uc:index:Jitsi", `sovereign-uc:index:${type}`),
  ) as { deployment: { resources: { type: string; inputs?: object }[] } };
  for (const one of state.deployment.resources)
    if (one.type === `sovereign-uc:index:${type}`) one.inputs = { ...one.inputs, ...inputs };
  return state;
}

describe("conferences in a report", () => {
  test("are planned for the region, the machine types and the bridges of the stack", () => {
    expect(up.conferences).toHaveLength(1);
    expect(up.conferences[0]).toEqual({
      name: "meetings",
      participants: 200,
      why: undefined,
      plan: planCapacity({
        participants: 200,
        rooms: 1,
        region: "fsn1",
        users: ["zurich", "berlin", "paris", "lisbon", "helsinki", "athens"],
      }),
    });
  });

  test.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["OpenVidu", "openvidu", {}],
    ["BigBlueButton", "bigbluebutton", { recording: true }],
  ])("of %s are planned as its own, in the largest rooms that one of its hosts carries", (type, service, inputs) => {
    const [{ plan, why } = {}] = buildModel(source({ state: renamed(type, inputs) })).conferences;
    expect(why).toBeUndefined();
    expect(plan).toMatchObject({
      service,
      participants: 200,
      rooms: service === "openvidu" ? 2 : 1,
      recordings: inputs["recording"] === true ? 1 : 0,
    });
    expect(html(buildModel(source({ state: renamed(type, inputs) })))).toContain(
      service === "openvidu" ? "browser → media server → browser" : "browser → SFU → voice switch → SFU → browser",
    );
  });

  test("take the machine types that are there", () => {
    const other = changed("HostPool", { type: "ccx53" });
    expect(other.conferences[0]?.plan?.hosts.map(({ type }) => type)).toEqual(["ccx53", "ccx53", "ccx53", "ccx53"]);
  });

  test("have a section with prices, delays, and a picture that says the same in words", () => {
    expect(page).toContain('<a href="#conferences">Conferences</a>');
    expect(page).toContain('<section id="conferences"');
    const euros = up.conferences[0]?.plan?.cost.euros ?? 0;
    expect(page).toContain(
      `<b>${new Intl.NumberFormat("en-CH", { minimumFractionDigits: 2 }).format(euros)} euros</b> a month`,
    );
    expect(page).toMatch(/aria-label="One-way delay: [a-z]+ to [a-z]+ \d+ ms/);
    expect(page).toContain("bad from 300 ms");
    expect(page).toContain("browser → relay → bridge → relay → browser");
    expect(JSON.parse(json(up))).toMatchObject({
      conferences: [{ name: "meetings", plan: { replicas: { bridges: 3 } } }],
    });
  });

  test("are undetermined on sites of one's own, and never without a word", () => {
    const own = changed("Network", { location: "geneva", cloud: "metal" });
    expect(own.conferences[0]?.plan).toBeUndefined();
    expect(own.undetermined).toContainEqual({
      what: "bandwidth, cost and delay of meetings",
      why: expect.stringContaining("sites of your own have no list prices") as string,
    });
    expect(html(own)).toContain("sites of your own have no list prices");
  });

  test("have no section in a stack that has none", () => {
    const none = buildModel(
      source({
        state: {
          deployment: {
            resources: [{ urn: urn("pulumi:pulumi:Stack", "s"), type: "pulumi:pulumi:Stack", custom: false }],
          },
        },
      }),
    );
    expect(none.conferences).toEqual([]);
    expect(html(none)).not.toContain("#conferences");
  });
});
