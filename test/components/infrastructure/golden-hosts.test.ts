/** Golden files of hosts: what lands on one host of each kind, on every cloud. */
import { growing, renderedElastic, sentFiles, sentTo } from "../../support/elastic";
import { goldenFolder } from "../../support/golden";
import { type HostFile, hostFiles, hostTree } from "../../support/host-tree";
import { deployedHosts, infrastructure, type RenderedHost, worlds } from "../../support/infrastructure";

type Files = Readonly<Record<string, HostFile>>;

/** Rendered files with the modes that convergence is sent. */
function withModes(
  { userData, files }: RenderedHost,
  sent: Readonly<Record<string, { readonly mode: string }>>,
): Files {
  return Object.fromEntries([
    ...(userData === undefined ? [] : [["/user-data", { mode: "-", content: userData }]]),
    ...Object.entries(files).map(([path, content]) => [path, { mode: sent[path]?.mode ?? "none", content }]),
  ]) as Files;
}

async function rendered(): Promise<Readonly<Record<string, Files>>> {
  const all: Record<string, Files> = {};
  for (const world of worlds) {
    const { hosts, deployment } = await deployedHosts(() => void infrastructure(world));
    for (const host of ["door-1", "uc-control-1", "uc-application-1", "uc-media-1"])
      all[`${world.id}/${host}`] = withModes(hosts[host] ?? { files: {} }, sentTo(deployment, host));
  }
  const { hosts, deployment } = await deployedHosts(() => void growing());
  const member = withModes(hosts["uc-control-1"] ?? { files: {} }, sentTo(deployment, "uc-control-1"));
  // Of the member only what an elastic pool adds to it.
  all["hetzner/uc-control-1-with-elastic-pool"] = Object.fromEntries(
    Object.entries(member).filter(([path]) => /[/]join([./]|$)/.test(path)),
  );
  const elastic = await renderedElastic();
  const payload = sentTo(deployment, "uc-control-1")["/etc/sovereign-uc/join/payload"]?.content ?? "";
  all["hetzner/uc-elastic"] = withModes(elastic, sentFiles(payload));
  return all;
}

test("what is rendered for hosts is in the golden files, and no file is there that nothing renders", async () => {
  const hosts = await rendered();
  for (const [host, files] of Object.entries(hosts)) {
    expect([host, Object.keys(files).length > 4]).toEqual([host, true]);
    expect([host, Object.entries(files).filter(([, { mode }]) => !/^(0\d{3}|-)$/.test(mode))]).toEqual([host, []]);
  }
  const tree = hostTree(hosts);
  for (const [host, files] of Object.entries(hosts)) expect(hostFiles(tree, host)).toEqual(files);
  goldenFolder("hosts", tree);
});

describe("Lists of hosts", () => {
  const file = (content: string): HostFile => ({ mode: "0644", content });

  test("a content that all hosts share stands at its path, others stand under the first host that has them", () => {
    expect(
      hostTree({
        "a/one": { "/etc/same": file("x"), "/etc/other": file("1") },
        "a/two": { "/etc/same": file("x"), "/etc/other": file("2") },
        "b/three": { "/etc/same": file("x"), "/etc/other": file("2") },
      }),
    ).toEqual({
      "a/one": "0644 /etc/other files/etc/other/a.one\n0644 /etc/same files/etc/same\n",
      "a/two": "0644 /etc/other files/etc/other/a.two\n0644 /etc/same files/etc/same\n",
      "b/three": "0644 /etc/other files/etc/other/a.two\n0644 /etc/same files/etc/same\n",
      "files/etc/same": "x",
      "files/etc/other/a.one": "1",
      "files/etc/other/a.two": "2",
    });
  });
});
