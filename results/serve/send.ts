/** Answers on the wire. Whatever breaks in the middle of a file ends the connection, so that nobody takes half for all. */
import { closeSync, createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { archiveName, archiveOf } from './archive.ts'
import { problemPage } from './frame.ts'
import { headersFor, type Kind } from './headers.ts'
import type { LiveState } from './live.ts'
import type { Answer } from './site.ts'

const liveEveryMs = 1_000
const livesAtMost = 32
const pageType = 'text/html; charset=utf-8'

/** How many are being shown live right now; each costs a timer and a look a second. */
let lives = 0

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly onProblem: (text: string) => void
}

export function send(answer: Answer, exchange: Exchange): void {
  switch (answer.type) {
    case 'page':
      return sendText(exchange, { status: 200, contentType: pageType, text: answer.text })
    case 'json':
      return sendText(exchange, { status: 200, contentType: 'application/json; charset=utf-8', text: answer.text })
    case 'asset':
      return sendText(exchange, { status: 200, ...answer.asset })
    case 'redirect':
      exchange.response.writeHead(308, { ...headersFor('page', pageType), location: answer.to }).end()
      return
    case 'nothing':
      return sendProblem(exchange, 404, 'Not found', answer.why)
    case 'refused':
      return sendProblem(exchange, 400, 'This can not be done', answer.why)
    case 'file':
      return sendFile(answer, exchange)
    case 'archive':
      return sendArchive(answer, exchange)
    case 'live':
      return sendLive(answer.look, exchange)
    default:
      return answer satisfies never
  }
}

export function sendProblem(exchange: Exchange, status: number, title: string, why: string): void {
  sendText(exchange, { status, contentType: pageType, text: problemPage(title, why) })
}

function sendText(
  { request, response }: Exchange,
  { status, contentType, text, kind = 'page' }: { status: number; contentType: string; text: string; kind?: Kind },
): void {
  const bytes = Buffer.from(text)
  response.writeHead(status, { ...headersFor(kind, contentType), 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function sendFile({ opened, isReport }: Extract<Answer, { type: 'file' }>, exchange: Exchange): void {
  const { request, response, onProblem } = exchange
  const { descriptor, size, contentType } = opened
  response.writeHead(200, { ...headersFor(isReport ? 'report' : 'file', contentType), 'content-length': size })
  if (request.method === 'HEAD' || size === 0) {
    closeSync(descriptor)
    response.end()
    return
  }
  // A file that grows is sent as far as it was when it was opened.
  const stream = createReadStream('', { fd: descriptor, start: 0, end: size - 1 })
  pipeline(stream, response, (error) => tellUnlessGone(error, onProblem))
}

function sendArchive({ name, dir, timeS }: Extract<Answer, { type: 'archive' }>, exchange: Exchange): void {
  const { request, response, onProblem } = exchange
  response.writeHead(200, {
    ...headersFor('file', 'application/gzip'),
    'content-disposition': `attachment; filename="${archiveName(name)}"`,
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const below = archiveName(name).replace(/\.tar\.gz$/, '')
  pipeline(Readable.from(archiveOf(dir, below, timeS)), createGzip(), response, (error) =>
    tellUnlessGone(error, onProblem),
  )
}

/** Server-sent events: one a second with all there is to show, and a last one, `over`. */
function sendLive(look: () => LiveState, exchange: Exchange): void {
  const { request, response, onProblem } = exchange
  if (lives >= livesAtMost) return sendProblem(exchange, 503, 'Too many', 'Too many runs are being watched already.')
  response.writeHead(200, headersFor('page', 'text/event-stream; charset=utf-8'))
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  lives++
  const tell = (): void => {
    if (response.writableNeedDrain) return // A slow reader misses one, and has the next.
    try {
      const state = look()
      response.write(`data: ${JSON.stringify(state)}\n\n`)
      if (state.isOver) response.end('event: over\ndata: {}\n\n')
    } catch (error) {
      onProblem(String(error))
      response.destroy()
    }
  }
  const timer = setInterval(tell, liveEveryMs)
  response.on('close', () => {
    clearInterval(timer)
    lives--
  })
  tell()
}

/** A browser that goes away in the middle is no problem. */
function tellUnlessGone(error: NodeJS.ErrnoException | null | undefined, onProblem: (text: string) => void): void {
  const isGone = error?.code === 'ERR_STREAM_PREMATURE_CLOSE' || error?.code === 'ECONNRESET' || error?.code === 'EPIPE'
  if (error && !isGone) onProblem(error.message)
}
