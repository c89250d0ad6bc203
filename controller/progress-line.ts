/** What a long command is at: one line that is drawn over on a terminal, and now and then a line of its own elsewhere. */

export interface ProgressLine {
  /** Ends it, and clears what was drawn. */
  stop(): void
}

const terminalMs = 1_000
/** A log that is read later needs fewer of them. */
const plainMs = 10_000

export function showProgress(line: () => string): ProgressLine {
  const { isTTY } = process.stdout
  const timer = setInterval(
    () => {
      if (isTTY) process.stdout.write(`\r\x1b[K${line()}`)
      else console.log(line())
    },
    isTTY ? terminalMs : plainMs,
  )
  return {
    stop() {
      clearInterval(timer)
      if (isTTY) process.stdout.write('\r\x1b[K')
    },
  }
}
