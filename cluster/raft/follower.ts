/** What a follower does to its log when its leader says so: AppendEntries and InstallSnapshot. Raft sections 5.3 and 7. */
import assert from 'node:assert/strict'
import type { Log } from './log.ts'
import type { AppendRequest, Entry, LogPosition, Snapshot } from './message.ts'
import type { Refusal, Rules } from './rules.ts'

export type Accepted =
  | { readonly ok: true; readonly match: number; readonly truncated: number }
  | ({ readonly ok: false } & Refusal)

/** Takes a request's entries and commit index into the log, or tells where the logs part. */
export function acceptAppend(log: Log, rules: Rules, { prev, entries, commit }: AppendRequest): Accepted {
  // What was compacted is committed, and so is in every later leader's log (Leader Completeness).
  if (prev.index >= log.base.index && !rules.matchesPrev(log.termAt(prev.index), prev)) {
    return { ok: false, refused: prev.index, conflict: conflictAt(log, prev.index) }
  }
  const truncated = acceptEntries(log, rules, entries)
  const match = rules.verified(prev, entries)
  log.commitTo(rules.followerCommit(commit, match))
  return { ok: true, match, truncated }
}

/** Takes a snapshot in; true if the state machine must be replaced. Raft figure 13. */
export function acceptSnapshot(log: Log, rules: Rules, snapshot: Snapshot): boolean {
  if (!rules.snapshotIsNews(snapshot.index, log.commit)) return false
  if (log.termAt(snapshot.index) === snapshot.term) {
    // The log itself leads there: its entries are committed, and those behind them stay (figure 13, step 6).
    log.commitTo(snapshot.index)
    return false
  }
  log.reset(snapshot)
  return true
}

function acceptEntries(log: Log, rules: Rules, sent: readonly Entry[]): number {
  const entries = rules.withoutGap(log.lastIndex, sent)
  const at = entries.findIndex((entry) => !isHeld(log, rules, entry))
  const first = entries[at]
  if (first === undefined) return 0
  let truncated = 0
  if (first.index <= log.lastIndex) {
    assert(rules.mayTruncate(first.index, log.commit), `entry ${first.index} is committed and can not be replaced`)
    truncated = log.truncate(first.index)
  }
  log.append(entries.slice(at))
  return truncated
}

function isHeld(log: Log, rules: Rules, entry: Entry): boolean {
  const mine = log.termAt(entry.index)
  return entry.index <= log.base.index || (mine !== undefined && !rules.conflicts(mine, entry.term))
}

/** The first place that the leader should try instead, with the term found there; term 0 where the log ends before. */
function conflictAt(log: Log, index: number): LogPosition {
  const term = log.termAt(index)
  return term === undefined ? { index: log.lastIndex + 1, term: 0 } : { index: log.firstOfTermAt(index), term }
}
