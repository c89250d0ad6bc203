/** The models that come along, by name. */
import { appendKv } from './append-kv.ts'
import { casRegister } from './cas-register.ts'
import type { KvModel } from './kv.ts'
import { register } from './register.ts'

export { appendKv } from './append-kv.ts'
export { casRegister } from './cas-register.ts'
export { type KvInput, type KvModel, type KvOutput, type KvState, type KvValue, kvModel, withInitial } from './kv.ts'
export { type Codec, type Item, type ObjectModel, type RecordedOp, UnreadableOp } from './object.ts'
export { isObjectName, type ObjectName, objects } from './objects.ts'
export { register } from './register.ts'
export {
  type WholeKvInput,
  type WholeKvModel,
  type WholeKvOutput,
  type WholeKvState,
  wholeKv,
} from './whole-kv.ts'

/** A history's header names its model by one of these keys. */
export const models = {
  register,
  'cas-register': casRegister,
  'append-kv': appendKv,
} satisfies Record<string, KvModel>

export type ModelName = keyof typeof models

export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(models, name)
}
