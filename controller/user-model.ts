/**
 * A model of the user's own: a module that exports `model`. It is given what a history recorded, as it is: inputs are
 * `{ f, key, value }`, outputs whatever the system answered (`null` where an op was answered with nothing). If the model
 * has a `codec`, it is given what that makes of it.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { OwnModel } from 'porcupine-ts/cli'
import { models, objects } from 'porcupine-ts/models'
import { UsageError } from '../workloads/usage-error.ts'

/** Whether what was given as a model is a file's name rather than a model's. */
export function isModelFile(given: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(given)
}

/** Throws a `UsageError` where there is no such module, or its `model` is none. */
export async function loadModel(file: string): Promise<OwnModel> {
  const path = resolve(file)
  const usage = { expected: 'a module that exports `model`', type: '--model ./my-model.ts' }
  if (!existsSync(path)) throw new UsageError({ ...usage, given: `no such file: ${file}` })
  const module = await imported(path, file)
  if (!('model' in module)) throw new UsageError({ ...usage, given: `${file}, which exports no model` })
  const { model } = module
  if (!isModel(model)) {
    throw new UsageError({
      ...usage,
      given: `${file}, whose model lacks init or step`,
      expected: 'functions of these names',
    })
  }
  return model
}

async function imported(path: string, file: string): Promise<object> {
  try {
    const module: object = await import(pathToFileURL(path).href)
    return module
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(
      {
        given: `${file}, which can not be loaded: ${reason}`,
        expected: `a JavaScript or TypeScript module, or one of ${[...Object.keys(models), ...Object.keys(objects)].join(', ')}`,
        type: '--model ./my-model.ts',
      },
      { cause },
    )
  }
}

function isModel(value: unknown): value is OwnModel {
  if (typeof value !== 'object' || value === null) return false
  const { init, step }: { readonly init?: unknown; readonly step?: unknown } = value
  return typeof init === 'function' && typeof step === 'function'
}
