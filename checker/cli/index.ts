/** What a command line that checks histories needs, whoever's it is. Runs anywhere but for `main`. */
export {
  type Cause,
  type CheckedHistory,
  type CheckedPartition,
  type CheckHistoryOptions,
  type CoreOperation,
  checkHistory,
} from './check-history.ts'
export { main, type Output } from './main.ts'
export { asJson, type Damage, exitCodeOf, type Report, schemaVersion, told } from './report.ts'
export { type Loaded, load, type OwnModel, type SubjectOptions, UnknownModel } from './subject.ts'
