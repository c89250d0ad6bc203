/** What each answer tells the browser. Run directories may come from anywhere, so nothing in them is trusted. */
import type { OutgoingHttpHeaders } from 'node:http'

const common: OutgoingHttpHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
}

/** Our own pages: nothing but our own files, and no markup of a run could change that. */
const ownPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/**
 * A report runs its own program, whose hash its own policy names; here it gets an origin of its own besides, so that a
 * forged one could neither read our other pages nor talk to anybody.
 */
const reportPolicy =
  "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const filePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

export type Kind = 'page' | 'report' | 'file'

export function headersFor(kind: Kind, contentType: string): OutgoingHttpHeaders {
  const policy = { page: ownPolicy, report: reportPolicy, file: filePolicy }[kind]
  return { ...common, 'content-security-policy': policy, 'content-type': contentType }
}
