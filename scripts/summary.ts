/** After `npm test`: how many tests were skipped and why, and as the last line how many passed and failed. */
import { readFileSync } from 'node:fs'
import { type Skip, skipsFile } from './skip-reporter.ts'

const file = '.cache/tests.json'

const report = JSON.parse(readFileSync(file, 'utf8')) as {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; message: string; assertionResults: unknown[] }[]
}
const skipped = JSON.parse(readFileSync(skipsFile, 'utf8')) as Skip[]
// A file that could not be loaded holds no test that failed, but is a failure all the same.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
)
for (const { name, message } of broken) console.log(`failed to load ${name}: ${message}`)
console.log(`${skipped.length} tests were skipped${skipped.length > 0 ? ':' : ''}`)
for (const { test, reason } of skipped) console.log(`  ${test}: ${reason}`)
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`)
