/** The live display of a run: one line a phase, and under the current one what is going on right now. */
import { Listr, type ListrTask } from 'listr2'
import pc from 'picocolors'

export const phases = ['start', 'main', 'recover', 'final', 'sweep', 'stop', 'check', 'report'] as const
export type RunPhase = (typeof phases)[number]

export interface Display {
  /** The run enters a phase; earlier ones are over, or were left out if they were never entered. */
  enter(phase: RunPhase): void
  /** The run is over; resolves when the display has drawn its last line. */
  close(): Promise<void>
}

export interface DisplayOptions {
  /** A phase without one is not shown. */
  readonly titles: Readonly<Partial<Record<RunPhase, string>>>
  /** What is going on, in one line. */
  readonly status: () => string
  readonly isQuiet: boolean
}

const refreshMs = 250
/** Without a terminal each status is a line of its own, so fewer of them. */
const plainRefreshMs = 5_000

export function showRun({ titles, status, isQuiet }: DisplayOptions): Display {
  if (isQuiet) return { enter: () => undefined, close: () => Promise.resolve() }
  let at = -1
  let isOver = false
  const entered = new Set<RunPhase>()
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of [...waiting]) look()
  }
  const shown = phases.flatMap((phase, index) => {
    const title = titles[phase]
    return title === undefined ? [] : [{ phase, index, title }]
  })
  const tasks: ListrTask[] = shown.map(({ phase, index, title }) => ({
    title,
    task: (_context, task) =>
      new Promise<void>((resolve) => {
        const timer = setInterval(
          () => {
            if (phase === 'main' && at === index) task.output = status()
          },
          process.stdout.isTTY ? refreshMs : plainRefreshMs,
        )
        const look = (): void => {
          if (!isOver && at <= index) return
          clearInterval(timer)
          waiting.delete(look)
          if (!entered.has(phase)) task.skip(`${title}: left out`)
          else if (phase === 'main') task.output = status()
          resolve()
        }
        waiting.add(look)
        look()
      }),
    rendererOptions: { persistentOutput: phase === 'main' },
  }))
  const list = new Listr(tasks, {
    fallbackRenderer: 'simple',
    rendererOptions: { showErrorMessage: false },
    registerSignalListeners: false,
  })
  const finished = list.run()
  return {
    enter(phase) {
      at = phases.indexOf(phase)
      entered.add(phase)
      wake()
    },
    async close() {
      isOver = true
      wake()
      await finished
    },
  }
}

/** `12.3 s · 1,234 ops/s · ok 9,876 · fail 12 · info 3 · n2 leads term 5 · isolate leader`. */
export function statusLine(facts: {
  readonly elapsedMs: number
  readonly opsPerSecond: number
  readonly ok: number
  readonly fail: number
  readonly info: number
  readonly leader: string
  readonly faults: readonly string[]
}): string {
  const { elapsedMs, opsPerSecond, ok, fail, info, leader, faults } = facts
  const count = (n: number): string => n.toLocaleString('en-US')
  return [
    `${(elapsedMs / 1000).toFixed(1)} s`,
    `${count(Math.round(opsPerSecond))} ops/s`,
    `${pc.green('ok')} ${count(ok)}`,
    `fail ${count(fail)}`,
    `${pc.yellow('info')} ${count(info)}`,
    leader,
    faults.length > 0 ? pc.red(faults.join(', ')) : pc.dim('no fault'),
  ].join(' · ')
}
