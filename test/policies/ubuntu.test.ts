/** Hosts with Ubuntu before the rules: what differs from Debian in user data and image gives no rule cause. */
import { rules } from "../../policies/pack";
import { deployedHosts, worlds } from "../support/infrastructure";
import { ubuntuHosts } from "../support/ubuntu";
import { own, Pack } from "./support";

test.each(worlds.filter(({ id }) => id !== "metal"))(
  "the rules object to no host with Ubuntu on $id",
  async (world) => {
    const { deployment } = await deployedHosts(() => ubuntuHosts(world));
    const machines = deployment.resources.filter(
      ({ name, type }) => name === "hearing-1" && /Server$|ComputeInstance$/.test(type),
    );
    expect(machines.map(({ inputs }) => String(inputs["userData"]).includes('"bootcmd"'))).toEqual([true]);
    // Labels are their network's, and this one has none.
    const pack = new Pack(
      rules.filter(({ id }) => id !== "UC-TAG-001"),
      own,
    );
    for (const { type, name, inputs: given } of machines) {
      // Ids of Hetzner's are numbers, which those of the mocks are not.
      const inputs: Readonly<Record<string, unknown>> = {
        ...given,
        ...(type.startsWith("hcloud:") ? { placementGroupId: 1 } : {}),
      };
      const answer = await pack.ask({ type, name, props: inputs });
      expect(answer.violations.map(({ policy, message }) => `${policy}: ${message}`)).toEqual([]);
      // It is judged, not passed over: a vendor's address in its user data is seen.
      const userData = String(inputs["userData"]).replace(
        '"hostname"',
        '"ntp":{"servers":["ntp.ubuntu.com"]},"hostname"',
      );
      const { violations } = await pack.ask({ type, name, props: { ...inputs, userData } });
      expect(violations.map(({ message }) => message).join("\n")).toContain("ntp.ubuntu.com");
    }
  },
);
