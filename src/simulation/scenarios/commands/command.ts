import type { Stage } from '../stage.ts'
import type { Words } from '../words.ts'

/** Does one thing on the stage; what follows from it happens afterwards. */
export interface ScenarioCommand {
  /** How it is written, for people. */
  readonly usage: string
  /** Takes its words, and acts. Throws InvalidInputError when they are not as they should be. */
  readonly run: (stage: Stage, words: Words) => void
  /** Whether from now on something has gone wrong, and who is lost may be lost for that. */
  readonly isFault?: true
  /** How long the script waits for what follows, in milliseconds; 0 when left out. */
  readonly passMs?: (words: Words) => number
}
