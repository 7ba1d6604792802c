export { createCountingIds } from './actors/ids.ts'
export { VirtualClock } from './actors/virtual-clock.ts'
export { type StatesByEvents, statesByEvents, toTable } from './machines/support/describe.ts'
export { toJson, toMermaid } from './machines/support/mermaid.ts'
export { EnvelopeChecker } from './messages/checker.ts'
export { audit } from './model/ledger/audit.ts'
export {
  type ExplorationReport,
  type ExploredViolation,
  exploreCluster,
} from './simulation/explore/explore-cluster.ts'
export type { SmallWorldOptions } from './simulation/explore/options.ts'
export type { ExplorationTools } from './simulation/explore/small-world.ts'
export type { ExploredStep } from './simulation/explore/steps.ts'
export { type DiscreteOutcome, fillDiscretely } from './simulation/fairness/discrete.ts'
export { competitiveEquilibrium } from './simulation/fairness/equilibrium.ts'
export { assetFairness, dominantResourceFairness } from './simulation/fairness/filling.ts'
export * from './simulation/fairness/incentives.ts'
export { type Claim, maxMinOneResource } from './simulation/fairness/max-min.ts'
export {
  type Allotment,
  type Bundle,
  type Capacity,
  type Outcome,
  outcomeOf,
  type SharingPolicy,
  type User,
} from './simulation/fairness/model.ts'
export * from './simulation/fairness/properties.ts'
export * from './simulation/fairness/utilisation.ts'
export type { Happening, Loss, Passage, Timed } from './simulation/happenings.ts'
export * from './simulation/options.ts'
export * from './simulation/paths.ts'
export { properties } from './simulation/properties/index.ts'
export type * from './simulation/properties/property.ts'
export { sometimes } from './simulation/properties/sometimes.ts'
export { RandomStream } from './simulation/random-stream.ts'
export {
  playScenario,
  type ScenarioDifference,
  type ScenarioReport,
  scenarioCommands,
} from './simulation/scenarios/run.ts'
export { type Shrunk, shrink } from './simulation/shrink.ts'
export {
  type SimulationReport,
  type SimulationTools,
  simulate,
} from './simulation/simulate.ts'
export type { Violation } from './simulation/watch.ts'
export { MemoryStore } from './storage/memory.ts'
export { type OpenedMemory, openAgentMemory } from './storage/open.ts'
