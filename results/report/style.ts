/** The page's looks: system fonts, few colours that work on light and dark, and a sheet for the printer. */

export const style = `
:root {
  color-scheme: light dark;
  --paper: #f7f6f3; --card: #ffffff; --ink: #1d2024; --soft: #5d636b; --line: #e2e0da; --ground: #f3f2ee;
  --ok: #2f6b8a; --ok-soft: #a9c8d8; --fail: #a86208; --info: #7a4fa8; --good: #256c45; --bad: #b3261e; --warn: #8a5a00;
  --good-ground: #e7f2eb; --bad-ground: #fbe9e7; --warn-ground: #faf0dc;
  --tint0: #c2574a; --tint1: #4f6fb5; --tint2: #5b8a3c; --tint3: #a06a9c; --shade: 0.09; --head: 0.22;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono", "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #121417; --card: #1a1d22; --ink: #e8e6e1; --soft: #a0a6ae; --line: #30353c; --ground: #20242a;
    --ok: #6aaccb; --ok-soft: #2f566a; --fail: #e0a34f; --info: #b794e0; --good: #7fcb9f; --bad: #f28b82; --warn: #e5b95c;
    --good-ground: #17291f; --bad-ground: #321b1a; --warn-ground: #2d2514;
    --tint0: #e2796c; --tint1: #7f9fe6; --tint2: #93c26d; --tint3: #cf97ca; --shade: 0.1; --head: 0.26;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); -webkit-text-size-adjust: 100% }
main { max-width: 1216px; margin: 0 auto; padding: 28px 24px 64px }
code, .mono { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere }
a { color: var(--ok) }
h1 { font-size: 27px; line-height: 1.28; font-weight: 620; letter-spacing: -0.012em; margin: 14px 0 8px; max-width: 46em; text-wrap: balance; overflow-wrap: anywhere }
h2 { font-size: 18px; line-height: 1.3; font-weight: 620; letter-spacing: -0.005em; margin: 0 0 4px }
h3 { font-size: 15px; font-weight: 600; margin: 26px 0 2px }
.top { display: flex; justify-content: space-between; gap: 16px; color: var(--soft); font-size: 13px; margin-bottom: 18px }
.top b { color: var(--ink); letter-spacing: 0.02em }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px 28px 22px; margin-top: 20px }
.hint { color: var(--soft); font-size: 13.5px; margin: 0 0 14px; max-width: 78em; text-wrap: pretty }
.note { color: var(--soft); font-size: 13.5px; margin: 10px 0 0; max-width: 78em; text-wrap: pretty }
.note:empty { display: none }
.sentence { font-size: 17px; line-height: 1.5; margin: 16px 0 0; max-width: 60em; overflow-wrap: anywhere }
.quiet { color: var(--soft) }
.verdict { border-top: 5px solid var(--tone) }
.tone-good { --tone: var(--good); --tone-ground: var(--good-ground) }
.tone-bad { --tone: var(--bad); --tone-ground: var(--bad-ground) }
.tone-warn { --tone: var(--warn); --tone-ground: var(--warn-ground) }
.badge { display: inline-flex; align-items: center; gap: 9px; padding: 4px 14px 4px 11px; border-radius: 99px; border: 1px solid var(--tone); color: var(--tone); background: var(--tone-ground); font-weight: 680; font-size: 15px; letter-spacing: 0.05em; text-transform: uppercase }
.class { margin-left: 12px; color: var(--soft); font-size: 15px }
.meaning { color: var(--soft); margin: 0 0 20px; max-width: 60em }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 9px; overflow: hidden; margin: 0 0 20px }
.figures div { background: var(--card); padding: 11px 15px 10px }
.figures dt { color: var(--soft); font-size: 12.5px }
.figures dd { margin: 0; font-size: 20px; font-weight: 600; letter-spacing: -0.01em; font-variant-numeric: tabular-nums }
.figures dd small { display: block; font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--soft) }
.repeat { display: flex; align-items: stretch; margin: 0 0 22px; border: 1px solid var(--line); border-radius: 9px; background: var(--ground); overflow: hidden }
.repeat pre { flex: 1; margin: 0; padding: 11px 16px; font: 13.5px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere }
.repeat button { border: 0; border-left: 1px solid var(--line); background: none; color: var(--ink); font: 600 13px var(--sans); padding: 0 18px; min-width: 84px; cursor: pointer }
.repeat button:hover, .repeat button:focus-visible { background: var(--line) }
.repeat-title { font-size: 12.5px; color: var(--soft); margin: 0 0 5px }
.setting { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 9px 32px; margin: 0; font-size: 13.5px }
.setting div { display: grid; grid-template-columns: 118px 1fr; gap: 10px }
.setting .long { grid-column: 1 / -1 }
.setting dt { color: var(--soft) }
.setting dd { margin: 0; overflow-wrap: anywhere }
.option { white-space: nowrap; margin-right: 6px }
.notes { margin: 18px 0 0; padding: 12px 16px 12px 34px; background: var(--warn-ground); border-radius: 9px; font-size: 14px }
.drawing { overflow-x: auto }
svg { display: block; width: 100%; min-width: 860px; height: auto; font: 12px var(--sans); fill: var(--ink); font-variant-numeric: tabular-nums }
.axis line, .values line { stroke: var(--line); stroke-width: 1 }
.axis text, .values text { fill: var(--soft); font-size: 11.5px }
.lane { fill: var(--soft); font-size: 12px }
.lane.small { font-size: 9px }
.lane-line { stroke: var(--line); stroke-width: 1 }
.ok { fill: var(--ok) }
.fail { fill: var(--card); stroke: var(--fail); stroke-width: 1.2 }
.info { fill: url(#hatch); stroke: var(--info); stroke-width: 0.7 }
.in-core { fill: var(--bad); stroke: var(--bad); stroke-width: 2 }
.mark-fail { fill: var(--fail); font-size: 11px; font-weight: 700 }
.mark-info { fill: var(--info); font-size: 11px; font-weight: 700 }
.hatch-line { stroke: var(--info); stroke-width: 1.7 }
.hatch-ground { fill: var(--card) }
.fade-from { stop-color: var(--info); stop-opacity: 0.95 }
.fade-to { stop-color: var(--info); stop-opacity: 0.06 }
.tint0 { --tint: var(--tint0) } .tint1 { --tint: var(--tint1) } .tint2 { --tint: var(--tint2) } .tint3 { --tint: var(--tint3) }
.fault .shade { fill: var(--tint); opacity: var(--shade) }
.fault .head { fill: var(--tint); opacity: var(--head) }
.fault text { font-size: 11px }
.toothless .head { fill: none; stroke: var(--tint); stroke-dasharray: 3 2; opacity: 0.9 }
.toothless .shade { opacity: calc(var(--shade) / 2) }
.leader rect { fill: var(--ground); stroke: var(--soft); stroke-width: 0.7 }
.leader text { font-size: 11px }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 10px; font-size: 13px; color: var(--soft) }
.legend span { display: inline-flex; align-items: center; gap: 6px }
.swatch { width: 30px; min-width: 30px; height: 14px }
.core-lane .lane-ground { fill: var(--ground); opacity: 0.55 }
.core-lane .lane-name { font-size: 17px; font-weight: 640 }
.core-lane .lane-under { font-size: 11px; fill: var(--soft) }
.core-op .bar { fill: var(--ok) }
.core-op .bar.fading { fill: url(#fade) }
.core-op .edge { stroke: var(--ink); stroke-width: 1.6 }
.core-op .says { font: 600 13px var(--mono); white-space: pre }
.core-op .when { font-size: 11.5px; fill: var(--soft) }
.core-op .says, .core-op .when { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round }
.core-op .perhaps { font-size: 15px; font-weight: 700; fill: var(--info) }
.answered line { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 4 4; opacity: 0.75 }
.answered text { font-size: 11.5px; font-weight: 600; fill: var(--bad) }
#focus .says { font-size: 10.5px; fill: var(--soft) }
#focus .strong, #focus .number { font-size: 11px; font-weight: 700; fill: var(--bad) }
.life { stroke: var(--soft); stroke-width: 1.3 }
.node { font-size: 15px; font-weight: 640 }
.state.leader { fill: var(--ok-soft); stroke: var(--ok); stroke-width: 0.8 }
.state.frozen { fill: var(--card); stroke: var(--fail); stroke-width: 1.2; stroke-dasharray: 3 2 }
.state.dead { fill: var(--card); stroke: var(--bad); stroke-width: 1; stroke-dasharray: 1 3 }
.message, .words { --way: var(--soft) }
.append { --way: var(--ok) } .vote { --way: var(--info) } .snap { --way: var(--good) } .no { --way: var(--fail) }
.message line { stroke: var(--way); stroke-width: 1.3 }
.message.snap line { stroke-width: 2.6 }
.message.beat line { stroke-width: 0.8 }
.message.late line { opacity: 0.45 }
.message.reply line { stroke-dasharray: 5 3 }
.arrow-head { fill: var(--way); stroke: var(--way); stroke-width: 1.2; stroke-linejoin: round }
.reply .arrow-head { fill: none }
.cross { fill: none; stroke: var(--bad); stroke-width: 2 }
.words .label { fill: var(--way) }
.message:hover line { stroke-width: 3 } .words:hover .label { font-weight: 700 }
.label { font-size: 10.5px }
.behind { fill: var(--card); opacity: 0.88 }
.mark path { fill: var(--card); stroke: var(--ink); stroke-width: 1.4 }
.mark .label { font-weight: 620 }
.mark.leads path { fill: var(--ok) }
.mark.dies path { fill: none; stroke: var(--bad); stroke-width: 2.2 } .mark.dies .label { fill: var(--bad) }
.mark.asks path, .mark.answers path { fill: var(--bad); stroke: var(--card) } .mark.asks .label, .mark.answers .label { fill: var(--bad) }
.rows .pause { stroke-dasharray: 1 5; stroke: var(--soft); opacity: 0.7 }
.across line { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 7 4 }
.across text { font-size: 11px; fill: var(--soft); paint-order: stroke; stroke: var(--card); stroke-width: 4px }
.across.failure line { stroke: var(--bad); stroke-width: 1.6; stroke-dasharray: none } .across.failure text { fill: var(--bad); font-weight: 640 }
.proof { margin: 18px 0 0; padding: 14px 18px 14px 20px; background: var(--ground); border-radius: 9px }
.proof h3 { margin: 0 0 8px; font-size: 15px }
.proof ol { margin: 0; padding: 0; list-style: none; font-size: 14px; counter-reset: step }
.proof li { display: grid; grid-template-columns: 24px 26px 1fr; gap: 6px; padding: 3px 0; margin-left: calc(var(--depth) * 26px); counter-increment: step }
.proof li::before { content: counter(step) "."; color: var(--soft); text-align: right; font-variant-numeric: tabular-nums }
.proof .op-number { justify-self: center; width: 20px; height: 20px; border-radius: 99px; border: 1px solid var(--soft); font-size: 12px; line-height: 18px; text-align: center; font-weight: 650; background: var(--card) }
.proof .refused .op-number, .proof .waits .op-number { border-color: var(--bad); color: var(--bad) }
.proof .what { font-family: var(--mono); font-size: 13px; font-weight: 600; overflow-wrap: anywhere }
.proof .qed { margin: 8px 0 0; font-weight: 600 }
.depth0 { --depth: 0 } .depth1 { --depth: 1 } .depth2 { --depth: 2 } .depth3 { --depth: 3 } .depth4 { --depth: 4 } .depth5 { --depth: 5 }
.node-state .dead { fill: var(--card); stroke: var(--bad); stroke-dasharray: 2 3 } .node-state .frozen { fill: var(--card); stroke: var(--fail); stroke-dasharray: 5 3 } .node-state .up { stroke: var(--good); stroke-width: 2 }
.node-state text { font-size: 10.5px }
.prefix { margin-top: 20px; border-top: 1px solid var(--line); padding-top: 14px }
.prefix summary { font-weight: 600; cursor: pointer; margin-bottom: 4px }
.prefix ul { margin: 0; padding: 0 0 0 18px; list-style: none; font-size: 13.5px }
.prefix li { padding: 1px 0 }
.prefix .who { display: inline-block; min-width: 2.6em; font-weight: 600 }
.prefix .says { font-family: var(--mono); font-size: 12.5px; margin-right: 1em; overflow-wrap: anywhere }
.prefix .when { color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums }
.blocked { margin: 10px 0 0; padding: 8px 14px; border-left: 4px solid var(--bad); background: var(--bad-ground); border-radius: 0 8px 8px 0; font-size: 13.5px }
.blocked .mark { color: var(--bad); font-weight: 650; margin-right: 1em }
.recovered { fill: var(--ok) }
.never { fill: var(--bad); font-weight: 600 }
.figure { fill: var(--soft) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: 13.5px }
table.narrow { max-width: 820px }
th, td { text-align: left; vertical-align: top; padding: 8px 18px 8px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
thead th { color: var(--soft); font-weight: 500; font-size: 12.5px; padding-top: 0; vertical-align: bottom }
tbody tr:last-child > * { border-bottom: 0; padding-bottom: 2px }
tbody th { font-weight: 600; white-space: nowrap }
.planned { min-width: 215px }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.verdict-word { font-weight: 650 }
.good { color: var(--good) } .bad { color: var(--bad) }
.files { columns: 3 220px; margin: 0; padding: 0; list-style: none; font: 13.5px/1.9 var(--mono) }
@media (max-width: 700px) { main { padding: 16px 12px 40px } .panel { padding: 18px 16px } h1 { font-size: 22px } .setting { grid-template-columns: 1fr } }
@media print {
  :root { color-scheme: light; --paper: #ffffff; --card: #ffffff }
  body { font-size: 11px; -webkit-print-color-adjust: exact; print-color-adjust: exact }
  main { max-width: none; padding: 0 }
  .panel { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 14px 0 10px; margin-top: 10px }
  .drawing, tr, .blocked, .figures { break-inside: avoid }
  #messages .drawing { break-inside: auto }
  h2, h3, .hint { break-after: avoid }
  svg { min-width: 0 }
  .repeat button { display: none }
  @page { margin: 14mm }
}
`
