/** Options of the Raft KV: names, meanings, defaults. What a plan, the command line and a simulated swarm may set. */

export interface OptionSpec {
  readonly summary: string
  readonly default: number | boolean | string
  /** The smallest number allowed; 0 where absent. All numbers are whole, and at most `largest`. */
  readonly min?: number
}

/** Eleven days in ms: whoever typed more meant another number. */
const largest = 1_000_000_000

export const raftKvOptions = {
  tickMs: { summary: "length of the node's unit of time in ms", default: 25, min: 1 },
  heartbeatTicks: { summary: 'a leader sends a heartbeat each so many ticks', default: 3, min: 1 },
  electionTicks: { summary: 'an election starts after so many to twice so many silent ticks', default: 12, min: 2 },
  voteTimeoutTicks: { summary: 'a vote request without an answer fails after so many ticks', default: 4, min: 1 },
  preVote: { summary: 'ask whether an election could succeed before raising the term', default: true },
  checkQuorum: { summary: 'a leader that does not hear from a quorum steps down', default: true },
  noopOnElection: { summary: 'a leader starts its term with an empty entry', default: true },
  maxEntriesPerAppend: { summary: 'entries in one append request, at most', default: 64, min: 1 },
  maxUncommittedEntries: { summary: 'proposals not committed yet, at most; more are refused', default: 1024, min: 1 },
  snapshotEvery: { summary: 'take a snapshot after so many applied entries; 0: never', default: 500 },
  keepEntries: { summary: 'entries kept below a snapshot for followers that lag', default: 50 },
  requestTimeoutMs: {
    summary: 'a request that could not be finished is given up after so many ms',
    default: 5000,
    min: 1,
  },
} as const satisfies Record<string, OptionSpec>

export type RaftKvOptions = {
  readonly [Name in keyof typeof raftKvOptions]: (typeof raftKvOptions)[Name]['default'] extends boolean
    ? boolean
    : number
}

/** Fills in defaults; throws an Error that names the option, what was given and what was expected. */
export function readOptions<Specs extends Readonly<Record<string, OptionSpec>>>(
  specs: Specs,
  given: Readonly<Record<string, unknown>>,
): Record<keyof Specs & string, number | boolean | string> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      throw new Error(`unknown option ${name}; there are ${Object.keys(specs).join(', ') || 'none'}`)
    }
  }
  const result: Record<string, number | boolean | string> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] ?? spec.default
    const { min = 0 } = spec
    const isFit = typeof value === 'number' ? Number.isInteger(value) && value >= min && value <= largest : true
    if (typeof value !== typeof spec.default || !isFit) {
      const expected =
        typeof spec.default === 'number' ? `a whole number from ${min} to ${largest}` : `a ${typeof spec.default}`
      throw new Error(`option ${name}: got ${JSON.stringify(value)}, expected ${expected}, e.g. ${spec.default}`)
    }
    result[name] = value as number | boolean | string // Its type is that of the default, just checked.
  }
  return result as Record<keyof Specs & string, number | boolean | string>
}
