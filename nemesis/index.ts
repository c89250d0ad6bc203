/** What the folders to the right use of this one. */
export { type Composite, composites } from './composites.ts'
export { type DrawFaultsOptions, drawFaults } from './draw.ts'
export { checkRecovery, type RecoveryOptions } from './recovery.ts'
export { askedFault, faultNamed, faults } from './registry.ts'
export { runSchedule, type Schedule, type ScheduleOptions } from './schedule.ts'
export { drawSwarm, type Mood, type SwarmOptions, type SwarmSetup } from './swarm.ts'
