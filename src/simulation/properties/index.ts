import { allTasksEnd } from './liveness-all-tasks-end.ts'
import { noStrayWork } from './liveness-no-stray-work.ts'
import { offersCome } from './liveness-offers-come.ts'
import type { Property } from './property.ts'
import { booksBalance } from './safety-books-balance.ts'
import { deadOffersNeverLaunch } from './safety-dead-offers-never-launch.ts'
import { machinesNotOverfull } from './safety-machines-not-overfull.ts'
import { nobodyBreaks } from './safety-nobody-breaks.ts'
import { nothingHeldTwice } from './safety-nothing-held-twice.ts'
import { offersAreSound } from './safety-offers-are-sound.ts'
import { oneTerminalState } from './safety-one-terminal-state.ts'
import { pairsKeepOrder } from './safety-pairs-keep-order.ts'

/** Everything that every run is held to. */
export const properties: readonly Property[] = [
  booksBalance,
  nothingHeldTwice,
  offersAreSound,
  deadOffersNeverLaunch,
  machinesNotOverfull,
  oneTerminalState,
  pairsKeepOrder,
  nobodyBreaks,
  allTasksEnd,
  noStrayWork,
  offersCome,
]
