export { createCountingIds } from './actors/ids.ts'
export { VirtualClock } from './actors/virtual-clock.ts'
export * from './simulation/paths.ts'
