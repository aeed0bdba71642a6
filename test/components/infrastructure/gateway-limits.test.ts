/** Limits of a gateway's services by source, as rendered for its hosts. */
import { Gateway, Network } from "../../../components";
import { sshd } from "../../../components/recipe/cloud-init";
import { growing } from "../../support/elastic";
import { deployedInfrastructure, gatewayArgs, isolatedFrom, renderedHosts, worlds } from "../../support/infrastructure";
import type { Deployment } from "../../support/mocks";

/** Contents of the secret files that a host is sent, by path. */
const sent = (deployment: Deployment, host: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    String(JSON.stringify(deployment.one("command:remote:Command", `${host}-converge`).inputs["stdin"]))
      .split("\\n")
      .map((line) => line.split(" "))
      .filter(([kind]) => kind === "file")
      .map(([, , , path = "", content = ""]) => [
        Buffer.from(path, "base64").toString(),
        Buffer.from(content, "base64").toString(),
      ]),
  );
/** Common names of the certificates that senders of journals show, by what they are requested for. */
const senders = ({ resources }: Deployment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    resources
      .filter(({ type, name }) => type === "tls:index/certRequest:CertRequest" && name.endsWith("sender"))
      .map(({ name, inputs }) => [name, (inputs["subject"] as { readonly commonName: string }).commonName]),
  );

describe.each(worlds)("a gateway on $id", (world) => {
  const files = async (host = "door-1") => (await deployedInfrastructure(world)).hosts[host]?.files ?? {};

  test("serves Tang to the control plane only, whose volumes it opens, and no other host can exhaust its connections", async () => {
    const all = await files();
    expect(all["/etc/nftables.conf"]?.split("\n").filter((line) => line.includes("dport 7500"))).toEqual([
      '    ip saddr { 10.20.0.20/32, 10.20.0.21/32, 10.20.0.22/32 } tcp dport 7500 accept comment "Tang, which opens the hosts\' data volumes"',
    ]);
    expect(all["/etc/systemd/system/tangd.socket.d/60-sovereign-uc.conf"]).toMatch(
      /^MaxConnectionsPerSource=8\nTriggerLimitIntervalSec=0$/m,
    );
  });

  test("limits NTP requests per host", async () => {
    expect((await files())["/etc/chrony/chrony.conf"]).toContain("\nratelimit interval 1 burst 16 leak 2\n");
    expect((await files("uc-control-1"))["/etc/chrony/chrony.conf"]).not.toContain("ratelimit");
  });

  test("closes Tang if there is no volume to open", async () => {
    const hosts = await renderedHosts(() => {
      const network = new Network("net", { cloud: world.cloud(), location: world.location, isolatedFrom });
      void new Gateway("door", { network, type: world.type, ...gatewayArgs });
    });
    expect(hosts["door-1"]?.files["/etc/nftables.conf"]).not.toContain("dport 7500");
  });

  test("identifies each host's journal by its own certificate", async () => {
    const { deployment } = await deployedInfrastructure(world);
    expect(senders(deployment)).toMatchObject({
      "door-journals-door-1-sender": "127.19.0.10",
      "door-journals-uc-control-1-sender": "127.19.0.20",
      "door-journals-uc-application-2-sender": "127.19.0.31",
      "door-journals-sender": "shared",
    });
    for (const host of ["door-1", "uc-control-1", "uc-application-2"])
      expect(JSON.stringify(sent(deployment, host))).toContain(`secret key of door-journals-${host}-sender`);
  });
});

test("autoscaled hosts share a certificate, which the gateways accept from their range only", async () => {
  const hosts = await renderedHosts(() => void growing());
  expect(hosts["door-1"]?.files["/etc/haproxy/journals.cfg"]).toContain(
    "http-request deny if shared !{ src 10.20.0.128/28 }",
  );
});

test("unauthenticated clients cannot exhaust a host's SSH connections", () => {
  const value = (key: string): number => Number(new RegExp(`^${key} (\\d+)`, "m").exec(sshd)?.[1]);
  expect(value("PerSourceMaxStartups") * 3).toBeLessThanOrEqual(value("MaxStartups"));
  expect(sshd).toMatch(/^PerSourceNetBlockSize 32:64$/m);
});
