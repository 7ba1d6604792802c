import type { Offer } from '../../src/messages/index.ts'
import { InvalidInputError } from '../../src/model/errors.ts'
import type { World } from './world.ts'

/** A framework that keeps its offers, and says which are still good. */
export function hoarder(world: World, name: string, role = name) {
  const open = new Map<string, Offer>()
  world.cluster.framework(
    { name, role },
    {
      offers: (offers) => {
        for (const offer of offers) open.set(offer.offerId, offer)
      },
      rescinded: (id) => void open.delete(id),
    },
  )
  return {
    hosts: () => [...open.values()].map(({ hostname }) => hostname).sort(),
    ids: () => [...open.keys()],
  }
}

/** Four agents of one cpu each. */
export const four = Array.from({ length: 4 }, (_, index) => ({
  name: `a${index + 1}`,
  cpus: 1,
}))

/** Asks for it, and lets the answer come. */
export async function asked(world: World, answer: Promise<void>): Promise<string> {
  const said = answer.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof InvalidInputError)) throw error
      return error.message
    },
  )
  return world.until(said)
}

/** What is explained of each role. */
export function rolesOf(world: World) {
  return Object.fromEntries(world.cluster.explain().roles.map((role) => [role.role, role]))
}
