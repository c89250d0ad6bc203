/** What must be known beside the plan: versions, the command as typed, the state of the checkout. */
import { execaSync } from 'execa'
import type { Environment } from '../results/environment.ts'
import { version } from './version.ts'

export function describeEnvironment(mode: Environment['mode'], command: string, repeat: string): Environment {
  const git = gitState()
  return {
    startedAt: new Date().toISOString(),
    mode,
    faultline: version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    ...(git ? { git } : {}),
    command,
    repeat,
  }
}

function gitState(): Environment['git'] | undefined {
  const options = { cwd: new URL('..', import.meta.url), reject: false } as const
  const commit = execaSync('git', ['rev-parse', 'HEAD'], options)
  if (commit.failed) return undefined // No git, or not a checkout.
  const status = execaSync('git', ['status', '--porcelain', '--untracked-files=no'], options)
  return { commit: commit.stdout, dirty: status.stdout !== '' }
}
