/** What may be forgotten of a key of the key-value models. */
import { type KvModel, models } from '../models/index.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Reduction } from './reduction.ts'
import { retireBlocks } from './retire-blocks.ts'
import { retireVersions } from './retire-versions.ts'

/** None for a model whose steps are not those of a model of ours: they might mean something else. */
export function kvReductions(model: KvModel): readonly Reduction<KvState, KvInput, KvOutput>[] {
  const isOurs = Object.values(models).some(({ step }) => step === model.step)
  return isOurs ? [retireVersions, retireBlocks] : []
}
