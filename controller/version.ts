import { readFileSync } from 'node:fs'

/** The version of faultline, from its package.json. */
export const version = readVersion()

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed))
    throw new Error('package.json has no version')
  return String(parsed.version)
}
