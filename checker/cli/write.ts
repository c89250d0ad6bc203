/** Writes to the standard output and error at once. Node.js takes 4 ms to make a stream of either. */
import { fstatSync, writeSync } from 'node:fs'

/** How long to wait for whoever reads a pipe that is full. */
const pauseMs = 1
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))
/** Whoever reads our output may have seen enough of it; that changes no verdict. */
const readerIsGone = ['EPIPE', 'ECONNRESET']

/** What kept a part of the text from being written, such as a full disk; nothing where it was written or nobody reads. */
export function write(file: 1 | 2, text: string): Error | undefined {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      if (readerIsGone.includes(String(error.code))) return undefined
      if (error.code !== 'EAGAIN') return error
      Atomics.wait(nobodyWakes, 0, 0, pauseMs)
    }
  }
  return undefined
}

/** Whether the standard output is one. Only a device can be, and to ask makes the stream. */
export function isTerminal(): boolean {
  return fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true
}
