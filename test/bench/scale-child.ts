/** Registers the hosts of one row of the scale table on Pulumi's mocks and prints what that took, as JSON. */
import { performance } from "node:perf_hooks";
import * as pulumi from "@pulumi/pulumi";
import { Gateway, hetzner, HostPool, Network } from "../../components";
import { gatewayArgs, isolatedFrom } from "../support/arguments";

/** As many hosts as were asked for, over networks that are as full as the cloud lets them be, each with two gateways. */
function program(hosts: number): void {
  const cloud = hetzner();
  for (let left = hosts, n = 1; left > 0; n++) {
    const here = Math.min(left, cloud.hostsPerNetwork);
    const network = new Network(`net-${n}`, { cloud, location: "fsn1", isolatedFrom, range: `10.20.${n}.0/24` });
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

/** Answers of a provider, as far as the program passes them on. */
const answers = (type: string): Record<string, unknown> => {
  if (type === "tls:index/privateKey:PrivateKey")
    return { privateKeyOpenssh: "key", publicKeyOpenssh: "ssh-ed25519 key" };
  if (type === "command:remote:Command") return { stdout: "ssh-ed25519 key\n" };
  return type.endsWith("PrimaryIp") ? { ipAddress: "198.18.0.1" } : {};
};

async function main(): Promise<void> {
  const hosts = Number(process.argv[2]);
  let resources = 0;
  let id = 0;
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`the program calls ${token}: components make no invokes`);
      },
      newResource: ({ type, inputs }) => {
        if (type !== pulumi.runtime.rootPulumiStackTypeName) resources++;
        return { id: `${++id}`, state: { ...(inputs as object), ...answers(type) } };
      },
    },
    "sovereign-uc",
    "bench",
  );
  const begun = performance.now();
  await pulumi.runtime.runInPulumiStack(() => {
    program(hosts);
    return Promise.resolve({});
  });
  await pulumi.runtime.disconnect();
  const seconds = (performance.now() - begun) / 1000;
  const mib = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ hosts, resources, seconds, mib })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
