/** The web interface: reads runs, writes nothing but its index, and answers this machine alone unless told otherwise. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostInUrl, isOurHost } from './host.ts'
import { type Exchange, send, sendProblem } from './send.ts'
import { Site } from './site.ts'
import { targetOf } from './target.ts'

export interface ServeOptions {
  /** Where run directories are. */
  readonly root: string
  /** Where campaigns are. */
  readonly campaigns: string
  readonly host: string
  /** The port to listen on; 0 takes a free one. */
  readonly port: number
  /** Wall time, as file times are. */
  readonly nowMs: () => number
  /** Told what went wrong on our side, in a line. */
  readonly onProblem: (text: string) => void
}

export interface Serving {
  readonly url: string
  readonly port: number
  /** Ends it, also for those who still listen. */
  close(done: () => void): void
}

/** Either an error, as where the port is taken, or what now serves. */
export function serve(options: ServeOptions, done: (error: Error | undefined, serving?: Serving) => void): void {
  const { host, port } = options
  const site = new Site(options)
  const server = serverOf(site, options)
  const failed = (error: Error): void => {
    site.close()
    done(error)
  }
  server.once('error', failed)
  server.listen(port, host, () => {
    server.off('error', failed)
    server.on('error', (error) => options.onProblem(error.message))
    const { port: bound } = server.address() as AddressInfo // Of a server on TCP that listens.
    done(undefined, {
      url: `http://${hostInUrl(host)}:${bound}/`,
      port: bound,
      close: (closed) => {
        server.close(() => {
          site.close()
          closed()
        })
        server.closeAllConnections()
      },
    })
  })
}

function serverOf(site: Site, { host, onProblem }: ServeOptions): Server {
  return createServer((request, response) => {
    const exchange: Exchange = { request, response, onProblem }
    try {
      if (!isOurHost(request.headers.host, host)) {
        const why = `Ask for localhost or for an address; the name ${request.headers.host ?? '(none)'} is not ours.`
        return sendProblem(exchange, 421, 'Wrong host', why)
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD')
        return sendProblem(exchange, 405, 'Only for reading', 'Nothing can be changed here.')
      }
      const target = targetOf(request.url)
      if (target === undefined) return sendProblem(exchange, 400, 'Odd address', 'No link leads there.')
      send(site.answer(target), exchange)
    } catch (error) {
      // One page that can not be made must not end the others.
      onProblem(error instanceof Error ? (error.stack ?? error.message) : String(error))
      if (response.headersSent) response.destroy()
      else sendProblem(exchange, 500, 'A defect of ours', 'This page could not be made; the terminal says why.')
    }
  })
}
