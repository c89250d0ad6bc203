/** What a quorum of voters agrees on. Membership changes would find their joint quorums here (Raft section 6). */

/** The highest value that at least `quorum` of the voters have reached; `values` holds one per voter. */
export function quorumValue(values: readonly number[], quorum: number): number {
  // Of a handful of values, counting is cheaper than sorting, and this is asked after every message.
  let best = 0
  for (const value of values) {
    if (value <= best) continue
    let reached = 0
    for (const other of values) if (other >= value) reached++
    if (reached >= quorum) best = value
  }
  return best
}
