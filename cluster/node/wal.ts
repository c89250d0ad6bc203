/**
 * The write-ahead log's records: `length (4 bytes) | CRC-32 of the payload (4 bytes) | payload (UTF-8 JSON)`, big-endian.
 * A record that reaches the end of the file without being whole was torn by a crash and is dropped; damage with
 * more behind it was not done by a crash of ours, and the node must not guess.
 */
import { crc32 } from 'node:zlib'
import type { Entry, HardState, NodeId } from '../raft/message.ts'
import { memoByEntry } from './entry-memo.ts'

export type WalRecord =
  | { readonly type: 'hard-state'; readonly hardState: HardState }
  | { readonly type: 'entry'; readonly entry: Entry }

/** Records that take effect; `goodBytes` is where a torn tail begins (or the whole length). */
export interface Parsed {
  readonly records: readonly string[]
  readonly goodBytes: number
}

const headerBytes = 8
const maxRecordBytes = 256 * 1024 * 1024
const decoder = new TextDecoder()

export function encodeWalRecord(record: WalRecord): string {
  if (record.type === 'hard-state') return JSON.stringify([record.hardState.term, record.hardState.vote ?? null])
  const { index, term, kind, payload } = record.entry
  return JSON.stringify([index, term, kind, payload])
}

export function decodeWalRecord(text: string): WalRecord {
  // Written by `encodeWalRecord` and guarded by the checksum.
  const row = JSON.parse(text) as [number, NodeId | null] | [number, number, Entry['kind'], string]
  if (row.length === 2) return { type: 'hard-state', hardState: { term: row[0], vote: row[1] ?? undefined } }
  return { type: 'entry', entry: { index: row[0], term: row[1], kind: row[2], payload: row[3] } }
}

/** Frames payloads into one piece of bytes. */
export function frame(payloads: readonly string[]): Uint8Array {
  return join(payloads.map(frameOne))
}

/** The records of a write, framed in one piece. */
export function frameRecords(hardState: HardState | undefined, entries: readonly Entry[]): Uint8Array {
  const frames = entries.map(frameEntry)
  if (hardState) frames.unshift(frameOne(encodeWalRecord({ type: 'hard-state', hardState })))
  return join(frames)
}

/** In a simulation all nodes write the very same entries, soon after each other. */
const frameEntry = memoByEntry((entry) => frameOne(encodeWalRecord({ type: 'entry', entry })))

function frameOne(payload: string): Uint8Array {
  const length = Buffer.byteLength(payload)
  const bytes = Buffer.allocUnsafe(headerBytes + length)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt32BE(crc32(payload), 4) // Of a string's UTF-8.
  bytes.write(payload, headerBytes)
  return bytes
}

function join(frames: readonly Uint8Array[]): Uint8Array {
  const [first] = frames
  if (first && frames.length === 1) return first
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const each of frames) {
    bytes.set(each, at)
    at += each.length
  }
  return bytes
}

/** Reads framed payloads; throws where bytes in the middle are damaged. */
export function parse(bytes: Uint8Array, file: string): Parsed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: string[] = []
  let at = 0
  while (at < bytes.length) {
    const end = at + headerBytes <= bytes.length ? at + headerBytes + view.getUint32(at) : Number.POSITIVE_INFINITY
    if (end > bytes.length) {
      const isTorn = end === Number.POSITIVE_INFINITY || end - at - headerBytes <= maxRecordBytes
      if (!isTorn) throw new Error(`${file}: the record at byte ${at} claims an impossible length: the file is damaged`)
      if (hasRecordAfter(bytes, at)) {
        throw new Error(`${file}: the record at byte ${at} has a wrong length: there are others behind it`)
      }
      break
    }
    const body = bytes.subarray(at + headerBytes, end)
    if (body.length === 0 || crc32(body) !== view.getUint32(at + 4)) {
      // A length that a flipped bit made to reach just the end of the file hides records, too.
      const isTorn = end === bytes.length ? !hasRecordAfter(bytes, at) : bytes.subarray(at).every((byte) => byte === 0)
      if (!isTorn) throw new Error(`${file}: the record at byte ${at} does not match its checksum: the file is damaged`)
      break
    }
    records.push(decoder.decode(body))
    at = end
  }
  return { records, goodBytes: at }
}

/** A torn record was the last to be written. If a whole one stands behind it, not its end is missing: its length is wrong. */
function hasRecordAfter(bytes: Uint8Array, torn: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = torn + 1; at + headerBytes < bytes.length; at++) {
    const length = view.getUint32(at)
    const start = at + headerBytes
    if (length === 0 || start + length > bytes.length) continue
    if (crc32(bytes.subarray(start, start + length)) === view.getUint32(at + 4)) return true
  }
  return false
}
