/** Writes histories in any format. */
import { writeEtcdOperations } from './etcd-operations-write.ts'
import type { FormatName } from './guess.ts'
import type { History } from './history.ts'
import { writeJepsen, writeJepsenJson } from './jepsen-write.ts'
import { writeEtcdLog, writeKvText } from './porcupine-text-write.ts'
import { writePorcupine } from './porcupine-write.ts'
import { writeJsonl } from './write-jsonl.ts'

/** By the names of `formats`. Some throw a `NotWritable` for what they have no words for. */
export const writers: Readonly<Record<FormatName, (history: History) => string>> = {
  faultline: writeJsonl,
  'etcd-log': writeEtcdLog,
  'kv-text': writeKvText,
  jepsen: writeJepsen,
  'jepsen-json': writeJepsenJson,
  porcupine: writePorcupine,
  'etcd-operations': writeEtcdOperations,
}
