/** Options of a workload by name: defaults are filled in, types and ranges checked, before a run begins. */
import { UsageError } from './usage-error.ts'
import type { WorkloadOption, WorkloadOptions } from './workload.ts'

/** The options of one workload, complete. Text as typed on a command line counts as the number or boolean it spells. */
export function completeOptions(
  workload: string,
  known: Readonly<Record<string, WorkloadOption>>,
  given: Readonly<Record<string, unknown>>,
): WorkloadOptions {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    throw new UsageError({
      given: `option '${name}' of workload '${workload}'`,
      expected: `one of ${names.join(', ')}`,
      type: names.map((each) => `${each}=${known[each]?.default}`).join(' '),
    })
  }
  const complete: Record<string, number | string | boolean> = {}
  for (const [name, option] of Object.entries(known)) {
    complete[name] = Object.hasOwn(given, name) ? parse(workload, name, option, given[name]) : option.default
  }
  return complete
}

/** An option that is known to be a number. */
export function numberOf(options: WorkloadOptions, name: string): number {
  const value = options[name]
  if (typeof value !== 'number') throw new TypeError(`option ${name} is ${value}, not a number`)
  return value
}

/** An option that is known to be a boolean. */
export function booleanOf(options: WorkloadOptions, name: string): boolean {
  const value = options[name]
  if (typeof value !== 'boolean') throw new TypeError(`option ${name} is ${value}, not a boolean`)
  return value
}

function parse(workload: string, name: string, option: WorkloadOption, value: unknown): number | string | boolean {
  const refuse = (expected: string): UsageError =>
    new UsageError({
      given: `${name}=${String(value)} for workload '${workload}'`,
      expected,
      type: `${name}=${option.default}`,
    })
  switch (typeof option.default) {
    case 'number': {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = false } = option
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const inRange = typeof number === 'number' && number >= min && number <= max
      if (!inRange || !Number.isFinite(number) || (whole && !Number.isInteger(number))) {
        throw refuse(`a ${whole ? 'whole ' : ''}number${rangeOf(option)}`)
      }
      return number
    }
    case 'boolean':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      throw refuse('true or false')
    default:
      if (typeof value !== 'string') throw refuse('text')
      return value
  }
}

function rangeOf({ min, max }: WorkloadOption): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` up to ${max}`
}
