/**
 * What a request asks for. A path is taken apart before it is decoded, and decoded once, so that `%2f` can not make two
 * segments of one and `%252e` not two dots; what is odd even then is refused, never repaired.
 */

export interface Target {
  /** Decoded; the last is empty where the path ends with a slash. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

const longest = 8_192

/** `undefined` for what no link of ours looks like. */
export function targetOf(url: string | undefined): Target | undefined {
  if (url === undefined || url.length > longest || !url.startsWith('/') || url.includes('#')) return undefined
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  const segments = path.split('/').slice(1).map(decoded)
  const isSound = segments.every((segment, place) => isSegment(segment, place === segments.length - 1))
  if (!isSound) return undefined
  return {
    segments: segments.filter((segment) => segment !== undefined),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
  }
}

/** The address of something below a run. */
export function addressOf(run: string, ...path: readonly string[]): string {
  return below('runs', run, path)
}

/** The same below a campaign. */
export function campaignAddress(campaign: string, ...path: readonly string[]): string {
  return below('campaigns', campaign, path)
}

function below(kind: string, name: string, path: readonly string[]): string {
  return ['', kind, name, ...(path.length === 0 ? [''] : path)].map(encodeURIComponent).join('/')
}

function isSegment(segment: string | undefined, isLast: boolean): boolean {
  if (segment === undefined || segment === '.' || segment === '..') return false
  return (segment !== '' || isLast) && !/[/\\\p{Cc}]/u.test(segment)
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined // Half a character: no link of ours.
  }
}
