/** Checking while a history grows: an alarm as soon as it is illegal, and in the end what was verified. */
export { type HistoryAlarm, HistoryMonitor } from './monitor/history-monitor.ts'
export type { Alarm, Happening, KeyReport } from './monitor/key-monitor.ts'
export { kvReductions } from './monitor/kv-reductions.ts'
export { Monitor, type MonitorOptions, type MonitorReport } from './monitor/monitor.ts'
export type { Moment, Reduction, Residue } from './monitor/reduction.ts'
