/** Hosts that services have beside a cluster: planned, placed, and refused where there is no ground for them. */
import { AdoptedPlatform, Gateway, metal, Network, planBigBlueButton } from "../../components";
import { layout } from "../../components/core/layout";
import { gatewayArgs, isolatedFrom } from "../support/arguments";
import { machine, sites } from "../support/inventory";
import { outputs } from "../support/infrastructure";
import { deploy } from "../support/mocks";
import { target } from "./kubernetes/target";

const plan = planBigBlueButton({ name: "hearing", domain: "hearing.example.ch", participants: 400 });
const size = { cores: 16, memoryGib: 32 };

describe("a layout", () => {
  test("has a place for services' own hosts, one more than the load needs, which no other pool moves", () => {
    const { hosts } = layout({ plans: [plan], applicationSize: size });
    expect(hosts).toEqual({ "hearing/server": { firstHost: 200, count: 3, need: plan.hosts.server } });
  });

  test("has none where no service asks for some", () => {
    const { hosts: _, ...others } = plan;
    expect(layout({ plans: [others], applicationSize: size }).hosts).toEqual({});
  });
});

describe("a platform on somebody else's cluster", () => {
  const servers = ["10.20.0.20", "10.20.0.21", "10.20.0.22"];
  const adopted = (
    serviceHosts?: (ground: object) => Readonly<Record<string, object>>,
    wanted = plan,
    volumeHosts: readonly string[] = servers,
  ) =>
    deploy(
      () => {
        const hosts = Array.from({ length: 30 }, (_, i) => machine(i + 1));
        const cloud = metal({ sites, hosts, accessKey: "secret access key", vlan: { id: 4000 } });
        const network = new Network("net", { cloud, location: "bern", isolatedFrom });
        const gateway = new Gateway("door", { network, type: "large", ...gatewayArgs, volumeHosts });
        const ground = { network, gateway, type: "large", firstHost: 20 };
        const platform = new AdoptedPlatform("theirs", {
          cluster: target(),
          plans: [wanted],
          ...(serviceHosts === undefined ? {} : { serviceHosts: serviceHosts(ground) as never }),
        });
        const { names, addresses } = platform.hosts(wanted, "server");
        return { names, addresses };
      },
      { outputs },
    );

  test("has hosts of services on the ground that it is told, with the names of their plan", async () => {
    const { outputs: made } = await adopted((ground) => ({ "hearing/server": ground }));
    expect(made).toEqual({
      names: [1, 2, 3].map((n) => `server-${n}.hearing.example.ch`),
      addresses: servers,
    });
  });

  test("has none whose volumes its gateways do not open", async () => {
    await expect(adopted((ground) => ({ "hearing/server": ground }), plan, servers.slice(1))).rejects.toThrow(
      "serviceHosts: expected gateways that open the volumes of 10.20.0.20, 10.20.0.21, 10.20.0.22",
    );
  });

  test.each<[string, ((ground: object) => Readonly<Record<string, object>>) | undefined, string]>([
    ["no ground", undefined, "serviceHosts: expected ground for the hosts of hearing/server"],
    [
      "ground for what no plan has",
      (ground) => ({ "hearing/server": ground, "other/server": ground }),
      'serviceHosts: expected tiers with hosts of their own out of hearing/server, got "other/server"',
    ],
    [
      "a misspelt key",
      (ground) => ({ "hearing/server": { ...ground, first: 20 } }),
      'serviceHosts["hearing/server"].first',
    ],
  ])("refuses %s", async (_, ground, message) => {
    await expect(adopted(ground)).rejects.toThrow(message);
  });
});
