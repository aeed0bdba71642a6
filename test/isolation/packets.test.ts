import { infrastructure, renderedHosts, worlds } from "../support/infrastructure";
import { Laboratory } from "./laboratory";
import { Prober } from "./prober";
import { filterPaths } from "./filter-paths";
import { described } from "./probe";
test("lab", async () => {
  const [world] = worlds;
  if (!world) throw new Error();
  const hosts = await renderedHosts(() => void infrastructure(world));
  const t = Date.now();
  const lab = new Laboratory(hosts);
  let prober: Prober | undefined;
  console.log(Object.keys(hosts), Date.now() - t);
  try {
  for (const { name } of lab.places) lab.load(name, hosts[name]?.files["/etc/nftables.conf"] ?? "");
  prober = await Prober.start("/usr/bin/python3", lab.spaces, lab.links, lab.last);
  for (const place of lab.places) {
    const paths = filterPaths(place);
    const t = Date.now();
    const seen = await prober.send(paths, lab.places.map(({name}) => name));
    const wrong = paths.filter((p, i) => p.expected !== seen[i]);
    console.log(place.name, paths.length, Date.now() - t, seen.filter(x => x).length, wrong.length + "\n" + wrong.slice(0, 40).map(described).join("\n"));
  }
  for (const { name } of lab.places) lab.unload(name);
  for (const place of lab.places) {
    const paths = filterPaths(place).filter(({unfiltered}) => unfiltered);
    const t = Date.now();
    const seen = await prober.send(paths, lab.places.map(({name}) => name));
    const wrong = paths.filter((p, i) => !seen[i]);
    console.log(place.name, paths.length, Date.now() - t, seen.filter(x => x).length, wrong.length + "\n" + wrong.slice(0, 40).map(described).join("\n"));
  }
  } finally { prober?.stop(); lab.remove(); }
}, 60000);
