import { describe, expect, test } from 'vitest'
import { drfPolicy } from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { Stage } from '../support/stage.ts'

/** A stage whose master looks at so many agents at first, and how many it looked at each time. */
function stageInSlices(sliceSize: number) {
  const looks: { readonly agents: number; readonly heldBefore: number }[] = []
  const policy: AllocationPolicy = {
    name: 'watched',
    allocate: (round) => {
      const heldBefore = round.clients.reduce((sum, { allocations }) => sum + allocations, 0)
      looks.push({ agents: round.candidates.length, heldBefore })
      return drfPolicy.allocate(round)
    },
  }
  const stage = new Stage({}, { policy, isLong: true })
  stage.agents(70, { cpus: 1, mem: 64 })
  stage.ledger.sliceSize = sliceSize
  return { stage, looks }
}

describe('Slices: an allocation over many agents', () => {
  test('looks at a slice at a time, and has the books up to date for the next one', () => {
    const { stage, looks } = stageInSlices(20)
    const framework = stage.scheduler('first')
    expect(framework.offers).toHaveLength(70)
    expect(looks[0]).toEqual({ agents: 20, heldBefore: 0 })
    expect(looks[1]?.heldBefore).toBe(20)
    expect(looks.reduce((sum, { agents }) => sum + agents, 0)).toBe(70)
    stage.check()
  })

  test('lets others have their turn in between: who comes meanwhile gets the rest', () => {
    const { stage } = stageInSlices(20)
    const [early, late] = [stage.mailbox('scheduler/early'), stage.mailbox('scheduler/late')]
    early.answer = () => {
      if (late.heard('lifecycle.registered').length > 0) return
      late.say({ type: 'lifecycle.register', framework: { name: 'late', roles: ['late'] } })
    }
    early.say({ type: 'lifecycle.register', framework: { name: 'early', roles: ['early'] } })
    stage.settle()
    const { length: first } = early.offers
    const { length: second } = late.offers
    expect(first + second).toBe(70)
    expect(second).toBeGreaterThan(0)
    stage.check()
  })

  test('grows with experience, to twice as many at most, and is never tiny', () => {
    const { stage } = stageInSlices(30)
    stage.scheduler('first')
    expect(stage.ledger.sliceSize).toBeGreaterThan(30)
    const other = stageInSlices(1)
    other.stage.scheduler('first')
    expect(other.stage.ledger.sliceSize).toBeGreaterThanOrEqual(20)
    expect(other.looks.slice(0, 2).map(({ agents }) => agents)).toEqual([1, 20])
  })
})
