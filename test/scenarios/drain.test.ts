import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'
import { agentIn, agentOfTwo, aware, lastWord, operatorOf, toldTo } from '../support/upkeep.ts'

const agent = 'agent-1'
const drain = { type: 'lifecycle.drainAgent', agent } as const
const deactivate = { type: 'lifecycle.deactivateAgent', agent } as const
const reactivate = { type: 'lifecycle.reactivateAgent', agent } as const

describe('Drain: an agent that is drained', () => {
  it('has its offers rescinded, its tasks killed with the reason, and is drained (1 aware, 1 unaware)', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.advance(6_000)
    const open = [...first.offers, ...second.offers].map(({ offerId }) => offerId)
    expect(open).toHaveLength(1)
    expect(ask(drain)).toBe('done')
    expect(stage.sent('allocation.rescind').flatMap(({ offerIds }) => offerIds)).toEqual(open)
    expect(lastWord(first, 'A1')).toBe('TASK_KILLED AGENT_DRAINING EXECUTOR')
    expect(lastWord(second, 'U1')).toBe('TASK_KILLED AGENT_DRAINING EXECUTOR')
    expect(agentIn(stage).duty).toEqual({ state: 'drained', drain: {} })
    stage.advance(60_000)
    expect([...first.offers, ...second.offers]).toEqual([])
  })

  it('tells TASK_KILLING with the reason too, to who knows that state', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 1 })
    const scheduler = stage.scheduler('patient')
    scheduler.launch(scheduler.offer, [commandOn(scheduler.offer, 'T1', { cpus: 1 })])
    stage.settle()
    stage.puppets.manner = 'stubborn'
    expect(operatorOf(stage)(drain)).toBe('done')
    expect(lastWord(scheduler, 'T1')).toBe('TASK_KILLING AGENT_DRAINING EXECUTOR')
    stage.advance(10_000)
    expect(lastWord(scheduler, 'T1')).toBe('TASK_KILLED AGENT_DRAINING EXECUTOR')
  })

  it.each([
    ['no word on it: each has its own grace', undefined, 20_000],
    ['less than its own: that much', 2_000, 2_000],
    ['nothing: none', 0, 0],
    ['more than its own: its own', 60_000, 20_000],
  ])('gives its tasks, with %s', (_what, maxGracePeriodMs, graceMs) => {
    const { stage, ask } = agentOfTwo()
    stage.puppets.manner = 'stubborn'
    ask({ ...drain, ...(maxGracePeriodMs !== undefined && { maxGracePeriodMs }) })
    if (graceMs > 0) {
      stage.advance(graceMs - 1)
      expect(stage.puppets.asked).not.toContain('kill A1')
    }
    stage.advance(1)
    expect(stage.puppets.asked).toContain('kill A1')
  })

  it('is not drained while a framework does not acknowledge the end of a task', () => {
    const { stage, ask, first } = agentOfTwo()
    first.acknowledges = false
    ask(drain)
    stage.advance(60_000)
    expect(agentIn(stage).duty.state).toBe('draining')
    expect(agentIn(stage).used).toEqual({})
    first.acknowledges = true
    stage.advance(60_000)
    expect(agentIn(stage).duty.state).toBe('drained')
  })

  it('is drained when the framework of its last task is gone', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.puppets.manner = 'stubborn'
    ask(drain)
    for (const each of [first, second]) {
      expect(agentIn(stage).duty.state).toBe('draining')
      each.say({ type: 'lifecycle.unregister', frameworkId: each.frameworkId })
      stage.settle()
    }
    expect(agentIn(stage).duty.state).toBe('drained')
  })

  it('is drained at once when nothing runs on it', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 1 })
    expect(operatorOf(stage)(drain)).toBe('done')
    expect(agentIn(stage).duty.state).toBe('drained')
  })

  it('hears of it again with the pings, when the first word was lost', () => {
    const { stage, ask } = agentOfTwo()
    const heal = stage.road.drop('lifecycle.drain')
    ask(drain)
    expect(stage.puppets.running.size).toBe(2)
    heal()
    stage.advance(15_000)
    expect(stage.puppets.running.size).toBe(0)
    expect(agentIn(stage).duty.state).toBe('drained')
    stage.log.clear()
    stage.advance(60_000)
    expect(stage.sent('lifecycle.drain')).toEqual([])
  })

  it('drops a launch that reaches it all the same: TASK_DROPPED, or TASK_LOST', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.puppets.manner = 'stubborn'
    ask(drain)
    for (const [scheduler, taskId] of [
      [first, 'A2'],
      [second, 'U2'],
    ] as const) {
      const { id } = agentIn(stage)
      const { info } = stage.ledger.frameworks.get(scheduler.frameworkId) ?? {}
      if (info === undefined) throw new Error('it is not registered')
      const task = { taskId, name: taskId, agentId: id, resources: { cpus: 1 } }
      stage.road.send({
        from: 'master',
        to: 'agent/agent-1',
        message: {
          type: 'task.launch',
          frameworkId: scheduler.frameworkId,
          framework: info,
          tasks: [{ ...task, command: { value: 'true' } }],
        },
      })
      stage.settle()
    }
    expect(lastWord(first, 'A2')).toBe('TASK_DROPPED AGENT_DRAINING AGENT')
    expect(lastWord(second, 'U2')).toBe('TASK_LOST AGENT_DRAINING AGENT')
  })
})

describe('Drain: an agent that misses the word that the end of its task was heard', () => {
  it('runs what is launched on it as soon as it is reactivated', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.road.lose(({ to, message }) => {
      return to === 'agent/agent-1' && message.type === 'task.acknowledge'
    })
    stage.advance(6_000)
    ask(drain)
    stage.advance(2_000)
    expect(agentIn(stage).duty.state).toBe('drained')
    ask(reactivate)
    const holder = first.offers.length > 0 ? first : second
    holder.launch(holder.offer, [commandOn(holder.offer, 'T2', { cpus: 1 })])
    stage.settle()
    expect(holder.states('T2')).toEqual(['TASK_STARTING'])
    expect([...stage.puppets.running.keys()]).toEqual(['T2'])
  })
})

describe('Drain: an agent that is marked gone afterwards', () => {
  it('reports its tasks gone by operator (aware) or killed (unaware), and is shut down', () => {
    const { stage, ask, first, second } = agentOfTwo()
    const { id } = agentIn(stage)
    expect(ask({ ...drain, markGone: true })).toBe('done')
    expect(lastWord(first, 'A1')).toBe('TASK_GONE_BY_OPERATOR AGENT_DRAINING EXECUTOR')
    expect(lastWord(second, 'U1')).toBe('TASK_KILLED AGENT_DRAINING EXECUTOR')
    expect(stage.sent('lifecycle.shutdown')).toMatchObject([
      { message: `agent ${id} is gone: it was drained for good` },
    ])
    expect(stage.ledger.agents.size).toBe(0)
    expect([...stage.ledger.goneAgents.values()]).toMatchObject([{ id, hostname: agent }])
    expect(stage.ledger.capacity).toEqual({ cpus: 0, mem: 0 })
  })

  it('is gone only when its last task is over: TASK_KILLING comes first', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 1 })
    const scheduler = stage.scheduler('patient')
    scheduler.launch(scheduler.offer, [commandOn(scheduler.offer, 'T1', { cpus: 1 })])
    stage.settle()
    stage.puppets.manner = 'stubborn'
    operatorOf(stage)({ ...drain, markGone: true })
    expect(lastWord(scheduler, 'T1')).toBe('TASK_KILLING AGENT_DRAINING EXECUTOR')
    expect(agentIn(stage).duty.state).toBe('draining')
    stage.advance(10_000)
    expect(scheduler.states('T1').slice(2)).toEqual(['TASK_KILLING', 'TASK_GONE_BY_OPERATOR'])
    expect(stage.ledger.agents.size).toBe(0)
  })
})

describe('Drain: an agent that is away', () => {
  it('is drained when it comes back, and not before', () => {
    const { stage, ask, first } = agentOfTwo()
    const heal = stage.road.lose(({ from, to }) => [from, to].includes('agent/agent-1'))
    stage.advance(100_000)
    expect(lastWord(first, 'A1')).toBe('TASK_UNREACHABLE AGENT_REMOVED MASTER')
    expect(ask(drain)).toBe('done')
    stage.advance(60_000)
    expect(agentIn(stage)).toMatchObject({ state: 'unreachable', duty: { state: 'draining' } })
    heal()
    stage.advance(100_000)
    expect(agentIn(stage)).toMatchObject({ state: 'connected', duty: { state: 'drained' } })
    expect(lastWord(first, 'A1')).toBe('TASK_KILLED AGENT_DRAINING EXECUTOR')
    expect(stage.puppets.running.size).toBe(0)
    const told = toldTo(stage, 'agent/agent-1')
    expect(told[told.indexOf('lifecycle.agentReregistered') + 1]).toBe('lifecycle.drain')
  })

  it('is not drained while a task that was called lost with its link runs on', () => {
    const { stage, ask, second } = agentOfTwo()
    stage.puppets.manner = 'stubborn'
    const reason = 'its link broke'
    const exited = { type: 'lifecycle.exited', address: 'agent/agent-1', reason } as const
    stage.road.send({ from: 'host', to: 'master', message: exited })
    stage.settle()
    expect(lastWord(second, 'U1')).toBe('TASK_LOST AGENT_DISCONNECTED MASTER')
    ask(drain)
    stage.advance(16_000)
    expect(agentIn(stage)).toMatchObject({ state: 'connected', duty: { state: 'draining' } })
    expect(stage.puppets.running.size).toBe(2)
    stage.advance(30_000)
    expect(stage.puppets.running.size).toBe(0)
    expect(agentIn(stage).duty.state).toBe('drained')
    expect(lastWord(second, 'U1')).toBe('TASK_LOST AGENT_DISCONNECTED MASTER')
  })

  it('stays deactivated when it comes back, with its tasks', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(deactivate)
    const heal = stage.road.lose(({ from, to }) => [from, to].includes('agent/agent-1'))
    stage.advance(100_000)
    heal()
    stage.advance(100_000)
    expect(agentIn(stage)).toMatchObject({ state: 'connected', duty: { state: 'deactivated' } })
    expect(lastWord(first, 'A1')).toBe('TASK_RUNNING AGENT_REREGISTERED MASTER')
    expect(first.offers).toEqual([])
    expect(stage.ledger.capacity).toEqual({ cpus: 0, mem: 0 })
    expect(ask(reactivate)).toBe('done')
    expect(stage.ledger.capacity).toEqual({ cpus: 4_000, mem: 4_096_000 })
  })
})

describe('Duty: a task launched before the drain', () => {
  it('that still waits for its executor is killed with the reason', () => {
    const stage = new Stage()
    stage.agent(agent, { cpus: 1 })
    const scheduler = stage.scheduler('first', aware)
    stage.road.drop('lifecycle.registerExecutor')
    scheduler.launch(scheduler.offer, [commandOn(scheduler.offer, 'T1', { cpus: 1 })])
    stage.settle()
    operatorOf(stage)(drain)
    expect(lastWord(scheduler, 'T1')).toBe('TASK_KILLED AGENT_DRAINING AGENT')
  })
})
