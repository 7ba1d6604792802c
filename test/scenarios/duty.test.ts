import { describe, expect, it } from 'vitest'
import { Stage } from '../support/stage.ts'
import { agentIn, agentOfTwo, operatorOf, type Question } from '../support/upkeep.ts'

const agent = 'agent-1'
const drain = { type: 'lifecycle.drainAgent', agent } as const
const deactivate = { type: 'lifecycle.deactivateAgent', agent } as const
const reactivate = { type: 'lifecycle.reactivateAgent', agent } as const

describe('Deactivation: an agent', () => {
  it('is offered no more, its offers are rescinded, its tasks run on; reactivated it is offered', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.advance(6_000)
    expect([...first.offers, ...second.offers]).toHaveLength(1)
    expect(ask(deactivate)).toBe('done')
    expect([...first.offers, ...second.offers]).toEqual([])
    stage.puppets.exit('A1')
    stage.advance(60_000)
    expect([...first.offers, ...second.offers]).toEqual([])
    expect([...stage.puppets.running.keys()]).toEqual(['U1'])
    expect(ask(deactivate)).toBe('done')
    expect(ask(reactivate)).toBe('done')
    expect([...first.offers, ...second.offers].map(({ resources }) => resources)).toEqual([
      { cpus: 3, mem: 3_584 },
    ])
  })

  it('counts in nobody’s share while it is deactivated', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 4 })
    stage.agent('agent-2', { cpus: 2 })
    const ask = operatorOf(stage)
    ask(deactivate)
    expect(stage.ledger.capacity).toEqual({ cpus: 2_000 })
    ask(drain)
    expect(stage.ledger.capacity).toEqual({ cpus: 2_000 })
    ask(reactivate)
    expect(stage.ledger.capacity).toEqual({ cpus: 6_000 })
  })

  it('keeps nothing free for guarantees while it is deactivated', () => {
    const quotas = new Map([['eng', { guarantees: { cpus: 2_000 }, limits: {} }]])
    const stage = new Stage({}, { ledger: { quotas } })
    stage.agent(agent, { cpus: 2 })
    stage.agent('agent-2', { cpus: 2 })
    const ask = operatorOf(stage)
    ask({ ...deactivate, agent: 'agent-2' })
    const other = stage.scheduler('other')
    stage.advance(5_000)
    expect(other.offers).toEqual([])
    ask({ ...reactivate, agent: 'agent-2' })
    stage.advance(5_000)
    expect(other.offers).toHaveLength(1)
  })
})

describe('Duty: what cannot be is refused', () => {
  const cases: [string, Question, string][] = [
    [
      'an agent nobody knows',
      { ...drain, agent: 'agent-2' },
      'there is no agent agent-2; did you mean agent-1?',
    ],
    [
      'a grace period below zero',
      { ...drain, maxGracePeriodMs: -1 },
      'the grace period is -1 ms; give zero or more',
    ],
    ['the reactivation of an active one', reactivate, 'agent agent-1 is not deactivated'],
    ['the deactivation of a stranger', { ...deactivate, agent: 'x' }, 'there is no agent x'],
  ]
  it.each(cases)('%s', (_what, question, sentence) => {
    const { stage, ask } = agentOfTwo()
    expect(ask(question)).toBe(sentence)
    expect(agentIn(stage).duty).toEqual({ state: 'active' })
    expect(stage.puppets.running.size).toBe(2)
  })

  it('the reactivation of an agent that is still being drained', () => {
    const { stage, ask } = agentOfTwo()
    stage.puppets.manner = 'stubborn'
    ask(drain)
    expect(ask(reactivate)).toBe('agent agent-1 is still being drained')
    stage.advance(30_000)
    expect(ask(reactivate)).toBe('done')
    expect(agentIn(stage).duty).toEqual({ state: 'active' })
  })

  it('the drain of an agent whose machine is in the maintenance schedule', () => {
    const { stage, ask } = agentOfTwo()
    const windows = [{ machines: ['AGENT-1'], startMs: 1 }]
    ask({ type: 'lifecycle.updateMaintenanceSchedule', windows })
    expect(ask(drain)).toBe(
      'the machine AGENT-1 is in the maintenance schedule; take it out to drain its agent',
    )
    expect(agentIn(stage).duty).toEqual({ state: 'active' })
  })

  it('a name that two agents have: the ids are told, and each works', () => {
    const { stage, ask } = agentOfTwo()
    const { id, info } = agentIn(stage)
    stage.road.lose(({ from, to }) => [from, to].includes('agent/agent-1'))
    stage.advance(100_000)
    stage.mailbox('agent/heir').say({ type: 'lifecycle.registerAgent', agent: info })
    stage.settle()
    const heir = id.replace(/\d+$/, '1')
    expect(ask(drain)).toBe(
      `there are 2 agents named agent-1; give the id of one: ${id} (unreachable), ${heir} (connected)`,
    )
    expect(ask({ ...drain, agent: heir })).toBe('done')
    expect(stage.ledger.agents.get(heir)?.duty.state).toBe('drained')
  })
})
