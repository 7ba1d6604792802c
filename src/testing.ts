export { createCountingIds } from './actors/ids.ts'
export { VirtualClock } from './actors/virtual-clock.ts'
export { type StatesByEvents, statesByEvents, toTable } from './machines/support/describe.ts'
export { toJson, toMermaid } from './machines/support/mermaid.ts'
export { EnvelopeChecker } from './messages/checker.ts'
export { audit } from './model/ledger/audit.ts'
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
export * from './simulation/paths.ts'
