/** After `npm test`: how many tests were skipped and why, and as the last line how many passed and failed. */
import { readFileSync } from 'node:fs'

const file = '.cache/tests.json'

interface Assertion {
  readonly fullName: string
  readonly status: string
  readonly meta?: { readonly skipReason?: string }
}

const report = JSON.parse(readFileSync(file, 'utf8')) as {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; message: string; assertionResults: Assertion[] }[]
}
const assertions = report.testResults.flatMap((result) => result.assertionResults)
const skipped = assertions.filter(({ status }) => status !== 'passed' && status !== 'failed')
// A file that could not be loaded holds no test that failed, but is a failure all the same.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
)
for (const { name, message } of broken) console.log(`failed to load ${name}: ${message}`)
console.log(`${skipped.length} tests were skipped${skipped.length > 0 ? ':' : ''}`)
for (const { fullName, status } of skipped) console.log(`  ${status}: ${fullName}`)
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`)
