/**
 * Against DNS rebinding: a foreign page may point a name of its own at this machine and then read what we serve as if
 * it were its own. It can not choose what the browser says in `Host`: there stands that name. So only addresses, which
 * no one can point elsewhere, `localhost` and the name that we were told to bind to are answered. The port may differ,
 * as behind a tunnel.
 */
import { isIP } from 'node:net'

/** Whether a request with this `Host` is for us. `bound`: what `--host` said. */
export function isOurHost(header: string | undefined, bound: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(header ?? '') ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6
  if (plain === undefined || plain === '') return false
  const name = plain.toLowerCase()
  return name === 'localhost' || isIP(name) === 4 || name === bound.toLowerCase()
}

/** Whether only this machine can reach what is bound there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** As it stands in an address: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}
