/** What went wrong, in one sentence. */

/** An error's message and those of its causes: `could not write history.jsonl: no space left on device`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`
}
