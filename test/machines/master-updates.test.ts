import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../src/machines/master.ts'
import { Stage } from './support/stage.ts'
import {
  acknowledge,
  agentId,
  agentReturns,
  comesBack,
  firstId,
  from,
  gone,
  joins,
  masterInput,
  one,
  run,
  task,
  update,
} from './support/told-master.ts'

/** The rules of status updates at the master, and its answers to questions, as in the protocol. */

const launch = { type: 'task.launch', from: from.one, offerIds: ['m-O0'], tasks: [task] }

/** A master with an agent that is to run the task T1; everything said so far is forgotten. */
function working(framework = one): Stage {
  const stage = new Stage(createMasterMachine(), masterInput)
  stage.tell({ ...joins.one, framework }, joins.agent, run, launch)
  stage.heard()
  return stage
}

function reconcile(...tasks: { taskId: string; agentId?: string }[]) {
  return { type: 'task.reconcile', from: from.one, tasks }
}

function kill(rest: object = {}) {
  return { type: 'task.kill', from: from.one, kills: [{ taskId: 'T1', ...rest }] }
}

function used(stage: Stage): unknown {
  return stage.book.agents.get(agentId).used
}

const tasksOf = (stage: Stage) => stage.book.frameworks.get(firstId).tasks

describe('Updates at the master', () => {
  test('rule 13: forwarded even of an unknown task; not to who is away, nor from a stranger', () => {
    const stage = working().tell(update('TASK_FINISHED', 'TASK_FINISHED'))
    stage.tell(acknowledge('U-TASK_FINISHED'))
    stage.heard()
    stage.tell(update('TASK_FINISHED', 'TASK_FINISHED'))
    expect(stage.heard()).toEqual([`${from.one} task.update`])
    stage.tell(gone(from.one))
    stage.heard()
    stage.tell(update('TASK_FINISHED', 'TASK_FINISHED'))
    expect(stage.heard()).toEqual([])
    stage.tell(comesBack(from.one), { ...update('TASK_RUNNING', 'TASK_RUNNING'), from: 'agent/x' })
    expect(stage.hear('task.update')).toEqual([])
    expect(stage.marks).toContain('update.strangeAgent')
  })

  test('rule 14: the book follows the latest state, and an end is never taken back', () => {
    const stage = working().tell(update('TASK_RUNNING', 'TASK_FINISHED'))
    expect(tasksOf(stage).get('T1').state).toBe('TASK_FINISHED')
    stage.tell(update('TASK_RUNNING', 'TASK_RUNNING'))
    expect(tasksOf(stage).get('T1').state).toBe('TASK_FINISHED')
  })

  test('rule 15: resources are free at the first end, the task is known until it is acknowledged', () => {
    const stage = working()
    expect(used(stage)).toEqual({ cpus: 1_000, mem: 32_000 })
    stage.tell(update('TASK_RUNNING', 'TASK_FINISHED'))
    expect(used(stage)).toEqual({})
    stage.tell(acknowledge('U-TASK_RUNNING'))
    expect(tasksOf(stage).size).toBe(1)
    stage.tell(update('TASK_FINISHED', 'TASK_FINISHED'), acknowledge('U-TASK_FINISHED'))
    expect(tasksOf(stage).size).toBe(0)
  })

  test('rule 16: what the master says of itself has no uuid', () => {
    const stage = working().tell(reconcile(), gone(from.agent))
    expect(stage.statuses().map(({ state, uuid }) => [state, uuid])).toEqual([
      ['TASK_STAGING', undefined],
      ['TASK_LOST', undefined],
    ])
  })

  test('rule 17: what was unreachable is again what its agent says when it comes back', () => {
    const stage = working().tell(update('TASK_RUNNING', 'TASK_RUNNING')).advance(100_000)
    expect(stage.statuses().at(-1)?.state).toBe('TASK_UNREACHABLE')
    stage.tell(agentReturns('TASK_RUNNING'))
    expect(stage.statuses()).toMatchObject([
      { state: 'TASK_RUNNING', reason: 'AGENT_REREGISTERED' },
    ])
    expect(used(stage)).toEqual({ cpus: 1_000, mem: 32_000 })
  })

  test('rule 18: an id is in use until its end is acknowledged, and free afterwards', () => {
    const stage = working().tell(update('TASK_FINISHED', 'TASK_FINISHED')).advance(10_000)
    const again = () => ({ ...launch, offerIds: [...stage.book.offers.keys()] })
    stage.heard()
    stage.tell(again())
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_ERROR', reason: 'TASK_INVALID' }])
    stage.tell(acknowledge('U-TASK_FINISHED')).advance(10_000)
    stage.heard()
    stage.tell(again())
    expect(stage.heard()).toContain(`${from.agent} task.launch`)
  })

  test('an agent that missed the end of a framework is told again when it reports', () => {
    const leaves = { type: 'lifecycle.unregister', from: from.one, frameworkId: firstId }
    const stage = working().tell(leaves)
    stage.heard()
    stage.tell(update('TASK_RUNNING', 'TASK_RUNNING'))
    expect(stage.heard()).toEqual([`${from.agent} lifecycle.shutdownFramework`])
  })
})

describe('Updates at the master: a scheduler that registers again', () => {
  test('its agents with tasks of it hear so, after it is answered', () => {
    const stage = working().tell({ ...joins.agent, from: 'agent/b' })
    stage.heard()
    stage.tell(comesBack('scheduler/heir'))
    expect(stage.heard().slice(0, 4)).toEqual([
      `${from.one} lifecycle.error`,
      'scheduler/heir lifecycle.reregistered',
      'scheduler/heir lifecycle.heartbeat',
      `${from.agent} lifecycle.updateFramework`,
    ])
  })

  test('at its old address, without knowing its id, as well', () => {
    const stage = working().tell(joins.one)
    expect(stage.heard()).toEqual([
      `${from.one} lifecycle.registered`,
      `${from.one} lifecycle.heartbeat`,
      `${from.agent} lifecycle.updateFramework`,
    ])
  })
})

describe('Kills at the master', () => {
  test('are repeated to an agent that comes back, with the policy of the last one', () => {
    const killPolicy = { gracePeriodMs: 7_000 }
    const stage = working().tell(kill(), kill({ killPolicy }))
    stage.heard()
    stage.tell(agentReturns('TASK_RUNNING'))
    expect(stage.hear('task.kill')).toMatchObject([{ kills: [{ taskId: 'T1', killPolicy }] }])
    stage.tell(update('TASK_KILLED', 'TASK_KILLED'), agentReturns('TASK_KILLED'))
    expect(stage.hear('task.kill')).toEqual([])
  })

  test('of an unknown task are answered like a question about it', () => {
    const stage = working().tell({ ...kill(), kills: [{ taskId: 'T9', agentId }] })
    expect(stage.statuses()).toMatchObject([{ taskId: 'T9', state: 'TASK_GONE' }])
  })
})

describe('Questions at the master: the first rule that applies', () => {
  const unaware = { ...one, capabilities: [] }

  test('1: a task in the book has the state its scheduler was told, wherever it is believed', () => {
    const stage = working()
    const ask = reconcile({ taskId: 'T1', agentId: 'm-S9' })
    stage.tell(ask)
    const answer = { source: 'MASTER', reason: 'RECONCILIATION', agentId }
    expect(stage.statuses()).toMatchObject([{ ...answer, state: 'TASK_STAGING' }])
    stage.tell(update('TASK_RUNNING', 'TASK_FINISHED'))
    stage.heard()
    stage.tell(ask, reconcile())
    const told = { ...answer, state: 'TASK_RUNNING' }
    expect(stage.statuses()).toMatchObject([told, told])
  })

  test('1: … and is as healthy as it was told to be', () => {
    const stage = working()
    const healthy = update('TASK_RUNNING', 'TASK_RUNNING')
    if (healthy.type !== 'task.update' || !('agentId' in healthy)) throw new Error('no update')
    for (const { status } of healthy.updates) status.healthy = false
    stage.tell(healthy)
    stage.heard()
    stage.tell(reconcile({ taskId: 'T1' }))
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_RUNNING', healthy: false }])
  })

  test('1: an end that is not acknowledged is told, an acknowledged one is in no book', () => {
    const stage = working().tell(update('TASK_FINISHED', 'TASK_FINISHED'))
    stage.heard()
    stage.tell(reconcile())
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_FINISHED' }])
    stage.tell(acknowledge('U-TASK_FINISHED'), reconcile(), reconcile({ taskId: 'T1', agentId }))
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_GONE' }])
  })

  test('1: of an end that the return of the agent brought, the agent says first how it came', () => {
    const stage = working().advance(100_000).tell(agentReturns('TASK_FINISHED'))
    stage.heard()
    stage.tell(reconcile({ taskId: 'T1', agentId }), reconcile())
    expect(stage.statuses()).toEqual([])
    stage.tell(update('TASK_RUNNING', 'TASK_FINISHED'))
    stage.heard()
    stage.tell(reconcile({ taskId: 'T1', agentId }))
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_RUNNING' }])
  })

  for (const [framework, gone_, unreachable, unknown] of [
    [one, 'TASK_GONE', 'TASK_UNREACHABLE', 'TASK_UNKNOWN'],
    [unaware, 'TASK_LOST', 'TASK_LOST', 'TASK_LOST'],
  ] as const) {
    const aware = framework === one ? 'aware' : 'unaware'

    test(`3: the agent knows better, connected or not (${aware} of partitions)`, () => {
      const ask = reconcile({ taskId: 'T9', agentId })
      const stage = working(framework).tell(ask)
      expect(stage.statuses()).toMatchObject([{ taskId: 'T9', state: gone_, agentId }])
      stage.tell(gone(from.agent))
      stage.heard()
      stage.tell(ask)
      expect(stage.statuses()).toMatchObject([{ state: gone_ }])
    })

    test(`4: the agent is unreachable, and since when (${aware} of partitions)`, () => {
      const stage = working(framework).advance(100_000)
      const unreachableTimeMs = stage.statuses().at(-1)?.unreachableTimeMs
      expect(unreachableTimeMs).toBeGreaterThan(70_000)
      stage.tell(reconcile({ taskId: 'T1', agentId }))
      expect(stage.statuses()).toMatchObject([{ state: unreachable, unreachableTimeMs }])
      stage.tell(agentReturns(), reconcile({ taskId: 'T1', agentId }))
      expect(stage.statuses()).toMatchObject([{ state: gone_ }])
    })

    test(`6: nobody knows, or no agent was named (${aware} of partitions)`, () => {
      const stage = working(framework).advance(100_000)
      stage.heard()
      stage.tell(reconcile({ taskId: 'T1' }, { taskId: 'T9', agentId: 'm-S9' }))
      expect(stage.statuses().map(({ state }) => state)).toEqual([unknown, unknown])
    })
  }

  test('what is unreachable is no part of the answer to a question for all', () => {
    const stage = working().advance(100_000)
    stage.heard()
    stage.tell(reconcile())
    expect(stage.heard()).toEqual([])
  })
})
