/** Colours, light and dark. */
const colours = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f4; --sheet: #ffffff; --ink: #16211f; --soft: #56645f; --line: #d9dfdb; --tint: #eef2ef;
  --accent: #0b6b5c; --accent-tint: #e0f2ed; --good: #0d6b3f; --good-tint: #dff3e6; --bad: #b01e28; --bad-tint: #fde7e7;
  --open: #865300; --open-tint: #fdf0d6; --gateway: #0b6b5c; --media: #5b3fa8; --control: #1f5fa6; --application: #39706b; --host: #5d6b66;
  --shadow: 0 1px 2px rgb(16 33 31 / .06), 0 6px 24px rgb(16 33 31 / .06);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1513; --sheet: #151e1b; --ink: #e8efec; --soft: #a1b0aa; --line: #2b3833; --tint: #1b2622;
    --accent: #54c9b2; --accent-tint: #123a33; --good: #6fd39b; --good-tint: #12351f; --bad: #ff8d8d; --bad-tint: #431a1d;
    --open: #f0bd66; --open-tint: #3b2c10; --gateway: #54c9b2; --media: #b39bf5; --control: #7db4f0; --application: #84c7bf; --host: #a1b0aa;
    --shadow: 0 1px 2px rgb(0 0 0 / .4);
  }
}
`;

/** Rules for the topology, on the page and in a file of its own. */
const picture = `
.picture text { fill: var(--ink); font-family: inherit; } .internet { fill: var(--tint); stroke: var(--line); } .internet-text { font-size: 19px; font-weight: 600; letter-spacing: .02em; }
.network { fill: var(--accent-tint); stroke: var(--accent); stroke-width: 2.5; fill-opacity: .45; } .network-text { font-size: 15px; font-weight: 600; } .picture .network-text { fill: var(--accent); }
.zone { fill: var(--sheet); stroke: var(--line); fill-opacity: .75; } .zone-text { font-size: 14px; font-weight: 600; } .group-text { font-size: 12px; } .caption { font-size: 12.5px; } .picture .group-text, .picture .role, .picture .note, .picture .caption { fill: var(--soft); }
.way { stroke: var(--gateway); stroke-width: 2.5; fill: none; } .way-head { fill: var(--gateway); }
.barred { stroke: var(--bad); stroke-width: 2.5; stroke-dasharray: 5 5; } .leaking { stroke: var(--open); stroke-width: 3; } .warning { fill: var(--open); } .picture .warning-text { fill: var(--sheet); font-size: 15px; font-weight: 700; } .stop { fill: var(--bad); } .stop-bar { stroke: var(--sheet); stroke-width: 4.5; stroke-linecap: round; }
.card { --tone: var(--host); } .card.gateway { --tone: var(--gateway); } .card.media { --tone: var(--media); } .card.control-plane { --tone: var(--control); } .card.application { --tone: var(--application); } .card.isolated { --tone: var(--bad); }
.card .body { fill: var(--sheet); stroke: var(--line); stroke-width: 1; } .card.door .body { stroke: var(--tone); stroke-width: 2; } .card.isolated .body { stroke: var(--bad); stroke-dasharray: 5 4; fill: var(--bad-tint); } .card .stripe { fill: var(--tone); } .card.isolated .stripe { fill: none; }
.card .role { font-size: 11.5px; } .card .name { font: 600 14px "JetBrains Mono", "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; } .card .note { font-size: 12px; }
.card .port { fill: var(--tone); } .picture .port-text { fill: var(--sheet); font-size: 11.5px; font-weight: 600; } .card .restricted { fill: var(--sheet); stroke: var(--tone); stroke-width: 1.5; } .card .restricted-text { fill: var(--tone); font-size: 11.5px; font-weight: 600; } .picture .restricted-text { fill: var(--tone); } .card .tier { fill: var(--tint); stroke: var(--line); } .card .tier-text { font-size: 11.5px; }
`;

/** Style sheet of the topology in a file of its own. */
export const pictureStyle = `${colours}${picture}.picture { font-family: "Inter", "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif; } .ground { fill: var(--ground); }`;

/** The page's style sheet: light and dark, wide and narrow, screen and paper. No external font, image or address. */
export const style = `${colours}* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 "Inter", "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
main, header > div, footer { max-width: 1240px; margin: 0 auto; padding: 0 28px; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
header { padding: 44px 0 30px; border-top: 8px solid var(--good); background: var(--sheet); border-bottom: 1px solid var(--line); }
header.blocked, header.failed { border-top-color: var(--bad); }
.eyebrow { color: var(--soft); font-size: 14px; letter-spacing: .06em; text-transform: uppercase; margin: 0 0 10px; }
h1 { font-size: clamp(28px, 4.2vw, 50px); line-height: 1.12; letter-spacing: -.02em; margin: 0 0 14px; text-wrap: balance; }
.passed h1 { color: var(--good); } .blocked h1, .failed h1 { color: var(--bad); }
.under { font-size: 19px; color: var(--soft); max-width: 78ch; margin: 0; }
.under b { color: var(--ink); font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; margin-top: 24px; }
.figure { background: var(--tint); border-radius: 14px; padding: 14px 18px; } .figure strong { display: block; font-size: 32px; line-height: 1.15; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: 14px; } .figure.open strong { color: var(--open); } .figure.bad strong { color: var(--bad); }
nav { position: sticky; top: 0; z-index: 2; background: color-mix(in srgb, var(--sheet) 92%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
nav ul { max-width: 1240px; margin: 0 auto; padding: 0 28px; display: flex; gap: 22px; overflow-x: auto; list-style: none; }
nav a { display: block; padding: 12px 0; color: var(--ink); text-decoration: none; font-size: 15px; white-space: nowrap; border-bottom: 3px solid transparent; } nav a:hover { border-color: var(--accent); }
section { margin: 30px 0; background: var(--sheet); border: 1px solid var(--line); border-radius: 18px; padding: 28px 30px 30px; box-shadow: var(--shadow); scroll-margin-top: 64px; }
h2 { font-size: 27px; letter-spacing: -.015em; line-height: 1.2; margin: 0 0 6px; } h3 { font-size: 18px; margin: 26px 0 8px; }
.lead { color: var(--soft); margin: 0 0 18px; max-width: 90ch; }
.scroll { overflow-x: auto; } table { width: 100%; border-collapse: collapse; font-size: 15px; line-height: 1.45; } caption { text-align: left; font-size: 18px; font-weight: 600; padding: 18px 0 8px; }
th, td { text-align: left; vertical-align: top; padding: 10px 14px 10px 0; border-top: 1px solid var(--line); overflow-wrap: break-word; } thead th { color: var(--soft); font-weight: 500; font-size: 13.5px; border-top: 0; padding-top: 0; overflow-wrap: normal; }
th[scope=row] { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } tfoot td, tr.sum > * { font-weight: 600; border-top: 2px solid var(--ink); }
code, .mono { font: 13.5px/1.45 "JetBrains Mono", "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; } .once { white-space: nowrap; } .soft { color: var(--soft); } .small { font-size: 13.5px; }
.badge { display: inline-block; border-radius: 99px; padding: 1px 11px 1px 9px; font-size: 13.5px; font-weight: 600; white-space: nowrap; }
.badge.good { background: var(--good-tint); color: var(--good); } .badge.bad { background: var(--bad-tint); color: var(--bad); } .badge.open { background: var(--open-tint); color: var(--open); } .badge.mute { background: var(--tint); color: var(--soft); }
ul.plain { list-style: none; margin: 0; padding: 0; } ul.plain > li { border-top: 1px solid var(--line); padding: 10px 0; } ul.plain > li:first-child { border-top: 0; } td ul { margin: 4px 0 0; padding-left: 18px; }
.two { display: grid; grid-template-columns: 2fr 3fr; gap: 0 36px; } .two > * { min-width: 0; }
details { margin-top: 4px; } summary { cursor: pointer; color: var(--accent); font-size: 13.5px; font-weight: 500; } .walls { margin: 6px 0 0; padding-left: 18px; font-size: 13.5px; font-weight: 400; } .walls li { margin: 2px 0; }
.violation { border-left: 5px solid var(--bad); background: var(--bad-tint); border-radius: 0 12px 12px 0; padding: 14px 18px; margin: 12px 0; } .violation p { margin: 4px 0 0; }
.picture { display: none; width: 100%; height: auto; margin: 6px auto 0; } .legend { display: flex; flex-wrap: wrap; gap: 8px 22px; margin: 18px 0 0; font-size: 14px; color: var(--soft); } .legend i { display: inline-block; width: 14px; height: 14px; border-radius: 4px; margin-right: 7px; vertical-align: -2px; } .legend i.outlined { border: 2px solid var(--soft); }
.picture.narrow { display: block; max-width: 480px; }
@media (min-width: 700px) { .picture.narrow { display: none; } .picture.middle { display: block; } }
@media (min-width: 1180px) { .picture.middle { display: none; } .picture.wide { display: block; } }
.delay { display: block; width: 100%; height: auto; min-width: 620px; } .delay text { fill: var(--ink); font-family: inherit; font-size: 13px; paint-order: stroke; stroke: var(--sheet); stroke-width: 5px; }
${picture}footer { padding-bottom: 50px; color: var(--soft); font-size: 14px; }
@media (max-width: 760px) {
  main, header > div, footer, nav ul { padding-left: 14px; padding-right: 14px; } header { padding-top: 26px; } section { padding: 20px 14px; border-radius: 14px; margin: 16px 0; }
  .two { grid-template-columns: 1fr; } .figures { grid-template-columns: 1fr 1fr; gap: 10px; } .figure { padding: 12px 14px; } .figure strong { font-size: 26px; }
  table, tbody, tr, th, td { display: block; } thead { display: none; } caption { display: block; } tr { border-top: 1px solid var(--line); padding: 12px 0; } th, td { border: 0; padding: 3px 0; } th[scope=row] { font-size: 16px; } .number { text-align: left; white-space: normal; } .once { white-space: normal; }
  td[data-title]::before { content: attr(data-title) ": "; color: var(--soft); font-size: 13.5px; } td[data-title=""]::before { content: none; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --shadow: none; } body { font-size: 11pt; } nav { display: none; } section { border: 0; border-top: 1px solid #999; border-radius: 0; padding: 14px 0; margin: 0; } h2 { break-after: avoid; } tr, .figure, .violation { break-inside: avoid; }
  .picture { display: none !important; } .picture.wide { display: block !important; max-height: 17cm; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;
