/**
 * The page's one style sheet. Every colour is a variable with a light and a dark value; `color-scheme` on the root, which the button sets, chooses between
 * them. Type: a serif for reading, the system's sans for figures and tables, sizes in steps of 1.2. No other file is needed.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fffefb, #17181b);
  --panel: light-dark(#f6f4ee, #202226);
  --ink: light-dark(#1c1c1e, #e9e7e2);
  --soft: light-dark(#56585e, #a9abb1);
  --rule: light-dark(#d8d5cc, #3b3d43);
  --accent: light-dark(#7b2233, #eda6ae);
  --pass: light-dark(#0b6b3a, #6fd3a0);
  --fail: light-dark(#a3211d, #ff9d94);
  --unsure: light-dark(#6a5200, #e3c65c);
  --series-0: light-dark(#0068a8, #5cb8ee);
  --series-1: light-dark(#c04f00, #ff9a57);
  --series-2: light-dark(#00805c, #4fd3a6);
  --series-3: light-dark(#9c3f7c, #eba3d0);
  --series-4: light-dark(#7a6200, #e5cf4d);
  --series-5: light-dark(#3b2a94, #b0a4ff);
  --series-6: light-dark(#5e3b22, #d5a880);
  --series-7: light-dark(#2f5d62, #8fd0d6);
  --serif: 'Charter', 'Bitstream Charter', 'Sitka Text', 'Cambria', 'Georgia', 'Liberation Serif', serif;
  --sans: system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', 'Arial', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', 'Menlo', monospace;
  --small: 0.833rem;
  --smaller: 0.694rem;
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 var(--serif); }
main, .masthead, .colophon { width: min(76rem, 100% - 2.5rem); margin-inline: auto; }
p, ul, ol, dl, .note { max-width: 42rem; }
p { margin: 0 0 0.9rem; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 0.06em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; top: 0; padding: 0.6rem 1rem; background: var(--ink); color: var(--paper); font-family: var(--sans); z-index: 9; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pictures { position: absolute; }

.masthead { padding-top: 2.2rem; }
.running { display: flex; justify-content: space-between; align-items: center; gap: 1rem; border-bottom: 1px solid var(--ink); padding-bottom: 0.5rem; font: var(--small)/1.3 var(--sans); color: var(--soft); }
.running strong { color: var(--ink); letter-spacing: 0.04em; }
button { font: var(--small)/1 var(--sans); color: var(--ink); background: none; border: 1px solid var(--rule); border-radius: 3px; padding: 0.45rem 0.7rem; cursor: pointer; }
button:hover { border-color: var(--ink); }
h1, h2, h3, h4 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: clamp(1.728rem, 4vw, 2.488rem); margin: 1.6rem 0 0.5rem; max-width: 54rem; letter-spacing: -0.01em; }
h2 { font-size: 1.44rem; margin: 3.2rem 0 0.9rem; padding-top: 0.7rem; border-top: 1px solid var(--ink); }
h3 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; }
h4 { font: 600 1rem/1.3 var(--sans); margin: 1.6rem 0 0.5rem; }
.facts { font: var(--small)/1.5 var(--sans); color: var(--soft); max-width: 54rem; overflow-wrap: anywhere; }
.lead { font-size: 1.125rem; }
.warning { border-left: 3px solid var(--unsure); padding: 0.1rem 0 0.1rem 1rem; margin: 1rem 0; max-width: 42rem; }
.warning p:last-child, .warning ul:last-child { margin-bottom: 0; }
.contents { font: var(--small)/1.5 var(--sans); margin: 1.4rem 0 0; }
.contents ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; padding: 0; margin: 0; max-width: none; }

.scroll { overflow-x: auto; max-width: 100%; margin: 1rem 0 0.4rem; }
table { border-collapse: collapse; font: var(--small)/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; }
caption, figcaption { text-align: left; font: var(--small)/1.5 var(--sans); color: var(--soft); max-width: 46rem; padding: 0 0 0.6rem; caption-side: top; }
caption b, figcaption b { color: var(--ink); }
th, td { padding: 0.32rem 0.9rem 0.32rem 0; text-align: left; vertical-align: baseline; }
thead th { border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
table { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); }
tbody th { font-weight: 500; white-space: nowrap; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--rule); }
.group th { color: var(--soft); font-weight: 400; font-style: italic; }
.number { text-align: right; white-space: nowrap; }
.faithful { min-width: 13rem; }
.because { min-width: 22rem; font-family: var(--serif); font-size: 0.9rem; }
.indent { padding-left: 1.1rem; color: var(--soft); }
.spread { color: var(--soft); }
.outcome { white-space: nowrap; font-weight: 600; }
.passes { color: var(--pass); } .fails { color: var(--fail); } .cannot-tell { color: var(--unsure); }
.outcome .mark { display: inline-block; width: 1.15em; text-align: center; }
.best { font-weight: 700; }
.best .spread { font-weight: 400; }
.best::after { content: ' best'; font-weight: 500; font-size: var(--smaller); color: var(--accent); }
.empty { color: var(--soft); }
code { font: 0.9em var(--mono); overflow-wrap: anywhere; }
pre { font: var(--small)/1.5 var(--mono); background: var(--panel); padding: 0.8rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 60rem; }
dl.terms { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: 0 1.4rem; max-width: 60rem; font: var(--small)/1.5 var(--sans); margin: 0.8rem 0; }
dl.terms dt { grid-column: 1; font-weight: 600; overflow-wrap: anywhere; }
dl.terms dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; color: var(--soft); }
dl.terms dt + dd { color: var(--ink); }
dl.terms dd + dt, dl.terms dd + dt + dd { padding-top: 0.45rem; }
details { margin: 0.8rem 0; max-width: 100%; }
summary { cursor: pointer; font: 500 var(--small)/1.5 var(--sans); width: fit-content; }
summary:hover { color: var(--accent); }

.picture { display: block; width: 100%; height: auto; }
.coarse { image-rendering: pixelated; }
.inputs { display: flex; flex-wrap: wrap; gap: 1.6rem; padding: 0; margin: 1rem 0; list-style: none; max-width: none; }
.inputs li { width: 11rem; font: var(--small)/1.4 var(--sans); overflow-wrap: anywhere; }
.inputs .picture { border: 1px solid var(--rule); margin-bottom: 0.5rem; }
.inputs b { display: block; }
.inputs span { color: var(--soft); display: block; }

figure { margin: 1.4rem 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 0 2.5rem; }
.plots > figure:first-child { grid-column: 1 / -1; }
.chart { display: block; width: 100%; min-width: 30rem; height: auto; font-family: var(--sans); overflow: visible; }
.wide { min-width: 46rem; }
.chart text { white-space: pre; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.3rem; padding: 0; margin: 0.4rem 0 0; font: var(--small)/1.5 var(--sans); max-width: none; font-variant-numeric: tabular-nums; }
.sample { display: inline-block; width: 2.5rem; height: 0.75rem; margin-right: 0.45rem; vertical-align: -0.05rem; overflow: visible; }

.cascade { --cell: clamp(2.75rem, min(66rem, 100vw - 13rem) / var(--columns) - 4px, var(--side)); table-layout: fixed; border: 0; width: max-content; }
.maps { --cell: 10rem; }
.cascade thead th { border: 0; font-weight: 400; font-size: var(--smaller); width: var(--cell); padding: 0 2px 4px; text-align: center; overflow-wrap: anywhere; line-height: 1.2; }
.cascade thead th:first-child, .cascade thead td:first-child, .cascade tbody th { width: 9.5rem; text-align: left; }
.cascade thead .long { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-height: 9rem; overflow-wrap: normal; margin-inline: auto; display: inline-block; }
.cascade .photograph { width: var(--cell); padding: 0 2px 4px 0; margin-inline: auto; vertical-align: bottom; }
.cascade td.photograph .picture { width: min(var(--cell), 5.5rem); }
.cascade thead th[scope='colgroup'] { font-size: var(--small); padding-bottom: 8px; }
.cascade tbody th { position: sticky; left: 0; background: var(--paper); z-index: 1; font-weight: 500; vertical-align: middle; padding: 2px 0.7rem 2px 0; overflow-wrap: anywhere; line-height: 1.25; white-space: normal; }
.cascade tbody th.control { color: var(--soft); font-weight: 400; }
.cascade td { padding: 2px; text-align: center; font-size: var(--smaller); color: var(--soft); vertical-align: top; line-height: 1.2; }
.cascade tbody + tbody tr:first-child > * { border-top: 1px solid var(--rule); padding-top: 6px; }

.turf { display: grid; grid-template-columns: minmax(0, 28rem) minmax(0, 1fr); gap: 1rem 2.5rem; align-items: start; }
.turf figcaption { grid-column: 1 / -1; padding: 0; }
.stage { position: relative; border: 1px solid var(--rule); cursor: crosshair; touch-action: pan-y; }
.stage .cursor { fill: none; stroke: #fff; stroke-width: 3px; vector-effect: non-scaling-stroke; paint-order: stroke; }
.stage .cursor + .cursor { stroke: #000; stroke-width: 1px; }
.stage .over { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.readout { display: block; min-height: 9rem; font: var(--small)/1.5 var(--sans); font-variant-numeric: tabular-nums; border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); padding: 0.5rem 0; margin-bottom: 1rem; }
.readout ol { margin: 0.2rem 0 0; padding-left: 1.4rem; }
.swatch { display: inline-block; width: 0.85em; height: 0.85em; border: 1px solid var(--ink); margin-right: 0.5em; vertical-align: -0.08em; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.colophon { border-top: 1px solid var(--rule); margin-top: 4rem; padding: 1rem 0 3rem; font: var(--small)/1.5 var(--sans); color: var(--soft); }

@media (max-width: 46rem) {
  body { font-size: 1rem; }
  main, .masthead, .colophon { width: calc(100% - 2rem); }
  .turf { grid-template-columns: minmax(0, 1fr); }
  .inputs li { width: calc(50% - 0.8rem); }
  .cascade { --cell: max(4rem, min(var(--side), 5rem)); }
  .maps { --cell: 7rem; }
  .cascade thead th:first-child, .cascade thead td:first-child, .cascade tbody th { width: 6rem; }
  dl.terms { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl.terms dt, dl.terms dd { grid-column: 1; }
  dl.terms dd + dt + dd { padding-top: 0; }
}
@media print {
  :root { color-scheme: light !important; --paper: #fff; }
  @page { margin: 15mm 13mm; }
  body { font-size: 10pt; }
  main, .masthead, .colophon { width: 100%; }
  .skip, button, .contents, .readout, .over { display: none; }
  details::details-content { content-visibility: visible; height: auto; }
  summary { list-style: none; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; max-width: 100%; }
  th, tbody th { overflow-wrap: break-word; white-space: normal; }
  details th, .cascade th { overflow-wrap: anywhere; }
  .because, .faithful { min-width: 0; }
  .number { padding-right: 0.4rem; }
  .plots { display: block; }
  .chart { min-width: 0; max-width: 105mm; }
  .wide { max-width: 178mm; }
  details table { font-size: 6pt; break-inside: auto !important; }
  details .number { white-space: normal; }
  .cascade { width: min(100%, 24mm + var(--columns) * 19mm); }
  .cascade .photograph, .cascade td.photograph .picture { width: 19mm; max-width: 100%; }
  .cascade thead th { width: auto; font-size: 6pt; }
  .cascade td { font-size: 6pt; padding: 0.3mm; }
  .cascade thead th:first-child, .cascade thead td:first-child, .cascade tbody th { width: 24mm; position: static; font-size: 7pt; }
  .cascade thead .long { max-height: 26mm; }
  .maps { width: min(100%, 24mm + var(--columns) * 26mm); }
  .turf { grid-template-columns: 80mm 1fr; }
  table, .cascade, .turf, .chart, .key, tr, li { break-inside: avoid; }
  h2, h3, h4, caption, figcaption, summary { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
`
