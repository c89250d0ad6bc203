/**
 * How fast histories of Jepsen are read, by the wall clock: `npm run bench:formats`. Goal: 40 MB/s of EDN, also the first
 * time that a process reads anything. Each shape and size is read in a process of its own: once, then some times more,
 * of which the median counts. What the thread itself was at work for stands beside it, as other work on the machine
 * slows the wall clock only. From a text in memory to events; MB are millions of bytes.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { execa } from 'execa'
import { readHistory } from 'porcupine-ts/formats'
import { jepsenText, type ShapeName, shapes } from './bench-formats/jepsen-text.ts'
import { scriptCommand } from './script-command.ts'

const again = 5

interface Rates {
  readonly events: number
  readonly first: Rate
  /** The median of the runs after the first. */
  readonly warm: Rate
}

/** In MB/s. */
interface Rate {
  readonly wall: number
  readonly own: number
}

const options = scriptCommand('bench:formats', 'how many MB/s of EDN are read')
  .option('--sizes <list>', 'in MB', sizeList, [5, 20, 50])
  .addOption(new Option('--only <shape>', 'this one alone (default: all)').choices(Object.keys(shapes)))
  .addOption(new Option('--child <file>', 'reads a file and prints figures, for the script itself').hideHelp())
  .parse()
  .opts<{ readonly sizes: readonly number[]; readonly only?: ShapeName; readonly child?: string }>()

if (options.child === undefined) await bench()
else console.log(JSON.stringify(ratesOf(readFileSync(options.child, 'utf8'))))

async function bench(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-formats-'))
  console.log(`Node.js ${process.version}; MB/s by the wall clock (of the thread's own time)`)
  console.log('shape      MB     events          first           warm')
  try {
    for (const shape of Object.keys(shapes) as readonly ShapeName[]) {
      if (options.only !== undefined && options.only !== shape) continue
      for (const size of options.sizes) {
        const file = join(dir, `${shape}-${size}.edn`)
        writeFileSync(file, jepsenText(shape, size * 1e6))
        const { stdout } = await execa(process.execPath, [import.meta.filename, '--child', file])
        const { events, first, warm }: Rates = JSON.parse(stdout)
        console.log(
          `${shape.padEnd(8)}${String(size).padStart(5)}${String(events).padStart(11)}${told(first)}${told(warm)}`,
        )
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function told({ wall, own }: Rate): string {
  return `${wall.toFixed(0)} (${own.toFixed(0)})`.padStart(15)
}

function ratesOf(text: string): Rates {
  let events = 0
  const rates = Array.from({ length: 1 + again }, (): Rate => {
    const ownBefore = process.threadCpuUsage()
    const startMs = performance.now()
    events = readHistory(text, 'jepsen').events.length
    const wallUs = (performance.now() - startMs) * 1000
    const { user, system } = process.threadCpuUsage(ownBefore)
    return { wall: text.length / wallUs, own: text.length / (user + system) }
  })
  const [first = { wall: 0, own: 0 }, ...warm] = rates
  return {
    events,
    first,
    warm: { wall: median(warm.map(({ wall }) => wall)), own: median(warm.map(({ own }) => own)) },
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

function sizeList(text: string): number[] {
  const sizes = text.split(',').map(Number)
  if (sizes.every((size) => size > 0 && size <= 200)) return sizes
  throw new InvalidArgumentError('expected numbers above 0 and up to 200, joined by commas.')
}
