/** Numbers of texts: two different ones must not become the same, or a wrong value would look right. */

/** A double keeps every decimal number of 17 digits apart from its neighbours that a double was printed as. */
const mostDigits = 17
const integerPattern = /^[+-]?\d+$/

/** `undefined` where the number is too large, or too precise, to be kept exactly. */
export function exactNumber(token: string): number | undefined {
  const value = Number(token)
  if (integerPattern.test(token)) return Number.isSafeInteger(value) ? value : undefined
  const digits = token
    .replace(/[eE].*/, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+/, '')
  // Too small a number would become zero.
  if (value === 0 && digits !== '') return undefined
  return digits.length <= mostDigits && Number.isFinite(value) ? value : undefined
}
