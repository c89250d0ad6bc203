/** The looks of the page, in light and dark, on screen and paper. Nothing is told by colour alone. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #6a737d; --line: #d8dee4; --bar: #dbe7f5; --edge: #5a7ba6; --core: #fbe3d6; --hot: #b3401a; --note: #eee6c9 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #16191d; --faint: #98a2ad; --line: #333a42; --bar: #23364d; --edge: #7fa3d1; --core: #4a2a1c; --hot: #ff9a6b; --note: #40391f } }
body { margin: 0 auto; padding: 1.5rem; max-width: 1100px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
p { margin: .25rem 0 } .cause { font-size: 1.1rem; border-left: 4px solid var(--hot); padding-left: .75rem; margin: .75rem 0 }
.faint, caption, figcaption { color: var(--faint); text-align: left; font-size: .875rem }
figure { margin: .5rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px }
figcaption { padding: .25rem .5rem; position: sticky; left: 0 }
svg { display: block; font: 11px ui-monospace, monospace } svg text { fill: var(--ink) }
.tick line { stroke: var(--line) } .tick text, svg .lane { fill: var(--faint) } .tick text { text-anchor: middle }
.op rect { fill: var(--bar); stroke: var(--edge) } .op.left rect { stroke-dasharray: 4 3 } .op.open rect { fill-opacity: .45; stroke-dasharray: 1 3 }
.op.core rect { fill: var(--core); stroke: var(--hot); stroke-width: 2.5; stroke-dasharray: none } .op.stuck rect { stroke: var(--hot); stroke-width: 4; stroke-dasharray: none }
.note rect { fill: var(--note) } .order circle { fill: var(--ink) } .order text { font-size: 8px; fill: var(--faint) }
table { border-collapse: collapse; width: 100%; font-size: .875rem } th, td { text-align: left; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right; white-space: nowrap } td.what { font-family: ui-monospace, monospace }
@media print { figure { overflow: hidden } svg { max-width: 100%; height: auto } body { max-width: none } }
`.trim()
