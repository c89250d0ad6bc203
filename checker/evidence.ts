/** What the anomalies look at, and the words they use. */
import type { RecordedOperation } from './formats/pairs.ts'
import type { KvValue } from './models/kv.ts'

export interface Evidence {
  readonly key: string
  /** The core, as recorded, by time of call. */
  readonly subjects: readonly RecordedOperation[]
  /** All operations of the key that took effect or may have, by time of call. */
  readonly history: readonly RecordedOperation[]
  readonly failed: readonly RecordedOperation[]
  readonly initial: KvValue
}

export function earlier(a: RecordedOperation, b: RecordedOperation): number {
  return a.call - b.call || a.id - b.id
}

/** Whether `a` had ended when `b` began. */
export function precedes(a: RecordedOperation, b: RecordedOperation): boolean {
  return a.return < b.call
}

/** What the operation leaves there if it takes effect; `undefined` if it changes nothing, or appends. */
export function valuePut({ input, output }: RecordedOperation): KvValue | undefined {
  switch (input.f) {
    case 'write':
      return input.value
    case 'delete':
      return null
    case 'cas':
      return output?.swapped === false ? undefined : input.value[1]
    case 'read':
    case 'append':
      return undefined
    default:
      return input satisfies never
  }
}

/** What the operation saw, as far as it told. */
export function valueSeen({ input, output }: RecordedOperation): KvValue | undefined {
  if (input.f === 'cas' && output?.swapped === true) return input.value[0]
  return output?.value ?? (output?.value === null ? null : output?.found)
}

/** Acknowledged, and surely changed something. */
export function isAckedChange({ input, output }: RecordedOperation): boolean {
  return output !== undefined && input.f !== 'read' && output.swapped !== false
}

export function isReset({ input }: RecordedOperation): boolean {
  return input.f === 'write' || input.f === 'delete' || input.f === 'cas'
}

export function writersOf(value: KvValue, operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  return operations.filter((each) => valuePut(each) === value)
}

export function nameOf({ client, process }: RecordedOperation): string {
  return `c${client ?? process}`
}

export function seconds(timeUs: number): string {
  return (timeUs / 1_000_000).toFixed(3)
}

/** `k7=3`, or `k7 absent`. */
export function holds(key: string, value: KvValue): string {
  return value === null ? `${key} absent` : `${key}=${JSON.stringify(value)}`
}

/** What an operation did, after its client's name: `read k7=2`. */
export function tell({ input, output }: RecordedOperation, key: string): string {
  const version = output?.version === undefined ? '' : ` as version ${output.version}`
  const perhaps = output === undefined ? 'perhaps ' : ''
  switch (input.f) {
    case 'read':
      return output?.value === null
        ? `found ${key} absent${version}`
        : `read ${holds(key, output?.value ?? '?')}${version}`
    case 'write':
      return `${perhaps}wrote ${holds(key, input.value)}${version}`
    case 'delete':
      return `${perhaps}deleted ${key}${version}`
    case 'append':
      return `${perhaps}appended ${JSON.stringify(input.value)} to ${key}${version}`
    case 'cas': {
      const [from, to] = input.value.map((value) => JSON.stringify(value))
      if (output?.swapped !== false) return `${perhaps}changed ${key} from ${from} to ${to}${version}`
      const found = output.found === undefined ? '' : `, for it held ${JSON.stringify(output.found)}`
      return `was refused to change ${key} from ${from} to ${to}${found}`
    }
    default:
      return input satisfies never
  }
}
