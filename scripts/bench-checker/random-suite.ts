/** The random histories of one key: how many are decided in time, how fast, and how others fare with some of them. */
import { random, subjectOf } from './corpus.ts'
import { medianOf, quantile } from './measure.ts'
import { type Answer, Peer, writePeerHistory } from './peer.ts'
import { decide, msText, type Settings, type Subject, timesText } from './row.ts'

export interface RandomOptions {
  /** How many of 1,000 operations; of 10,000 there are 15 for each hundred. */
  readonly count: number
  /** How many of the first ones the peer gets, and the baseline; of 10,000 operations it gets two fifths of that. */
  readonly peerCount: number
  readonly settings: Settings
}

const limitMs = 3000
const mostNamed = 12

export async function benchRandom({ count, peerCount, settings }: RandomOptions): Promise<void> {
  console.log(`\nrandom histories of one key, one decision each, ${limitMs / 1000} s at most\n`)
  await benchSize(1000, count, peerCount, settings)
  await benchSize(10_000, Math.round(0.15 * count), Math.round(0.4 * peerCount), settings)
}

async function benchSize(size: number, count: number, peerCount: number, settings: Settings): Promise<void> {
  const times: number[] = []
  const undecided: string[] = []
  const beside: { readonly name: string; readonly ours: number; readonly other: Answer }[] = []
  for (let number = 0; number < count; number++) {
    const subject = subjectOf(random(size, number))
    const { name, expected } = subject
    const ours = decide(subject, limitMs, {})
    times.push(ours.ms)
    if (ours.verdict === 'unknown') undecided.push(name)
    else if (expected !== undefined && expected !== ours.verdict) throw new Error(`${name} is ${expected}`)
    if (number >= peerCount || settings.peer === undefined) continue
    const other = await askPeer(subject, settings.folder, settings.peer)
    if (other.verdict !== 'unknown' && ours.verdict !== 'unknown' && other.verdict !== ours.verdict) {
      throw new Error(`${name}: we say ${ours.verdict}, the peer says ${other.verdict}`)
    }
    beside.push({ name, ours: ours.ms, other })
  }
  const decided = count - undecided.length
  const rate = ((100 * decided) / count).toFixed(1)
  const quantiles = [0.5, 0.9, 0.99].map((part) => `p${100 * part} ${msText(Math.min(limitMs, quantile(times, part)))}`)
  console.log(`${size} operations: ${decided} of ${count} decided (${rate} %), ${quantiles.join(', ')}`)
  for (const name of undecided.slice(0, mostNamed)) console.log(`  undecided: ${name}`)
  if (beside.length > 0) console.log(`  ${peerText(beside)}`)
}

async function askPeer({ header, operations }: Subject, folder: string, command: string): Promise<Answer> {
  const path = `${folder}/random.ops.jsonl`
  writePeerHistory(path, header, operations)
  const peer = new Peer(command, [path])
  const [answer] = await peer.decide(limitMs)
  peer.stop()
  return answer ?? { verdict: 'unknown', ms: Number.POSITIVE_INFINITY }
}

function peerText(beside: readonly { readonly ours: number; readonly other: Answer }[]): string {
  const decided = beside.filter(({ other }) => other.verdict !== 'unknown').length
  const ourDecided = beside.filter(({ ours }) => Number.isFinite(ours)).length
  const ratios = beside.map(({ ours, other }) => Math.min(limitMs, other.ms) / Math.min(limitMs, ours))
  return `peer: ${decided} of ${beside.length} decided, ours ${ourDecided} of them; median ratio ${timesText(medianOf(ratios))}, least ${timesText(Math.min(...ratios))}`
}
