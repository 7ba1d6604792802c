import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../src/machines/master.ts'
import type { MasterMemory } from '../../src/messages/records.ts'
import { audit } from '../../src/model/ledger/audit.ts'
import { masterRecord } from '../../src/model/master/keep.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'
import { masterMemoryOf } from '../../src/storage/memories.ts'
import { Stage } from './support/stage.ts'
import {
  agentId,
  agentReturns,
  comesBack,
  firstId,
  from,
  gone,
  joins,
  masterInput,
  task,
} from './support/told-master.ts'

const machine = createMasterMachine()
const nothing: MasterMemory = { agents: [], gone: [] }
const minutesMs = 60_000
const daysMs = 24 * 60 * minutesMs

function begun(memory: MasterMemory = nothing, masterId = 'm'): Stage {
  return new Stage(machine, { ...masterInput, masterId, memory })
}

/** One that looks at everything every few hours, so that weeks pass quickly. */
function calm(memory: MasterMemory): Stage {
  const rest = 15 * 60 * minutesMs
  const timeouts = {
    ...defaultTimeouts,
    allocationIntervalMs: rest,
    heartbeatIntervalMs: rest,
    pingIntervalMs: rest,
  }
  return new Stage(machine, { ...masterInput, masterId: 'n', memory, timeouts })
}

/** What lies in the registry, going by the keys that the master wanted kept. */
function keptBy({ kept, book }: Stage): MasterMemory {
  const records = new Map<string, unknown>()
  for (const key of kept) {
    const record = masterRecord(book, key)
    if (record === undefined) records.delete(key)
    else records.set(key, JSON.parse(JSON.stringify(record)))
  }
  const damages: string[] = []
  const memory = masterMemoryOf(records, damages)
  expect(damages).toEqual([])
  return memory
}

/** The next master, after the first went without a word. */
function successorOf(stage: Stage): Stage {
  return begun(keptBy(stage), 'n')
}

const operator = { from: 'operator', requestId: 'R' } as const
const quota = { role: 'one', guarantees: { cpus: 1 }, limits: { cpus: 1.5 } }

describe('Master: what it keeps for its successor', () => {
  test('agents, by their ids, and the cluster', () => {
    const memory = keptBy(begun().tell(joins.agent))
    expect(memory).toMatchObject({
      cluster: { clusterId: 'm' },
      agents: [{ agentId, address: from.agent, duty: { state: 'active' } }],
    })
  })

  test('no agent that left, and who was declared gone', () => {
    const stage = begun().tell(joins.agent, {
      type: 'lifecycle.markAgentGone',
      ...operator,
      agent: agentId,
    })
    expect(keptBy(stage)).toMatchObject({ agents: [], gone: [{ id: agentId, hostname: 'a' }] })
    const left = { type: 'lifecycle.unregisterAgent', from: from.agent, agentId }
    expect(keptBy(begun().tell(joins.agent, left)).agents).toEqual([])
  })

  test('what operators said', () => {
    const stage = begun().tell(
      joins.agent,
      { type: 'allocation.updateWeights', ...operator, weights: { one: 2 } },
      { type: 'allocation.updatePriorities', ...operator, priorities: { two: 7 } },
      { type: 'allocation.updateQuotas', ...operator, quotas: [quota] },
      { type: 'allocation.updateWhitelist', ...operator, hostnames: ['a'] },
      { type: 'lifecycle.deactivateAgent', ...operator, agent: agentId },
    )
    expect(keptBy(stage)).toMatchObject({
      settings: { weights: { one: 2 }, priorities: { two: 7 }, quotas: [quota], whitelist: ['a'] },
      agents: [{ duty: { state: 'deactivated' } }],
    })
  })

  test('nothing when there is nowhere to keep it', () => {
    expect(new Stage(machine, masterInput).tell(joins.agent, joins.one).kept).toEqual([])
  })
})

describe('Master: after its predecessor', () => {
  test('an agent that comes back has its id, its tasks and their shares', () => {
    const stage = successorOf(begun().tell(joins.agent))
    stage.tell(agentReturns('TASK_RUNNING'), comesBack(from.one))
    const agent = stage.book.agents.get(agentId)
    expect([agent.state, agent.used]).toEqual(['connected', { cpus: 1_000, mem: 32_000 }])
    expect([...stage.book.frameworks.get(firstId).tasks.keys()]).toEqual([task.taskId])
    expect(audit(stage.book)).toEqual([])
  })

  test('what a task was told to be before goes along with what this master says of it', () => {
    const stage = successorOf(begun().tell(joins.agent)).tell(comesBack(from.one))
    const { tasks, ...call } = agentReturns('TASK_RUNNING')
    const container = { container_status: { container_id: { value: 'C' } } }
    const told = { source: 'EXECUTOR', timestampMs: 1, uuid: 'U', healthy: true } as const
    const status = {
      taskId: task.taskId,
      state: 'TASK_RUNNING',
      carried: container,
      ...told,
    } as const
    stage.heard()
    stage.tell({ ...call, tasks: tasks.map((one) => ({ ...one, statuses: [status] })) })
    stage.tell({ type: 'task.reconcile', from: from.one, tasks: [{ taskId: task.taskId }] })
    const same = { state: 'TASK_RUNNING', healthy: true, carried: container }
    expect(stage.statuses()).toMatchObject([
      { reason: 'AGENT_REREGISTERED', ...same },
      { reason: 'RECONCILIATION', ...same },
    ])
  })

  test('says again what operators had said, whatever the options say', () => {
    const first = begun().tell(
      { type: 'allocation.updateWeights', ...operator, weights: { one: 2 } },
      { type: 'allocation.updateQuotas', ...operator, quotas: [quota], force: true },
    )
    const quotas = new Map([['two', { guarantees: {}, limits: { cpus: 1 } }]])
    const weights = new Map([['one', 9]])
    const memory = keptBy(first)
    const { book } = new Stage(machine, { ...masterInput, masterId: 'n', memory, quotas, weights })
    expect(book.weights.get('one')).toBe(2)
    expect(book.roles.get('one').quota).toEqual({
      guarantees: { cpus: 1_000 },
      limits: { cpus: 1_500 },
    })
    expect(book.roles.get('two')?.quota).toBeUndefined()
  })

  test('new agents and frameworks get ids that nobody had', () => {
    const stage = successorOf(begun().tell(joins.agent))
    stage.tell({ ...joins.agent, from: 'agent/b' }, joins.two)
    expect([...stage.book.agents.keys()]).toEqual([agentId, 'n-S0'])
    expect([...stage.book.frameworks.keys()]).toEqual(['n-0000'])
  })

  test('an agent that does not come back within 10 min is unreachable, and may still return', () => {
    const stage = successorOf(begun().tell(joins.agent)).advance(10 * minutesMs)
    expect(stage.book.agents.get(agentId).state).toBe('unreachable')
    expect(keptBy(stage).agents).toMatchObject([{ unreachableTimeMs: 10 * minutesMs }])
    const third = begun(keptBy(stage), 'o').tell(agentReturns('TASK_RUNNING'))
    expect(third.book.agents.get(agentId).state).toBe('connected')
  })

  test('an agent that does not come back within two weeks is forgotten, and may still return', () => {
    const stage = calm(keptBy(begun().tell(joins.agent))).advance(14 * daysMs)
    expect([stage.book.agents.size, keptBy(stage).agents.length]).toEqual([1, 1])
    stage.advance(daysMs)
    expect([stage.book.agents.size, keptBy(stage).agents.length]).toEqual([0, 0])
    stage.tell(agentReturns('TASK_RUNNING'))
    expect([...stage.book.frameworks.get(firstId).tasks.keys()]).toEqual([task.taskId])
    expect(audit(stage.book)).toEqual([])
  })

  test('who was declared gone is remembered for two weeks, the oldest forgotten first', () => {
    const goneAt = (id: string, goneAtMs: number) => ({ id, hostname: id, goneAtMs })
    const memory = { ...nothing, gone: [goneAt('a', 2 * daysMs), goneAt('z', 0)] }
    const stage = calm(memory).advance(15 * daysMs)
    expect([...stage.book.goneAgents.keys()]).toEqual(['a'])
    expect(stage.kept.filter((key) => key.startsWith('gone/'))).toEqual(['gone/z'])
  })

  test('an agent that was declared gone is refused', () => {
    const declared = { type: 'lifecycle.markAgentGone', ...operator, agent: agentId }
    const stage = successorOf(begun().tell(joins.agent, declared)).tell(agentReturns())
    expect(stage.hear('lifecycle.shutdown')).toMatchObject([
      { message: `refused: agent ${agentId} was declared gone` },
    ])
  })

  test('a framework that was gone for good stays gone: what still runs of it is ended', () => {
    const first = begun().tell(joins.agent, joins.one)
    first.tell({ type: 'lifecycle.unregister', from: from.one, frameworkId: firstId })
    const stage = successorOf(first).tell(agentReturns('TASK_RUNNING'))
    expect(stage.hear('lifecycle.shutdownFramework')).toMatchObject([{ frameworkId: firstId }])
  })

  test('a framework whose id agents could not keep is refused', () => {
    const stage = begun().tell({ ...comesBack(from.one), frameworkId: 'a/b' })
    expect(stage.hear('lifecycle.error')).toMatchObject([
      { message: expect.stringContaining('"a/b" is not legal') },
    ])
    expect(stage.book.frameworks.size).toBe(0)
  })

  test('a drain goes on', () => {
    const launch = { type: 'task.launch', from: from.one, offerIds: ['m-O0'], tasks: [task] }
    const first = begun().tell(joins.agent, joins.one, launch)
    first.tell({ type: 'lifecycle.drainAgent', ...operator, agent: agentId, maxGracePeriodMs: 5 })
    const stage = successorOf(first).tell(agentReturns('TASK_RUNNING')).advance(20_000)
    expect(stage.hear('lifecycle.drain')[0]).toMatchObject({ maxGracePeriodMs: 5 })
  })

  test('questions about tasks of agents that may still come back are not answered yet', () => {
    const stage = successorOf(begun().tell(joins.agent)).tell(comesBack(from.one))
    const ask = (named: object) => {
      const tasks = [{ taskId: 'T1', ...named }]
      stage.tell({ type: 'task.reconcile', from: from.one, tasks })
      return stage.statuses().map(({ state }) => state)
    }
    expect(ask({ agentId })).toEqual([])
    expect(ask({})).toEqual([])
    expect(ask({ agentId: 'x-S9' })).toEqual(['TASK_UNKNOWN'])
    stage.tell(agentReturns())
    expect(ask({ agentId })).toEqual(['TASK_GONE'])
    expect(ask({})).toEqual(['TASK_UNKNOWN'])
  })

  test('nothing is offered while guarantees cannot be worked out, for want of agents', () => {
    const first = begun().tell(joins.agent)
    first.tell({ type: 'allocation.updateQuotas', ...operator, quotas: [quota] })
    const stage = successorOf(first).tell({ ...joins.agent, from: 'agent/b' }, joins.one)
    expect(stage.advance(5_000).times('allocation.offer')).toEqual([])
    stage.tell(agentReturns())
    expect(stage.advance(5_000).times('allocation.offer').length).toBeGreaterThan(0)
  })

  test('an agent whose link breaks before it came back is still awaited', () => {
    const stage = successorOf(begun().tell(joins.agent)).tell(gone(from.agent))
    expect(stage.book.agents.get(agentId).state).toBe('recovered')
    stage.tell(comesBack(from.one), {
      type: 'task.reconcile',
      from: from.one,
      tasks: [{ taskId: 'T1', agentId }],
    })
    expect(stage.statuses()).toEqual([])
  })
})
