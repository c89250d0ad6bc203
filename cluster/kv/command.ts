/** What stands in the log of the key-value store: a change, as the payload of an entry. */
import type { Request, Value } from './request.ts'

/** Every request that changes something; reads do not go through the log. */
export type Command = Exclude<Request, { f: 'read' }>

/** What applying a command has shown; `version` is the key's version afterwards. */
export type CommandResult =
  | { readonly version: number }
  | { readonly swapped: true; readonly version: number }
  | { readonly swapped: false; readonly found: Value; readonly version: number }

export function encodeCommand(command: Command): string {
  return JSON.stringify(command)
}

/** The inverse of `encodeCommand`; the log holds nothing else, so anything else is a broken invariant. */
export function decodeCommand(payload: string): Command {
  return JSON.parse(payload) as Command // Only `encodeCommand` writes payloads, and the log guards them by checksum.
}
