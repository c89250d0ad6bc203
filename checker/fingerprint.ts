/** A string that is equal for equal plain data, so that inputs, outputs and states can be numbered. */

const identities = new WeakMap<object, number>()
let nextIdentity = 0

/**
 * Plain data (primitives, arrays, plain objects) is written out with its types. Everything else counts by identity:
 * to take two different things for one would make a verdict wrong, the other way round only costs time.
 */
export function fingerprint(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'symbol':
      return `@${symbolIdentity(value)}`
    case 'function':
      return identity(value)
    case 'object':
      return value === null ? 'null' : ofObject(value)
    default:
      throw new Error(`a value of type ${typeof value}`)
  }
}

function ofObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return identity(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${fingerprint(field)}`).join()}}`
}

function identity(value: object): string {
  let id = identities.get(value)
  if (id === undefined) {
    id = nextIdentity++
    identities.set(value, id)
  }
  return `#${id}`
}

const symbols = new Map<symbol, number>()

function symbolIdentity(value: symbol): number {
  const known = symbols.get(value)
  if (known !== undefined) return known
  symbols.set(value, symbols.size)
  return symbols.size - 1
}
