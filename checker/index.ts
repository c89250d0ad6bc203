/** A linearizability checker: a model and a history in, a verdict with its proof out. */
export { type CheckOptions, type CheckResult, check, type PartitionResult, replay, type Verdict } from './check.ts'
export { type AnomalyKind, type ExplainContext, type Explanation, explain } from './explain.ts'
export { type Minimized, type MinimizeOptions, minimize } from './minimize.ts'
export type { Model, Simplified } from './model.ts'
export { isPending, type Operation } from './operation.ts'
