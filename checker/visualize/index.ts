/**
 * The page of one check: verdict, cause, what is illegal by itself, and how far an order goes, on a true time axis. One
 * file that needs no script and no network; the same check gives the same bytes.
 */
import type { Annotation } from '../annotation.ts'
import { longestPrefix } from '../explain/longest-prefix.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import { plural } from '../plural.ts'
import type { CheckResult, PartitionResult } from '../result.ts'
import { escaped, shortened } from './escape.ts'
import { type Step, stepsOf } from './order.ts'
import { timeText, type Unit } from './scale.ts'
import { style } from './style.ts'
import { timeline } from './timeline.ts'
import { type Window, windowOf } from './window.ts'

export interface VisualizeOptions<Op> {
  /** What was checked, such as a file's name. */
  readonly title?: string
  /** What is wrong, in a sentence. */
  readonly cause?: string
  /** Operations of the illegal partition that are illegal by themselves (`minimize`); else the engine's, if it has some. */
  readonly core?: readonly Op[]
  /** Sentences for below. */
  readonly notes?: readonly string[]
  /** What the times are; plain numbers unless told. */
  readonly unit?: Unit
  /** The most operations to be drawn; 300 unless told. Of more, those near the core are. */
  readonly maxOperations?: number
  /** Unless told, those that went through the check. */
  readonly annotations?: readonly Annotation[]
}

const drawnAtMost = 300
const partitionsAtMost = 50
/** Operations of a partition in which the longest prefix is looked for. */
const searchedAtMost = 20_000
const verdictSigns = { valid: '✓ valid', illegal: '✗ illegal', unknown: '? unknown' } as const

/** The text of an HTML file. */
export function visualize<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  result: CheckResult<Op>,
  options: VisualizeOptions<Op> = {},
): string {
  const { title = 'a history', cause, notes = [] } = options
  const chosen = chosenOf(result.partitions)
  const count = result.partitions.reduce((sum, { size }) => sum + size, 0)
  const facts = `operations: ${count}, partitions: ${result.partitions.length}, configurations: ${result.explored}`
  const parts = [
    `<h1>${verdictSigns[result.verdict]}: ${escaped(shortened(title, 200))}</h1>`,
    `<p class="faint">${facts}</p>`,
    ...(cause === undefined ? [] : [`<p class="cause">${escaped(shortened(cause, 4000))}</p>`]),
    ...notes.map((note) => `<p class="faint">${escaped(shortened(note, 1000))}</p>`),
    ...(chosen === undefined ? ['<p>There are no operations.</p>'] : drawn(model, chosen, result, options)),
    ...(result.partitions.length > 1 ? [tableOfPartitions(result.partitions)] : []),
  ]
  return page(`${verdictSigns[result.verdict]}: ${title}`, parts.join('\n'))
}

/** The one that gave the verdict: the first illegal, or unknown, or else the largest. */
function chosenOf<Op>(partitions: readonly PartitionResult<Op>[]): PartitionResult<Op> | undefined {
  const decisive = partitions.find(({ verdict }) => verdict === 'illegal')
  const tried = partitions.find(({ verdict, engine }) => verdict === 'unknown' && engine !== 'none')
  const largest = partitions.reduce<PartitionResult<Op> | undefined>(
    (most, each) => (most === undefined || each.size > most.size ? each : most),
    undefined,
  )
  return decisive ?? tried ?? largest
}

function drawn<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  partition: PartitionResult<Op>,
  result: CheckResult<Op>,
  options: VisualizeOptions<Op>,
): readonly string[] {
  const { key, verdict, operations } = partition
  const { linearization, stuck } = reachOf(model, partition)
  const { unit = { name: '', size: 1 }, maxOperations = drawnAtMost } = options
  const coreOperations = verdict === 'illegal' ? (options.core ?? partition.core ?? []) : []
  const core = new Set(coreOperations.map(({ id }) => id))
  const steps = stepsOf(model, linearization)
  const words = new Map([...coreOperations, ...operations].map((each) => [each.id, told(model, each)]))
  const centre = new Set([...core, ...(stuck === undefined ? [] : [stuck.id])])
  const window = windowOf(operations, centre, maxOperations)
  const shared = {
    unit,
    describe: (id: number) => words.get(id) ?? '',
    stuck: verdict === 'valid' ? undefined : stuck?.id,
    annotations: options.annotations ?? result.annotations ?? [],
  }
  const where = key === undefined ? 'The operations' : `Key ${shortened(key, 80)}`
  const shown = window.isWhole ? 'all' : `${window.operations.length} of`
  const size = operations.length === 1 ? 'one operation' : `${shown} ${operations.length} operations`
  const sections: string[] = []
  if (coreOperations.length > 0 && coreOperations.length < operations.length) {
    const alone = windowOf(coreOperations, core, maxOperations)
    const picture = timeline(alone, { ...shared, label: 'the core', core, steps: new Map() })
    sections.push(
      `<h2>The core: ${plural(coreOperations.length, 'operation')} that no order fits</h2>`,
      figure(
        picture,
        'Each bar lasts from call to return. No order of these respects their times and explains their answers.',
      ),
    )
  }
  const picture = timeline(window, { ...shared, label: where, core, steps })
  sections.push(
    `<h2>${escaped(where)}: ${size}</h2>`,
    figure(picture, captionOf(verdict, linearization.length, stuck !== undefined, core.size > 0)),
    tableOf(window, { ...shared, core, steps }),
  )
  return sections
}

/** How far an order goes; looked for where the engine that decided does not know it. */
function reachOf<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  partition: PartitionResult<Op>,
): { readonly linearization: readonly Op[]; readonly stuck?: Op | undefined } {
  const { verdict, operations, stuck, size } = partition
  if (verdict !== 'illegal' || stuck !== undefined || size > searchedAtMost) return partition
  return longestPrefix(model, operations, { maxConfigurations: 100_000 })
}

function captionOf(verdict: string, ordered: number, isStuck: boolean, hasCore: boolean): string {
  const dots =
    ordered === 0
      ? ''
      : ` Dots are a legal order${verdict === 'valid' ? '' : ' as far as it goes'}: numbered, where each took effect.`
  const stuck = isStuck && verdict !== 'valid' ? ' The thickest edge marks the first return that no order passes.' : ''
  const core = hasCore ? ' ◆ and a thick edge mark the core.' : ''
  return `A lane for each process.${dots}${stuck}${core} Dashed edges: in no order found; "?": the answer was never seen.`
}

function told<S, I, O>(model: Model<S, I, O>, { input, output }: Operation<I, O>): string {
  const text =
    model.describeOperation?.(input, output) ?? `${JSON.stringify(input)} -> ${JSON.stringify(output) ?? '?'}`
  return shortened(text, 400)
}

function figure(svg: string, caption: string): string {
  return `<figure tabindex="0">${svg}<figcaption>${escaped(caption)}</figcaption></figure>`
}

interface Told {
  readonly unit: Unit
  describe(id: number): string
  readonly core: ReadonlySet<number>
  readonly stuck: number | undefined
  readonly steps: ReadonlyMap<number, Step>
}

/** The same for those who can not see the picture, or want to search it. */
function tableOf(window: Window<Operation<unknown, unknown>>, { unit, describe, core, stuck, steps }: Told): string {
  const rows = window.operations.map(({ id, process, call, return: end }) => {
    const step = steps.get(id)
    const marks = [...(core.has(id) ? ['◆ core'] : []), ...(id === stuck ? ['no order passes its return'] : [])]
    const cells = [
      `<td class="n">${id}</td><td class="n">${process}</td><td class="what">${escaped(describe(id))}</td>`,
      `<td class="n">${escaped(timeText(call, unit))}</td><td class="n">${escaped(timeText(end, unit))}</td>`,
      `<td class="n">${step?.rank ?? ''}</td><td class="what">${escaped(shortened(step?.state ?? '', 200))}</td><td>${marks.join(', ')}</td>`,
    ]
    return `<tr>${cells.join('')}</tr>`
  })
  return `<table><caption>The same as a list</caption><thead><tr><th class="n">id</th><th class="n">process</th><th>operation</th><th class="n">call</th><th class="n">return</th><th class="n">place</th><th>leaves</th><th></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`
}

function tableOfPartitions(partitions: readonly PartitionResult<unknown>[]): string {
  const rank = { illegal: 0, unknown: 1, valid: 2 } as const
  const ordered = partitions.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]).slice(0, partitionsAtMost)
  const rows = ordered.map(({ key = '', verdict, size, engine, reason = '' }) => {
    const cells = [key, verdictSigns[verdict], String(size), engine, reason].map((text) =>
      escaped(shortened(text, 200)),
    )
    return `<tr><td>${cells.join('</td><td>')}</td></tr>`
  })
  const more = partitions.length > ordered.length ? `, ${ordered.length} of ${partitions.length}` : ''
  return `<h2>All partitions${more}</h2><table><thead><tr><th>key</th><th>verdict</th><th>operations</th><th>engine</th><th></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`
}

/** No script runs in it, whatever a history holds. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(shortened(title, 120))}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`
}
