import type { ReportModel } from "./model";
import { count } from "./words";
import { conferences } from "./page/conferences";
import { escape } from "./page/markup";
import { paths } from "./page/paths";
import { capacity, endpoints, materials, mirrored, picture, remaining, rules } from "./page/sections";
import { style } from "./page/style";

const sections = [
  ["topology", "Topology"],
  ["remains", "What remains"],
  ["rules", "Rules"],
  ["paths", "Paths"],
  ["capacity", "Capacity"],
  ["conferences", "Conferences"],
  ["endpoints", "Endpoints"],
  ["mirror", "Mirror"],
  ["materials", "Materials"],
] as const;

/** The report as one self-contained page: no script, no external resource. */
export function html(model: ReportModel): string {
  const { stack, blueprint, profile, verdict, at, hosts, tiers, rules: all, undetermined, networks } = model;
  const failed = all.filter(({ state }) => state === "failed").length;
  const held = tiers.filter(({ state }) => state === "held" || state === "declared").length;
  const places = [...new Set(networks.map(({ cloud, location }) => `${location} (${cloud})`))].join(", ");
  const figures = [
    [String(hosts.length), count(hosts.length, "host").replace(/^\d+ /, ""), ""],
    [String(hosts.filter(({ door }) => door).length), "doors to the internet", ""],
    [`${held}/${tiers.length}`, "tiers can lose one replica or fail over", held < tiers.length ? "open" : ""],
    [`${all.filter(({ state }) => state === "passed").length}/${all.length}`, "rules passed", failed > 0 ? "bad" : ""],
    [String(undetermined.length), "points undetermined", undetermined.length > 0 ? "open" : ""],
  ] as const;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escape(`${stack}: ${verdict.sentence}`)}</title>
<style>${style}</style>
</head>
<body>
<header class="${verdict.state}"><div>
<p class="eyebrow">Rehearsal of ${escape(blueprint)} · ${escape(stack)} · ${escape(at.replace("T", " ").replace(/\.\d+Z$/, " UTC"))}</p>
<h1>${escape(verdict.sentence)}</h1>
<p class="under">Profile <b>${escape(profile)}</b>${places === "" ? "" : ` in <b>${escape(places)}</b>`}. Simulated clouds, Pulumi's own engine and policy packs. ${undetermined.length > 0 ? `<b>${count(undetermined.length, "point")} could not be judged</b>: ${undetermined.length === 1 ? "it counts" : "they count"} as no pass.` : "Everything was judged."}</p>
<div class="figures">${figures.map(([value, text, tone]) => `<div class="figure ${tone}"><strong>${value}</strong><span>${text}</span></div>`).join("")}</div>
</div></header>
<nav aria-label="Sections"><ul>${sections
    .filter(([id]) => id !== "conferences" || model.conferences.length > 0)
    .map(([id, title]) => `<li><a href="#${id}">${title}</a></li>`)
    .join("")}</ul></nav>
<main>
${[picture, remaining, rules, paths, capacity, conferences, endpoints, mirrored, materials].map((part) => part(model)).join("\n")}
</main>
<footer>Made by sovereign-uc from the engine's state and event log. Nothing here is legal advice.</footer>
</body>
</html>
`;
}
