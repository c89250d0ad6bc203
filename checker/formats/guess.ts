/** Tells a history's format from its looks, and reads it. */
import { readEtcdLog } from './etcd-log.ts'
import type { History } from './history.ts'
import { readJepsen } from './jepsen.ts'
import { readJsonl } from './jsonl.ts'
import { readKvText } from './kv-text.ts'

/** The formats that can be read, by name. */
export const formats = {
  faultline: readJsonl,
  'etcd-log': readEtcdLog,
  'kv-text': readKvText,
  jepsen: readJepsen,
} satisfies Record<string, (text: string) => History>

export type FormatName = keyof typeof formats

const lookSize = 10_000

/** The format of a text; `undefined` if it looks like none. Only its beginning is looked at. */
export function guessFormat(text: string): FormatName | undefined {
  const start = text.slice(0, lookSize).replace(/^(?:\s|,|\ufeff|;[^\n]*(?:\n|$))+/, '')
  if (/^\{\s*"faultline-history"/.test(start)) return 'faultline'
  if (/^(?:.*\n)*?INFO\s+jepsen\.util\s+-\s/.test(start)) return 'etcd-log'
  if (/^\{[^}]*:f\s+:(?:get|put|append)\b[^}]*:key\s+"/.test(start)) return 'kv-text'
  return /^[[({#]/.test(start) ? 'jepsen' : undefined
}

/** Reads a history, in the given format or in the one it looks like. */
export function readHistory(text: string, format: FormatName | undefined = guessFormat(text)): History {
  if (format === undefined) {
    throw new TypeError(`the history looks like none of the known formats: ${Object.keys(formats).join(', ')}`)
  }
  return formats[format](text)
}
