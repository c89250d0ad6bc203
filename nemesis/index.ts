/** What the folders to the right use of this one. */
export { type DrawFaultsOptions, drawFaults } from './draw.ts'
export { checkRecovery, type RecoveryOptions } from './recovery.ts'
export { askedFault, faultNamed, faults } from './registry.ts'
export { runSchedule, type Schedule, type ScheduleOptions } from './schedule.ts'
