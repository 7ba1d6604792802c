import { audit } from '../../src/model/ledger/audit.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import { doublyHeld } from '../../src/simulation/properties/safety-nothing-held-twice.ts'
import { strayOffers } from '../../src/simulation/properties/safety-offers-are-sound.ts'

/** Throws when anything is in a master's book, or was heard, that must never be. */
export function checkSoundness(ledger: Ledger, marks: Iterable<string>): void {
  const problems = problemsIn(ledger)
  for (const mark of marks) {
    if (mark === 'message.unexpected') problems.push('somebody heard what it does not expect')
  }
  if (problems.length > 0) throw new Error(`the world is wrong: ${problems.join('; ')}`)
}

/** Says in sentences what must never be in a master's book, and is. */
function problemsIn(ledger: Ledger): string[] {
  return [...audit(ledger), ...strayOffers(ledger), ...doublyHeld(ledger)]
}
