/** A web interface on a port of its own, and requests as no browser would send them. */
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Serving, serve } from './server.ts'

export interface Site {
  readonly serving: Serving
  /** What it complained of. */
  readonly problems: readonly string[]
  close(): Promise<void>
}

/** No campaigns unless told where they are. */
export function serving(root: string, campaigns = join(root, 'no campaigns')): Promise<Site> {
  const problems: string[] = []
  return new Promise((resolve, reject) => {
    const options = {
      root,
      campaigns,
      host: '127.0.0.1',
      port: 0,
      nowMs: Date.now,
      onProblem: (text: string) => problems.push(text),
    }
    serve(options, (error, found) => {
      if (found === undefined) reject(error ?? new Error('it neither serves nor fails'))
      else resolve({ serving: found, problems, close: () => new Promise<void>((done) => found.close(done)) })
    })
  })
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes as they are: no client of ours would let such a path or header through. */
export function raw(port: number, request: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const pieces: Buffer[] = []
    socket.on('data', (piece) => pieces.push(Buffer.from(piece)))
    socket.on('error', reject)
    socket.on('close', () => resolve(parsed(Buffer.concat(pieces).toString('utf8'))))
    socket.write(Buffer.from(request, 'latin1'))
  })
}

/** A GET of exactly this path. */
export function rawGet(port: number, path: string, host = `127.0.0.1:${port}`): Promise<RawAnswer> {
  return raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
}

function parsed(text: string): RawAnswer {
  const [head = '', ...body] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body: body.join('\r\n\r\n') }
}
