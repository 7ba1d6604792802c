import { describe, expect, test } from 'vitest'
import { agentMachine } from '../../src/machines/agent.ts'
import type { TaskState, TaskStatus } from '../../src/messages/index.ts'
import { Stage } from './support/stage.ts'
import {
  agentId,
  agentInput,
  command,
  framework,
  frameworkId,
  reregistered,
  told,
} from './support/universe-agent.ts'

/** The rules of status updates at an agent, in the order of the protocol's list. */

const executor = 'executor/a/m-0000/T1'
const effects = ['launchExecutor', 'destroyExecutor', 'createVolumes', 'destroyVolumes']

function registers(updates: readonly TaskStatus[] = []) {
  const type = 'lifecycle.registerExecutor'
  return { type, from: executor, frameworkId, executorId: 'T1', unacknowledgedUpdates: updates }
}

/** An agent that runs the command T1. */
function working(): Stage {
  const stage = launched().tell(registers())
  stage.heard()
  return stage
}

/** … and one whose executor has not been heard of. */
function launched(): Stage {
  const stage = new Stage(agentMachine, agentInput, effects)
  stage.tell(told.registered, told.launch)
  return stage
}

function statusOf(state: TaskState, rest: Partial<TaskStatus> = {}): TaskStatus {
  const uuid = `U-${state}`
  return { taskId: 'T1', state, uuid, timestampMs: 0, source: 'EXECUTOR', ...rest }
}

function report(...updates: TaskStatus[]) {
  return { type: 'task.update', from: executor, frameworkId, executorId: 'T1', updates }
}

function acknowledge(state: TaskState, taskId = 'T1', uuid = `U-${state}`) {
  const acknowledgements = [{ taskId, uuid }]
  return { type: 'task.acknowledge', from: 'master', frameworkId, acknowledgements }
}

/** What the master was told since the last look: state, and the latest known at the time. */
function forwarded(stage: Stage): string[] {
  return stage.said.splice(0).flatMap(({ message }) => {
    if (message.type !== 'task.update' || !('agentId' in message)) return []
    return message.updates.map(({ status, latestState }) =>
      status.state === latestState ? status.state : `${status.state} < ${latestState}`,
    )
  })
}

const running = statusOf('TASK_RUNNING')
const finished = statusOf('TASK_FINISHED')

describe('Updates at an agent', () => {
  test('rule 1: only the oldest is on its way, the next goes when it is acknowledged', () => {
    const stage = working().tell(report(statusOf('TASK_STARTING')), report(running))
    expect(forwarded(stage)).toEqual(['TASK_STARTING'])
    stage.tell(acknowledge('TASK_STARTING'))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
  })

  test('rule 2: an acknowledgement with another uuid, or a second one, changes nothing', () => {
    const stage = working().tell(report(statusOf('TASK_STARTING')), report(running))
    forwarded(stage)
    stage.tell(acknowledge('TASK_RUNNING'), acknowledge('TASK_STARTING', 'T1', 'U-never'))
    expect(forwarded(stage)).toEqual([])
    stage.tell(acknowledge('TASK_STARTING'), acknowledge('TASK_STARTING'), report(finished))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
  })

  test('rule 3: one that was received or acknowledged is dropped, and its executor answered', () => {
    const stage = working().tell(report(running), report(running), acknowledge('TASK_RUNNING'))
    stage.heard()
    stage.tell(report(running))
    expect(stage.heard()).toEqual([`${executor} task.acknowledge`])
  })

  test('rule 4: a task that has ended, acknowledged or not, has no second end', () => {
    const failed = statusOf('TASK_FAILED')
    const stage = working().tell(report(finished), report(failed))
    expect(forwarded(stage)).toEqual(['TASK_FINISHED'])
    stage.tell(acknowledge('TASK_FINISHED'))
    stage.heard()
    stage.tell(report(failed), report(finished))
    expect(stage.heard()).toEqual([`${executor} task.acknowledge`, `${executor} task.acknowledge`])
  })

  test('rule 5: a task that waits for its executor can only end', () => {
    const stage = launched().tell(report(running))
    expect(forwarded(stage)).toEqual([])
    expect(stage.marks).toEqual(['update.queuedTask'])
    stage.tell(report(finished))
    expect(forwarded(stage)).toEqual(['TASK_FINISHED'])
    stage.tell(registers())
    expect(stage.hear('task.launch')).toEqual([])
  })

  test('rule 6: without uuid, of another agent, or of an unknown framework it is ignored', () => {
    const stage = working()
    const { uuid: _, ...nameless } = running
    stage.tell(report(nameless), report(statusOf('TASK_RUNNING', { agentId: 'm-S9' })))
    stage.tell({ ...report(running), frameworkId: 'm-9999' })
    expect(forwarded(stage)).toEqual([])
    expect(stage.marks).toEqual(['update.withoutId', 'update.wrongAgent'])
    stage.tell({ type: 'lifecycle.shutdownFramework', from: 'master', frameworkId })
    stage.tell(report(running))
    expect(forwarded(stage)).toEqual([])
  })

  test('rule 7: source, agent and executor are what the agent knows, not what is said', () => {
    const lie = statusOf('TASK_RUNNING', { source: 'MASTER', executorId: 'other' })
    const [message] = working().tell(report(lie)).hear('task.update').slice(-1)
    expect(message?.updates).toMatchObject([
      { status: { source: 'EXECUTOR', executorId: 'T1', agentId, uuid: 'U-TASK_RUNNING' } },
    ])
  })

  test('what its own executors do in its place it says itself', () => {
    const unfetched = statusOf('TASK_FAILED', { source: 'AGENT' })
    const [message] = working().tell(report(unfetched)).hear('task.update').slice(-1)
    expect(message?.updates).toMatchObject([{ status: { source: 'AGENT' } }])
  })

  test('rule 8: the executor is answered before the master is told', () => {
    const stage = working().tell(report(running))
    expect(stage.heard()).toEqual([`${executor} task.acknowledge`, 'master task.update'])
  })

  test('rule 9: each update says the latest state; the end is told at once when it waits', () => {
    const stage = working().tell(report(running))
    forwarded(stage)
    stage.advance(1_000).tell(report(finished))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING < TASK_FINISHED'])
    const quick = working().tell(report(running), report(finished))
    expect(forwarded(quick)).toEqual(['TASK_RUNNING'])
    quick.advance(10_000)
    expect(forwarded(quick)).toEqual(['TASK_RUNNING < TASK_FINISHED'])
  })

  test('rule 10: repeated after 10, 20, 40 s …, anew for each; not without a master', () => {
    const stage = working()
    const since = stage.clock.now()
    stage.tell(report(running), report(finished)).advance(70_000)
    expect(stage.times('task.update').map((at) => at - since)).toEqual([0, 10_000, 30_000, 70_000])
    stage.heard()
    stage.tell(acknowledge('TASK_RUNNING')).advance(0)
    const begun = stage.clock.now()
    stage.tell({ ...told.ping, connected: true }).advance(10_000)
    expect(stage.times('task.update').map((at) => at - begun)).toEqual([0, 10_000])
    stage.tell({ type: 'master.silent' })
    stage.heard()
    stage.advance(600_000)
    expect(forwarded(stage)).toEqual([])
    stage.tell(reregistered())
    expect(forwarded(stage)).toEqual(['TASK_FINISHED'])
  })

  test('rule 10: a scheduler that registers again has what it waits for at once', () => {
    const stage = working().tell(report(running)).advance(30_000)
    stage.heard()
    const changed = { ...framework, capabilities: ['PARTITION_AWARE', 'TASK_KILLING_STATE'] }
    const again = { type: 'lifecycle.updateFramework', from: 'master', frameworkId }
    stage.tell({ ...again, framework: changed })
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
    expect(stage.book.frameworks.get(frameworkId).info).toEqual(changed)
    stage.advance(10_000)
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
    stage.tell({ ...again, frameworkId: 'm-9999', framework })
    expect(forwarded(stage)).toEqual([])
  })

  test('rule 11: what is said of a task after its end is acknowledged goes its own way', () => {
    const stage = working().tell(report(finished), acknowledge('TASK_FINISHED'))
    forwarded(stage)
    stage.tell(report(running))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
    stage.advance(10_000)
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
    stage.tell(acknowledge('TASK_RUNNING')).advance(60_000)
    expect(forwarded(stage)).toEqual([])
    expect(stage.book.frameworks.get(frameworkId).tasks.size).toBe(0)
  })

  test('rule 12: an executor may speak of tasks that are none of its own', () => {
    const stage = working().tell(report(statusOf('TASK_RUNNING', { taskId: 'T9' })))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
    stage.tell({ type: 'master.silent' }).advance(60_000)
    const [asked] = stage.hear('lifecycle.reregisterAgent')
    expect(asked?.tasks.map(({ task }) => task.taskId)).toEqual(['T1'])
  })

  test('rule 18: an id that was used before begins anew, but late words on the old are known', () => {
    const stage = working().tell(report(running), acknowledge('TASK_RUNNING'))
    stage.tell(report(finished), acknowledge('TASK_FINISHED'))
    stage.tell({ ...told.launch, tasks: [{ ...command, taskId: 'T2' }] })
    stage.tell({ type: 'lifecycle.exited', from: 'host', address: executor, reason: 'done' })
    stage.tell(told.launch)
    const again: TaskStatus = { ...running, uuid: 'U-again' }
    stage.heard()
    stage.tell(registers(), report(running, again))
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ status: { taskId: 'T1', uuid: 'U-again' } }] },
    ])
  })

  test('rule 19: the same state under another uuid is another update', () => {
    const stage = working().tell(report(running), acknowledge('TASK_RUNNING'))
    forwarded(stage)
    stage.tell(report({ ...running, uuid: 'U-other', healthy: true }))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING'])
  })
})

describe('Updates at an agent: an executor that registers again', () => {
  test('hands over what nobody acknowledged: each is taken once, in order', () => {
    const stage = working().tell(report(statusOf('TASK_STARTING')))
    forwarded(stage)
    stage.tell(registers([statusOf('TASK_STARTING'), running, finished]))
    expect(stage.hear('task.acknowledge').at(0)?.acknowledgements).toHaveLength(3)
    stage.tell(acknowledge('TASK_STARTING'), acknowledge('TASK_RUNNING'))
    expect(forwarded(stage)).toEqual(['TASK_RUNNING < TASK_FINISHED', 'TASK_FINISHED'])
  })

  test('does not get a task that it says has ended', () => {
    const stage = launched().tell(registers([finished]))
    expect(stage.heard()).toEqual([
      `${executor} task.acknowledge`,
      'master task.update',
      `${executor} lifecycle.executorRegistered`,
    ])
  })
})
