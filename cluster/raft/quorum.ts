/** What a quorum of voters agrees on. Membership changes would find their joint quorums here (Raft section 6). */

/** The highest value that at least `quorum` of the voters have reached; `values` holds one per voter. */
export function quorumValue(values: readonly number[], quorum: number): number {
  return values.toSorted((a, b) => b - a)[quorum - 1] ?? 0
}
