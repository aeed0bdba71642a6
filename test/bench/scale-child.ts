/** Registers the hosts of one row of the scale table on Pulumi's mocks and prints what that took, as JSON. */
import { performance } from "node:perf_hooks";
import * as pulumi from "@pulumi/pulumi";
import { Gateway, hetzner, HostPool, Network } from "../../components";
import { gatewayArgs, isolatedFrom } from "../support/arguments";
import { outputs, proven } from "../support/infrastructure";
import { answers, type Outputs } from "../support/mocks";

const birthSecret = "a secret of the benchmark's";

/** As many hosts as were asked for, over networks that are as full as the cloud lets them be, each with two gateways. */
function program(hosts: number): void {
  const cloud = hetzner();
  for (let left = hosts, n = 1; left > 0; n++) {
    const here = Math.min(left, cloud.hostsPerNetwork);
    const network = new Network(`net-${n}`, {
      cloud,
      location: "fsn1",
      isolatedFrom,
      range: `10.20.${n}.0/24`,
      birthSecret,
    });
    const gateway = new Gateway(`door-${n}`, { network, type: "cpx22", ...gatewayArgs });
    if (here > 2)
      new HostPool(`tools-${n}`, {
        network,
        role: "tools",
        type: "cpx22",
        count: here - 2,
        firstHost: 20,
        sshFrom: gateway.addresses.map((address) => `${address}/32`),
        jumpHosts: gateway.paths,
      });
    left -= here;
  }
}

/** Answers of clouds and hosts: hosts prove their keys. */
const ofClouds: Outputs = (resource) => ({ ...outputs(resource), ...proven(birthSecret)(resource) });

async function main(): Promise<void> {
  const hosts = Number(process.argv[2]);
  let resources = 0;
  let id = 0;
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`the program calls ${token}: components make no invokes`);
      },
      newResource: ({ type, name, inputs }) => {
        if (type !== pulumi.runtime.rootPulumiStackTypeName) resources++;
        const given = inputs as Record<string, unknown>;
        return { id: `${++id}`, state: { ...given, ...answers({ type, name, inputs: given }, ofClouds) } };
      },
    },
    "sovereign-uc",
    "bench",
  );
  const [begun, before] = [performance.now(), process.cpuUsage()];
  await pulumi.runtime.runInPulumiStack(() => {
    program(hosts);
    return Promise.resolve({});
  });
  await pulumi.runtime.disconnect();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1e6;
  const mib = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ hosts, resources, seconds, processor, mib })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
