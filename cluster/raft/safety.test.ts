import { describe, expect, it } from 'vitest'
import { type Rules, rules } from './rules.ts'
import { runSchedule } from './testing/world.ts'

describe('random schedules', () => {
  it('keep all safety properties, and make progress once healed', () => {
    for (let seed = 0; seed < 1200; seed++) runSchedule(seed, rules)
  })

  it('are the same for the same seed', () => {
    for (let seed = 0; seed < 20; seed++) expect(runSchedule(seed, rules)).toEqual(runSchedule(seed, rules))
  })

  // A check that can not fail would prove nothing: each of these wrong rules must be found.
  it.each<[string, Partial<Rules>]>([
    ['a quorum of less than half', { quorum: (voters) => Math.max(1, Math.floor(voters / 2)) }],
    ['votes for any log', { grantsVote: () => true }],
    ['two votes a term', { mayVoteFor: () => true }],
    ['a vote that is not persisted', { mustPersist: () => false }],
    ['no prev check', { matchesPrev: () => true }],
    ['commit beyond what was verified', { followerCommit: (leaderCommit) => leaderCommit }],
    ['reads without a quorum', { readNeedsQuorum: () => false }],
    ['reads before a commit of the own term', { mayRead: () => true }],
    ['failed requests as votes', { countsAsGrant: (answer) => answer !== 'refused' }],
  ])('find %s', (_, wrong) => {
    const search = () => {
      for (let seed = 0; seed < 1200; seed++) runSchedule(seed, { ...rules, ...wrong })
    }
    expect(search).toThrow()
  })
})
