import { describe, expect, test } from 'vitest'
import { createMasterMachine, type MasterEvent } from '../../src/machines/master.ts'
import type { ExecutorInfo, Operation, TaskInfo, TaskStatus } from '../../src/messages/index.ts'
import { audit } from '../../src/model/ledger/audit.ts'
import { Stage } from './support/stage.ts'
import {
  agentId,
  agentReturns,
  firstId,
  from,
  gone,
  info,
  joins,
  masterInput,
  run,
} from './support/told-master.ts'
import { member, pod, program, served } from './support/universe-programs.ts'

const machine = createMasterMachine()
const roomy = { ...info, resources: { cpus: 4, mem: 256, disk: 64 } }
const executorEnds: MasterEvent = {
  type: 'lifecycle.executorExited',
  from: from.agent,
  agentId,
  frameworkId: firstId,
  executorId: 'program',
  status: 9,
}

/** A task has failed, as its agent says when its executor is gone. */
function ends(taskId: string): MasterEvent {
  const status: TaskStatus = {
    taskId,
    state: 'TASK_FAILED',
    uuid: `U-${taskId}`,
    agentId,
    timestampMs: 0,
    source: 'AGENT',
  }
  const updates = [{ frameworkId: firstId, status, latestState: status.state }]
  return { type: 'task.update', from: from.agent, agentId, updates }
}

/** A master whose framework one has an offer of all of an agent. */
function offered(): Stage {
  return new Stage(machine, masterInput).tell({ ...joins.agent, agent: roomy }, joins.one, run)
}

function accept(offerId: string, ...operations: Operation[]): MasterEvent {
  const filters = { refuseSeconds: 0 }
  return { type: 'allocation.accept', from: from.one, offerIds: [offerId], operations, filters }
}

function launch(...tasks: TaskInfo[]): Operation {
  return { type: 'LAUNCH', tasks }
}

function group(executor: ExecutorInfo, ...tasks: TaskInfo[]): Operation {
  return { type: 'LAUNCH_GROUP', executor, tasks }
}

/** What is booked as used on the agent, in thousandths. */
function used(stage: Stage) {
  expect(audit(stage.book)).toEqual([])
  return stage.book.agents.get(agentId)?.used
}

function refusals(stage: Stage) {
  return stage.sent('task.update').flatMap(({ message }) =>
    message.updates.map((update) => {
      const { taskId, state, reason } = 'status' in update ? update.status : update
      return `${taskId} ${state} ${reason ?? ''}`
    }),
  )
}

describe('Executors: what a program needs is booked once', () => {
  test('with its first task, and until it is gone (1 executor, 2 tasks)', () => {
    const stage = offered().tell(accept('m-O0', launch(served, { ...served, taskId: 'T2' })))
    expect(used(stage)).toEqual({ cpus: 2_500, mem: 96_000 })
    stage.tell(ends('T1'), ends('T2'), executorEnds)
    expect(used(stage)).toEqual({})
    expect(stage.sent('lifecycle.failure')).toMatchObject([
      { to: from.one, message: { agentId, executorId: 'program', status: 9 } },
    ])
  })

  test('… and when a task is on its way to it, because the agent launches it once more', () => {
    const stage = offered().tell(accept('m-O0', launch(served, { ...served, taskId: 'T2' })))
    stage.tell(ends('T1'), executorEnds)
    expect(used(stage)).toEqual({ cpus: 1_500, mem: 64_000 })
    stage.tell(ends('T2'), executorEnds)
    expect(used(stage)).toEqual({})
  })

  test('a second task finds it there, and its offers name it', () => {
    const stage = offered().tell(
      accept('m-O0', launch(served)),
      { type: 'allocation.due', at: 1e9 },
      run,
    )
    const [, offer] = stage.sent('allocation.offer')
    expect(offer?.message.offers[0]?.executorIds).toEqual(['program'])
    stage.tell(accept('m-O1', launch({ ...served, taskId: 'T2' })))
    expect(used(stage)).toEqual({ cpus: 2_500, mem: 96_000 })
  })

  test('one of the same id that is described differently is refused', () => {
    const other = { ...served, taskId: 'T2', executor: { ...program, command: { value: 'else' } } }
    const stage = offered().tell(accept('m-O0', launch(served, other)))
    expect(refusals(stage)).toEqual(['T2 TASK_ERROR TASK_INVALID'])
  })

  test('a task that fits only without its executor does not fit', () => {
    const big = { ...served, resources: { cpus: 4, mem: 32 } }
    const stage = offered().tell(accept('m-O0', launch(big)))
    expect(refusals(stage)).toEqual(['T1 TASK_ERROR TASK_INVALID'])
    expect(used(stage)).toEqual({})
  })

  test('an agent that comes back without it frees it; with it, it counts', () => {
    const returns = { ...agentReturns('TASK_RUNNING'), agent: roomy }
    const executors = [{ frameworkId: firstId, executor: program }]
    const stage = offered().tell(accept('m-O0', launch(served)), { ...returns, executors })
    expect(used(stage)).toMatchObject({ cpus: 1_500 })
    stage.tell(returns)
    expect(used(stage)).toMatchObject({ cpus: 1_000 })
    stage.tell({ ...returns, executors })
    expect(used(stage)).toMatchObject({ cpus: 1_500 })
  })

  test('it goes with an agent that keeps nothing, and with its framework', () => {
    expect(used(offered().tell(accept('m-O0', launch(served)), gone(from.agent)))).toEqual({})
    const teardown: MasterEvent = {
      type: 'lifecycle.teardown',
      from: 'operator',
      requestId: '1',
      frameworkId: firstId,
    }
    expect(used(offered().tell(accept('m-O0', launch(served)), teardown))).toEqual({})
  })
})

describe('Groups: all of it or nothing', () => {
  const second = { ...member, taskId: 'T3' }

  test('the agent gets them together, with their executor', () => {
    const stage = offered().tell(accept('m-O0', group(pod, member, second)))
    expect(stage.sent('task.launchGroup')).toMatchObject([
      { to: from.agent, message: { executor: pod, tasks: [{ taskId: 'T2' }, { taskId: 'T3' }] } },
    ])
    expect(used(stage)).toEqual({ cpus: 2_100, mem: 96_000, disk: 8_000 })
  })

  test.each<[string, ExecutorInfo, TaskInfo[]]>([
    ['one of its tasks is bad', pod, [member, { ...second, taskId: 'a/b' }]],
    ['two have one id', pod, [member, member]],
    ['together they are too big', pod, [member, { ...second, resources: { cpus: 3 } }]],
    ['its executor has no disk', { ...pod, resources: { cpus: 0.1, mem: 32 } }, [member]],
    ['its executor names no framework', { executorId: 'pod', type: 'DEFAULT' }, [member]],
    ['its executor is another framework’s', { ...pod, frameworkId: 'F' }, [member]],
    ['a task names another executor', pod, [{ ...member, executor: program }]],
  ])('%s: none is launched, and each is told', (_, executor, tasks) => {
    const stage = offered().tell(accept('m-O0', group(executor, ...tasks)))
    const told = tasks.map(({ taskId }) => `${taskId} TASK_ERROR TASK_GROUP_INVALID`)
    expect(refusals(stage)).toEqual(told)
    expect(stage.sent('task.launchGroup')).toEqual([])
    expect(used(stage)).toEqual({})
  })

  test('what its executor has reserved counts beside what it has unreserved', () => {
    const resources = { ...roomy.resources, 'cpus(one)': 1 }
    const agent = { ...joins.agent, agent: { ...roomy, resources } }
    const split = { ...pod, resources: { cpus: 0.005, 'cpus(one)': 0.005, mem: 32, disk: 8 } }
    const stage = new Stage(machine, masterInput).tell(agent, joins.one, run)
    stage.tell(accept('m-O0', group(split, member)))
    expect(stage.sent('task.launchGroup')).toMatchObject([{ message: { executor: split } }])
  })

  test('bad offers drop all of it', () => {
    const stage = offered().tell(accept('m-O9', group(pod, member, second)))
    expect(refusals(stage)).toEqual([
      'T2 TASK_DROPPED INVALID_OFFERS',
      'T3 TASK_DROPPED INVALID_OFFERS',
    ])
  })
})

describe('Words past the master', () => {
  const about = { agentId, executorId: 'program' }

  test('messages of schedulers and executors reach each other, if both are there', () => {
    const stage = offered().tell(
      { type: 'task.message', from: from.one, ...about, data: 'aGk=' },
      { type: 'task.message', from: from.agent, ...about, frameworkId: firstId, data: 'aG8=' },
      { type: 'task.message', from: 'agent/b', ...about, frameworkId: firstId, data: 'bm8=' },
      gone(from.agent),
      { type: 'task.message', from: from.one, ...about, data: 'bm8=' },
    )
    expect(stage.sent('task.message').map(({ to, message }) => [to, message.data])).toEqual([
      [from.agent, 'aGk='],
      [from.one, 'aG8='],
    ])
  })

  test('an executor is shut down through its agent', () => {
    const stage = offered().tell({ type: 'lifecycle.shutdownExecutor', from: from.one, ...about })
    expect(stage.sent('lifecycle.shutdownExecutor')).toMatchObject([
      { to: from.agent, message: { frameworkId: firstId, executorId: 'program' } },
    ])
  })

  test('a framework that describes itself anew loses the offers of roles that it gave up', () => {
    const framework = { ...joins.one.framework, user: 'other', roles: ['else'] }
    const stage = offered().tell({ type: 'lifecycle.describeFramework', from: from.one, framework })
    expect(stage.sent('allocation.rescind')).toMatchObject([{ message: { offerIds: ['m-O0'] } }])
    expect(stage.book.frameworks.get(firstId)?.info.roles).toEqual(['else'])
    stage.tell({ type: 'allocation.due', at: 1e9 }, run)
    const [, offer] = stage.sent('allocation.offer')
    expect(offer?.message.offers[0]?.role).toBe('else')
  })

  test('an operator reserves what is only offered: the offer is taken back', () => {
    const operation = { type: 'RESERVE', resources: { 'cpus(one,)': 3 } } as const
    const stage = offered().tell({
      type: 'allocation.operate',
      from: 'operator',
      requestId: '1',
      agent: 'a',
      operation,
    })
    expect(stage.sent('allocation.rescind')).toHaveLength(1)
    expect(stage.sent('allocation.updated')).toHaveLength(1)
    expect(stage.sent('allocation.apply')).toMatchObject([{ to: from.agent }])
    expect(stage.book.agents.get(agentId)?.total).toMatchObject({
      cpus: 1_000,
      'cpus(one,)': 3_000,
    })
  })

  test('and is refused what is in use', () => {
    const operation = { type: 'RESERVE', resources: { 'cpus(one,)': 4 } } as const
    const call = {
      type: 'allocation.operate',
      from: 'operator',
      requestId: '1',
      agent: 'a',
    } as const
    const stage = offered().tell(accept('m-O0', launch(served)), { ...call, operation })
    expect(stage.sent('allocation.refused')).toHaveLength(1)
    expect(used(stage)).toMatchObject({ cpus: 1_500 })
  })
})
