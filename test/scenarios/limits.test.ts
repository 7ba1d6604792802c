import { describe, expect, test } from 'vitest'
import { aboveLimits } from '../support/allocation-watch.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

/** `eng` may have four cpus. Before every delivery its book is asked whether it has more. */
function stageOf() {
  const quotas = new Map([['eng', { guarantees: {}, limits: { cpus: 4_000 } }]])
  const stage = new Stage({ offerTimeoutMs: 3_600_000 }, { ledger: { quotas } })
  const problems = new Set<string>()
  stage.road.observe(() => {
    for (const problem of aboveLimits(stage.ledger)) problems.add(problem)
  })
  return { stage, problems }
}

describe('Limits of quotas: never exceeded by offers, whatever comes', () => {
  test('an agent joins that has something reserved for the role', () => {
    const { stage, problems } = stageOf()
    stage.agent('a', { cpus: 4 })
    const eng = stage.scheduler('eng')
    expect(eng.offer.resources).toEqual({ cpus: 4 })
    stage.agent('b', { 'cpus(eng)': 3 })
    expect(eng.offers).toHaveLength(2)
    const resources = eng.offers.map((offer) => offer.resources)
    expect(resources).toEqual(expect.arrayContaining([{ 'cpus(eng)': 3 }, { cpus: 1 }]))
    expect([...problems]).toEqual([])
  })

  test('an agent comes back with tasks of the role that were given up', () => {
    const { stage, problems } = stageOf()
    stage.agent('a', { cpus: 4 })
    const eng = stage.scheduler('eng')
    const { offer } = eng
    eng.launch(offer, [commandOn(offer, 'T', { cpus: 3 })], { refuseSeconds: 3_600 })
    stage.settle()
    const arrive = stage.road.drop('lifecycle.pong')
    stage.advance(90_000)
    expect(eng.states('T').at(-1)).toBe('TASK_UNREACHABLE')
    stage.agent('b', { cpus: 4 })
    expect(eng.offer.resources).toEqual({ cpus: 4 })
    arrive()
    stage.advance(100_000)
    expect(eng.states('T').at(-1)).toBe('TASK_RUNNING')
    expect(eng.offers.map(({ resources }) => resources)).toEqual([{ cpus: 1 }])
    expect([...problems]).toEqual([])
  })

  test('what the role gave back never reached the agent, which still has it for the role', () => {
    const { stage, problems } = stageOf()
    stage.agent('a', { cpus: 4 })
    const eng = stage.scheduler('eng', { principal: 'ops' })
    const resources = { 'cpus(eng,ops)': 3 }
    eng.accept(eng.offer, [{ type: 'RESERVE', resources }], { refuseSeconds: 0 })
    stage.settle()
    const arrive = stage.road.drop('allocation.apply')
    const held = eng.offers.find((offer) => 'cpus(eng,ops)' in offer.resources)
    if (held === undefined) throw new Error('what is reserved is not offered')
    eng.accept(held, [{ type: 'UNRESERVE', resources }])
    stage.settle()
    eng.decline(eng.offer, { refuseSeconds: 3_600 })
    stage.agent('b', { cpus: 4 })
    expect(eng.offer.hostname).toBe('b')
    arrive()
    const answer = stage.road.drop('lifecycle.ping')
    stage.advance(75_100)
    answer()
    stage.advance(10_000)
    expect(stage.ledger.agents.get('M-S0')?.total).toEqual({ cpus: 1_000, 'cpus(eng,ops)': 3_000 })
    expect([...problems]).toEqual([])
  })
})
