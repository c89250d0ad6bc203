/** Tells a history's format from its looks, and reads it. */
import { readEtcdLog } from './etcd-log.ts'
import { looksLikeEtcdOperations, readEtcdOperations } from './etcd-operations.ts'
import type { History } from './history.ts'
import { readJepsen } from './jepsen.ts'
import { readJepsenJson } from './jepsen-json.ts'
import type { JepsenOptions } from './jepsen-op.ts'
import { readJsonl } from './jsonl.ts'
import { readKvText } from './kv-text.ts'
import { readPorcupine } from './porcupine.ts'

/** The formats that can be read, by name. */
export const formats = {
  faultline: readJsonl,
  'etcd-log': readEtcdLog,
  'kv-text': readKvText,
  jepsen: readJepsen,
  'jepsen-json': readJepsenJson,
  porcupine: readPorcupine,
  'etcd-operations': readEtcdOperations,
} satisfies Record<string, (text: string) => History>

export type FormatName = keyof typeof formats

const readers: Readonly<Record<FormatName, (text: string, options?: JepsenOptions) => History>> = formats

const lookSize = 10_000

/** The format of a text; `undefined` if it looks like none. Only its beginning is looked at. */
export function guessFormat(text: string): FormatName | undefined {
  const start = text.slice(0, lookSize).replace(/^(?:\s|,|\ufeff|;[^\n]*(?:\n|$))+/, '')
  if (/^\{\s*"faultline-history"/.test(start)) return 'faultline'
  if (/^(?:.*\n)*?INFO\s+jepsen\.util\s+-\s/.test(start)) return 'etcd-log'
  if (/^\{[^}]*:f\s+:(?:get|put|append)\b[^}]*:key\s+"/.test(start)) return 'kv-text'
  if (/^(?:\[\s*)?\{\s*"/.test(start)) return guessJson(start)
  if (/^[[(]\s*[\])]\s*$/.test(start)) return 'jepsen'
  return /^[[({#]/.test(start) && /:(?:invoke|ok|fail|info)\b/.test(start) ? 'jepsen' : undefined
}

function guessJson(start: string): FormatName | undefined {
  if (/"client_?id"\s*:/i.test(start)) return looksLikeEtcdOperations(start) ? 'etcd-operations' : 'porcupine'
  return /"process"\s*:/.test(start) && /"type"\s*:/.test(start) ? 'jepsen-json' : undefined
}

/**
 * Reads a history, in the given format or in the one it looks like. The options are for Jepsen's formats. Throws a
 * `FormatError` where it is damaged.
 */
export function readHistory(
  text: string,
  format: FormatName | undefined = guessFormat(text),
  options: JepsenOptions = {},
): History {
  if (format === undefined) {
    throw new TypeError(`the history looks like none of the known formats: ${Object.keys(formats).join(', ')}`)
  }
  return readers[format](text, options)
}
