import { describe, expect, test } from 'vitest'
import { expectFullCoverage } from '../../src/simulation/paths.ts'
import * as worlds from './support/universe-master.ts'
import { walkThrough } from './support/world.ts'

describe('Master: every state of a world with one agent, two frameworks and one task', () => {
  test('it', () => {
    for (const w of [
      worlds.membership,
      worlds.offers,
      worlds.work,
      worlds.partition,
      worlds.strays,
    ]) {
      const t = performance.now()
      try {
        const walk = walkThrough(w)
        console.log(walk.states, walk.paths, walk.taken.size, performance.now() - t)
      } catch (e) {
        console.log(performance.now() - t, String(e).slice(0, 3000))
      }
    }
  }, 60000)
})
