import { acknowledgementsArrive } from './liveness-acknowledgements-arrive.ts'
import { allTasksEnd } from './liveness-all-tasks-end.ts'
import { noStrayWork } from './liveness-no-stray-work.ts'
import { offersCome } from './liveness-offers-come.ts'
import { silenceIsNoticed } from './liveness-silence-is-noticed.ts'
import { takenUpdatesAreTold } from './liveness-taken-updates-are-told.ts'
import type { Property } from './property.ts'
import { acknowledgedIsOver } from './safety-acknowledged-is-over.ts'
import { answersAreTrue } from './safety-answers-are-true.ts'
import { booksBalance } from './safety-books-balance.ts'
import { deadOffersNeverLaunch } from './safety-dead-offers-never-launch.ts'
import { idsAreNew } from './safety-ids-are-new.ts'
import { machinesNotOverfull } from './safety-machines-not-overfull.ts'
import { nobodyBreaks } from './safety-nobody-breaks.ts'
import { nobodyGivenUpEarly } from './safety-nobody-given-up-early.ts'
import { nothingHeldTwice } from './safety-nothing-held-twice.ts'
import { nothingOfferedTwice } from './safety-nothing-offered-twice.ts'
import { offersAreSound } from './safety-offers-are-sound.ts'
import { oneTerminalState } from './safety-one-terminal-state.ts'
import { pairsKeepOrder } from './safety-pairs-keep-order.ts'
import { refusalsCount } from './safety-refusals-count.ts'
import { silenceIsKept } from './safety-silence-is-kept.ts'
import { updatesInTurn } from './safety-updates-in-turn.ts'
import { updatesShownOnce } from './safety-updates-shown-once.ts'

/** Everything that every run is held to. */
export const properties: readonly Property[] = [
  booksBalance,
  nothingHeldTwice,
  offersAreSound,
  deadOffersNeverLaunch,
  machinesNotOverfull,
  oneTerminalState,
  pairsKeepOrder,
  nothingOfferedTwice,
  refusalsCount,
  silenceIsKept,
  updatesInTurn,
  updatesShownOnce,
  acknowledgedIsOver,
  idsAreNew,
  answersAreTrue,
  nobodyGivenUpEarly,
  nobodyBreaks,
  allTasksEnd,
  noStrayWork,
  offersCome,
  silenceIsNoticed,
  acknowledgementsArrive,
  takenUpdatesAreTold,
]
