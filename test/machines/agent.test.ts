import { describe, expect, test } from 'vitest'
import { agentMachine } from '../../src/machines/agent.ts'
import { Stage } from './support/stage.ts'
import * as universe from './support/universe-agent.ts'
import { agentInput, command, frameworkId, told } from './support/universe-agent.ts'
import { away, groups, programReturns, programs } from './support/universe-agent-programs.ts'
import { returns } from './support/universe-agent-returns.ts'
import { strays } from './support/universe-agent-strays.ts'
import { coverWith } from './support/world.ts'

const { commands, calls, reservations, reregistered, apply } = universe
const effects = ['launchExecutor', 'destroyExecutor', 'createVolumes', 'destroyVolumes']
const executor = 'executor/a/m-0000/T1'
const shared = 'executor/a/m-0000/functions'

function created(): Stage {
  return new Stage(agentMachine, agentInput, effects)
}

/** An agent that the master knows. */
function registered(): Stage {
  return created().tell(told.registered)
}

/** … and that runs the command T1. */
function working(): Stage {
  return registered().tell(told.launch, executorRegisters(executor, 'T1'))
}

function executorRegisters(from: string, executorId: string) {
  const type = 'lifecycle.registerExecutor'
  return { type, from, frameworkId, executorId, unacknowledgedUpdates: [] }
}

function update(state: string, taskId = 'T1', from = executor) {
  const status = { taskId, state, uuid: `${taskId}-${state}`, timestampMs: 0, source: 'EXECUTOR' }
  const executorId = from === executor ? 'T1' : 'functions'
  return { type: 'task.update', from, frameworkId, executorId, updates: [status] }
}

function acknowledge(uuid: string, taskId = 'T1') {
  const acknowledgements = [{ taskId, uuid }]
  return { type: 'task.acknowledge', from: 'master', frameworkId, acknowledgements }
}

function launchCall(taskId: string) {
  const { command: _, ...rest } = command
  const functions = { executorId: 'functions', type: 'FUNCTION' }
  return { ...told.launch, tasks: [{ ...rest, taskId, executor: functions }] }
}

function exited(address: string) {
  return { type: 'lifecycle.exited', from: 'host', address, reason: 'it ended' }
}

describe('Agent: a launch', () => {
  test('that was sent before its master heard that it registers anew is not begun, and is told dropped', () => {
    const stage = registered().tell({ type: 'master.silent' }, told.launch)
    expect(stage.done).toEqual([])
    stage.advance(60_000)
    stage.said.length = 0
    stage.tell(reregistered('T1'))
    expect(stage.said.map(({ message }) => message)).toMatchObject([
      { type: 'task.update', updates: [{ status: { taskId: 'T1', state: 'TASK_DROPPED' } }] },
    ])
  })
})

describe('Agent: in every state of small worlds', () => {
  test('nothing it is told makes it fail, its book agrees with itself, and each transition is taken', () => {
    const worlds = { commands, calls, returns, reservations, strays }
    const states = coverWith(agentMachine, { ...worlds, programs, groups, away, programReturns })
    expect(states.commands).toBeGreaterThan(100)
    expect(states.calls).toBeGreaterThan(200)
    expect(states.reservations).toBeGreaterThan(20)
  })
})

describe('Agent: timers', () => {
  test('it asks to join again and again, after longer and longer random whiles up to a minute', () => {
    const stage = created().advance(600_000)
    const times = stage.times('lifecycle.registerAgent')
    const waits = times.map((at, index) => at - (times[index - 1] ?? 0))
    expect(waits.length).toBeGreaterThan(10)
    for (const [attempt, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(Math.min(60_000, 1_000 * 2 ** attempt))
    }
    expect(Math.max(...waits)).toBeGreaterThan(10_000)
  })

  test('it asks no more once it has joined', () => {
    const stage = created().advance(600_000).tell(told.registered)
    stage.heard()
    stage.advance(74_999)
    expect(stage.heard()).toEqual([])
  })

  test('a master that sends no ping for 75 s is taken for lost, and the agent registers again', () => {
    const stage = registered().advance(74_999)
    expect(stage.state).toBe('registered')
    stage.advance(1)
    expect(stage.state).toBe('registering')
    stage.advance(1_000)
    expect(stage.heard()).toContain('master lifecycle.reregisterAgent')
  })

  test('each ping starts the wait for the next anew', () => {
    const stage = registered().advance(74_999).tell(told.ping).advance(74_999)
    expect(stage.state).toBe('registered')
    stage.advance(1)
    expect(stage.state).toBe('registering')
  })

  test('an executor that does not register within 60 s is destroyed, and its task has failed', () => {
    const stage = registered().tell(told.launch)
    for (const _ of [1, 2, 3]) stage.advance(15_000).tell(told.ping)
    stage.advance(14_999)
    expect(stage.done.map(({ type }) => type)).toEqual(['launchExecutor'])
    stage.advance(1)
    expect(stage.done.at(-1)).toEqual({
      at: 60_000,
      type: 'destroyExecutor',
      params: { type: 'destroyExecutor', address: executor },
    })
    stage.heard()
    stage.tell(exited(executor))
    expect(stage.hear('task.update')[0]).toMatchObject({
      updates: [{ status: { state: 'TASK_FAILED', reason: 'EXECUTOR_REGISTRATION_TIMEOUT' } }],
    })
  })

  test('an executor that registered in time is left alone', () => {
    const stage = working()
    for (const _ of [1, 2, 3, 4, 5]) stage.advance(15_000).tell(told.ping)
    expect(stage.done.map(({ type }) => type)).toEqual(['launchExecutor'])
  })

  test('an executor that is shut down gets the grace of its task and 2 s, then it is destroyed', () => {
    const stop = { type: 'lifecycle.shutdownFramework', from: 'master', frameworkId }
    const stage = working().tell(stop).advance(4_999)
    expect(stage.hear('lifecycle.shutdownExecutor')).toMatchObject([{ gracePeriodMs: 3_000 }])
    expect(stage.done).toHaveLength(1)
    stage.advance(1)
    expect(stage.done.at(-1)).toMatchObject({ at: 5_000, type: 'destroyExecutor' })
    const quick = working().tell(stop, exited(executor)).advance(60_000)
    expect(quick.done).toHaveLength(1)
  })

  test('an update is sent again after 10 s, 20 s, 40 s … and then every 10 min', () => {
    const stage = working().tell(update('TASK_RUNNING'))
    const seconds = [0, 10, 30, 70, 150, 310, 630, 1_230, 1_830]
    while (stage.clock.now() < 1_830_000) stage.advance(15_000).tell(told.ping)
    expect(stage.times('task.update')).toEqual(seconds.map((second) => second * 1_000))
  })

  test('an acknowledged update is not sent again, and the next one starts at 10 s', () => {
    const stage = working().tell(update('TASK_RUNNING'), update('TASK_FINISHED')).advance(40_000)
    stage.tell(acknowledge('T1-TASK_RUNNING')).advance(10_000)
    expect(stage.times('task.update')).toEqual([0, 10_000, 30_000, 40_000, 50_000])
    stage.tell(acknowledge('T1-TASK_FINISHED')).advance(24_000)
    expect(stage.times('task.update')).toHaveLength(5)
    expect(stage.book.frameworks.get(frameworkId).tasks.size).toBe(0)
  })
})

describe('Agent: crossed, lost and late messages', () => {
  test('a launch whose registration answer was lost does no harm', () => {
    const stage = created().tell(told.launch)
    stage.tell(executorRegisters(executor, 'T1'), update('TASK_RUNNING'), exited(executor))
    expect(stage.state).toBe('registering')
  })

  test('an update made while there is no master is sent at once when there is one', () => {
    const stage = working().tell({ ...told.ping, connected: false })
    stage.heard()
    stage.tell(update('TASK_RUNNING'))
    expect(stage.heard()).toEqual(['executor/a/m-0000/T1 task.acknowledge'])
    stage.tell(reregistered())
    expect(stage.heard()).toEqual(['master task.update'])
  })

  test('an update that was under way when the master was lost is sent at once when it is back', () => {
    const stage = working().tell(update('TASK_RUNNING'), { ...told.ping, connected: false })
    stage.heard()
    stage.advance(10_000)
    expect(stage.times('task.update')).toEqual([])
    stage.tell(reregistered())
    expect(stage.times('task.update')).toEqual([10_000])
  })

  test('a framework is forgotten when the executors of an id ended one after the other', () => {
    const stage = registered().tell(launchCall('T2'), exited(shared), launchCall('T3'))
    const [failed] = stage.hear('task.update')
    stage.tell(executorRegisters(shared, 'functions'), update('TASK_FINISHED', 'T3', shared))
    const uuid = failed && 'agentId' in failed ? failed.updates[0]?.status.uuid : undefined
    stage.tell(acknowledge(uuid ?? '', 'T2'), acknowledge('T3-TASK_FINISHED', 'T3'))
    stage.tell(exited(shared))
    expect([...stage.book.frameworks.keys()]).toEqual([])
  })

  test('a command whose id still belongs to a living executor is dropped as invalid', () => {
    const stage = working().tell(update('TASK_FINISHED'), acknowledge('T1-TASK_FINISHED'))
    stage.heard()
    stage.tell(told.launch)
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ status: { state: 'TASK_DROPPED', reason: 'TASK_INVALID' } }] },
    ])
  })

  test('an update that an executor repeats is acknowledged, but taken once', () => {
    const stage = working().tell(update('TASK_RUNNING'))
    stage.heard()
    stage.tell(update('TASK_RUNNING'))
    expect(stage.heard()).toEqual(['executor/a/m-0000/T1 task.acknowledge'])
  })

  test('a task that the master believes to be here, and is not, is reported dropped', () => {
    const stage = registered().tell(told.ping, { ...told.ping, connected: false })
    stage.heard()
    stage.tell(reregistered('T9'))
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ status: { state: 'TASK_DROPPED', reason: 'RECONCILIATION' } }] },
    ])
  })
})

describe('Agent: operations on its resources', () => {
  const disk = 'disk(one,ops)'
  const volumes = { [`${disk}[db:data]`]: 5 }
  const reserve = apply({ type: 'RESERVE', resources: { [disk]: 5 } }, 0)
  const create = apply({ type: 'CREATE', volumes }, 1)
  const answers = (stage: Stage) => stage.hear('allocation.operationUpdate')
  const finished = (operationNumber: number) => ({
    updates: [{ operationNumber, state: 'OPERATION_FINISHED' }],
  })

  test('a reservation is confirmed at once, a volume when its folder is there', () => {
    const stage = registered().tell(reserve)
    expect(answers(stage)).toMatchObject([finished(0)])
    stage.tell(create)
    expect(answers(stage)).toEqual([])
    const params = { operationNumber: 1, volumes: [{ role: 'one', id: 'db' }] }
    expect(stage.done).toMatchObject([{ type: 'createVolumes', params }])
    stage.tell({ type: 'volumes.changed', operationNumber: 1 })
    expect(answers(stage)).toMatchObject([finished(1)])
  })

  test('one that arrives twice is done once', () => {
    const half = apply({ type: 'RESERVE', resources: { [disk]: 2 } }, 7)
    const stage = registered().tell(half, half)
    expect(stage.book.resources).toMatchObject({ disk: 3_000, [disk]: 2_000 })
    expect(answers(stage)).toHaveLength(1)
  })

  test('it comes back to a master with what operations have made of its resources', () => {
    const stage = registered().tell(reserve, create, { type: 'master.silent' }).advance(60_000)
    const [said] = stage.hear('lifecycle.reregisterAgent')
    expect(said?.agent.resources).toEqual({ cpus: 2, mem: 64, ...volumes })
  })

  test('a volume that could not be made is reserved disk again, and the master hears why', () => {
    const stage = registered().tell(reserve, create)
    answers(stage)
    stage.tell({ type: 'volumes.changed', operationNumber: 1, problem: 'the disk is full' })
    const update = { operationNumber: 1, state: 'OPERATION_FAILED', message: 'the disk is full' }
    expect(answers(stage)).toMatchObject([{ updates: [update] }])
    expect(stage.book.resources).toEqual({ cpus: 2_000, mem: 64_000, [disk]: 5_000 })
  })

  test('one on resources that it does not have is dropped', () => {
    const stage = registered().tell(create)
    const [{ updates = [] } = {}] = answers(stage)
    expect(updates).toMatchObject([{ state: 'OPERATION_DROPPED' }])
    expect(updates[0]).toMatchObject({ message: `the agent has too little ${disk}` })
  })

  test('one that crosses its new registration is dropped: the master will not count on it', () => {
    const stage = registered().tell({ type: 'master.silent' }, reserve)
    expect(answers(stage)).toMatchObject([{ updates: [{ state: 'OPERATION_DROPPED' }] }])
    expect(stage.book.resources).toMatchObject({ disk: 5_000 })
  })

  test('a task on what is not reserved here is dropped', () => {
    const tasks = [{ ...command, resources: { 'cpus(one,ops)': 1 } }]
    const stage = registered().tell({ ...told.launch, tasks })
    const status = { state: 'TASK_DROPPED', reason: 'RESOURCES_UNKNOWN' }
    expect(stage.hear('task.update')).toMatchObject([{ updates: [{ status }] }])
    expect(stage.done).toEqual([])
  })
})
