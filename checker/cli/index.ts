/** What a command line that checks histories needs, whoever's it is. Runs anywhere but for `main` and `isSameFile`. */
export type { Cause, CoreOperation } from './cause.ts'
export { type CheckedHistory, type CheckedPartition, type CheckHistoryOptions, checkHistory } from './check-history.ts'
export { type Loaded, type LoadedColumns, load } from './load.ts'
export { main, type Output } from './main.ts'
export { Misfit, UnknownModel } from './misfit.ts'
export type { OwnModel } from './object-subject.ts'
export { asJson, type Damage, exitCodeOf, type Report, schemaVersion, told } from './report.ts'
export { isSameFile } from './same-file.ts'
