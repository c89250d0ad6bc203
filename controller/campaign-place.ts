/** Where campaigns leave what they have: a directory each, in `campaigns` beside the root of their runs. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { campaignsBeside, defaultRoot } from '../results/layout.ts'
import { makeRoot, StoreError } from '../results/store.ts'
import { UsageError } from '../workloads/usage-error.ts'

/**
 * A campaign's directory by its name, or by the time; a `UsageError` for a name that is no name of a directory, and for a
 * root of runs that would hold the campaigns as well.
 */
export function campaignDirectory(root: string, name = timeName()): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,119}$/.test(name)) {
    throw new UsageError({
      given: `--name ${name}`,
      expected: 'letters, digits, dot, dash and underscore, and none of dot and dash first',
      type: '--name night-1',
    })
  }
  const campaigns = campaignsBeside(root)
  if (resolve(campaigns) === resolve(root)) {
    throw new UsageError({
      given: `--root ${root}, which is where its campaigns would go too`,
      expected: 'another directory for runs',
      type: `--root ${defaultRoot}`,
    })
  }
  return join(campaigns, name)
}

/** Makes a directory for a campaign that is never resumed. A name that was typed must be free; a time gets a number. */
export function freshCampaign(root: string, name: string | undefined): string {
  const dir = campaignDirectory(root, name)
  makeCampaigns(campaignsBeside(root))
  if (name !== undefined && existsSync(dir)) {
    throw new UsageError({
      given: `a campaign that is there already: ${dir}`,
      expected: 'a new name',
      type: `--name ${name}-2`,
    })
  }
  for (let number = 1; ; number++) {
    const fresh = number === 1 ? dir : `${dir}-${number}`
    try {
      mkdirSync(fresh)
      return fresh
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!isTaken || number > 1_000) throw new StoreError(fresh, error)
    }
  }
}

function makeCampaigns(campaigns: string): void {
  try {
    makeRoot(campaigns)
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause
    throw new UsageError(
      {
        given: `a root beside which ${campaigns} can not be made`,
        expected: 'one in a directory that can be written to, for the summaries of campaigns',
        type: `mkdir -p ${campaigns}`,
      },
      { cause },
    )
  }
}

/** `20260131T142503`, in UTC. */
function timeName(): string {
  return new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)
}
