import { describe, expect, test } from 'vitest'
import type { Stage } from './support/stage.ts'
import { podAddress, prog, registered, reported, update, working } from './support/told-programs.ts'
import { acknowledgements, framework, told } from './support/universe-agent.ts'
import {
  exits,
  kill,
  launchGroup,
  launchProgram,
  pod,
  program,
  registers,
  says,
  shutDown,
  taskOf,
} from './support/universe-agent-programs.ts'

function said(stage: Stage): object[] {
  return stage.said.splice(0).map(({ to, message }) => ({ to, ...message }))
}

describe('Agent: an executor that is a program', () => {
  test('its host learns as what it is to be launched, and whether it waits for its agent', () => {
    const launched = (checkpoint?: boolean) => {
      const description = { ...framework, ...(checkpoint !== undefined && { checkpoint }) }
      const launch = { ...launchProgram('C1'), framework: description }
      return registered().tell(launch).done[0]?.params
    }
    expect(launched()).toMatchObject({
      kind: 'CUSTOM',
      program: { info: program, checkpoint: true, graceMs: 4_000 },
    })
    expect(launched(false)).toMatchObject({ program: { checkpoint: false } })
  })

  test('it registers: it hears who it is, then gets its tasks in one batch', () => {
    const stage = registered().tell(launchProgram('C1', 'C2'), launchProgram('C3'))
    stage.said.length = 0
    const [welcome, tasks] = said(stage.tell(registers('prog')))
    expect(welcome).toMatchObject({
      type: 'lifecycle.executorRegistered',
      executor: program,
      agent: { hostname: 'a', endpoint: { port: 5051 } },
      containerId: expect.any(String),
    })
    expect(tasks).toMatchObject({ type: 'task.launch', tasks: [{}, {}, {}] })
    expect(stage.said).toEqual([])
  })

  test('it says itself who reports, and its container is named', () => {
    const stage = working()
    stage.tell(...acknowledgements(stage.book), update('TASK_KILLING', {}))
    const [{ updates: [first] = [] } = {}] = stage.hear('task.update')
    expect(first).toMatchObject({
      status: { carried: { container_status: { container_id: { value: expect.any(String) } } } },
    })
    expect(first && 'status' in first && first.status).not.toHaveProperty('executorId')
  })

  test('what is reached has the address of its agent, unless its executor names another', () => {
    const own = { container_id: { value: 'own' }, network_infos: [{ name: 'net' }] }
    const here = [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '127.0.0.1' }] }]
    const statusOf = (container_status?: object) => {
      const carried = container_status && { carried: { container_status } }
      const stage = working()
      stage.tell(...acknowledgements(stage.book), update('TASK_KILLING', carried ?? {}))
      return reported(stage).at(-1)?.carried?.container_status
    }
    expect(statusOf()).toMatchObject({ network_infos: here })
    expect(statusOf({ executor_pid: 7, network_infos: [] })).toEqual({
      container_id: { value: expect.any(String) },
      executor_pid: 7,
      network_infos: here,
    })
    expect(statusOf(own)).toEqual(own)
  })

  test('words go both ways, and are lost before it has registered', () => {
    const stage = registered().tell(launchProgram('C1'), says('master', 'prog'))
    expect(stage.marks).toEqual(['message.undeliverable'])
    stage.tell(registers('prog'))
    stage.said.length = 0
    stage.tell(says('master', 'prog'), says(prog, 'prog'))
    expect(said(stage)).toMatchObject([
      { to: prog, type: 'task.message', data: 'aGVsbG8=' },
      { to: 'master', type: 'task.message', executorId: 'prog', data: 'aGVsbG8=' },
    ])
  })

  test('its agent leaves and waits for it; told to leave at once, it ends it at once', () => {
    const stage = working().tell({ type: 'agent.stop' })
    const end = { to: prog, type: 'lifecycle.shutdownExecutor' }
    expect(said(stage)).toContainEqual({ ...end, gracePeriodMs: 4_000 })
    stage.said.length = 0
    stage.done.length = 0
    stage.advance(1_000)
    stage.tell({ type: 'agent.stop' }, { type: 'agent.stop', graceMs: 6_000 })
    expect([stage.said, stage.done]).toEqual([[], []])
    stage.tell({ type: 'agent.stop', graceMs: 500 })
    expect(said(stage)).toEqual([{ ...end, gracePeriodMs: 500 }])
    stage.advance(499)
    expect(stage.done).toEqual([])
    stage.advance(1)
    expect(stage.done).toMatchObject([{ type: 'destroyExecutor', params: { address: prog } }])
  })

  test('a stranger cannot speak for it', () => {
    const stage = working().tell(says('executor/a/x', 'prog'))
    expect(stage.said).toEqual([])
    expect(stage.marks).toEqual(['message.undeliverable'])
  })

  test('a task killed before it registered ends killed; it is ended when it registers', () => {
    const stage = registered().tell(launchProgram('C1'), kill('C1'))
    expect(reported(stage)).toMatchObject([
      { state: 'TASK_KILLED', reason: 'TASK_KILLED_DURING_LAUNCH', source: 'AGENT' },
    ])
    expect(stage.done).toHaveLength(1)
    expect(said(stage.tell(registers('prog')))).toMatchObject([
      { to: prog, type: 'lifecycle.shutdownExecutor' },
    ])
  })

  test('it returns without a task that was handed over: that one was dropped', () => {
    const stage = registered().tell(launchProgram('C1', 'C2'), registers('prog'))
    stage.tell(registers('prog', { unacknowledgedTasks: ['C2'] }))
    expect(reported(stage)).toMatchObject([
      { taskId: 'C1', state: 'TASK_DROPPED', reason: 'AGENT_RESTARTED' },
    ])
  })

  test('it is shut down: asked, and destroyed after exactly its own grace period', () => {
    const stage = working().tell(shutDown('prog'))
    expect(said(stage)).toMatchObject([
      { to: prog, type: 'lifecycle.shutdownExecutor', gracePeriodMs: 4_000 },
    ])
    expect(stage.advance(3_999).done).toHaveLength(1)
    expect(stage.advance(1).done.at(-1)).toMatchObject({ type: 'destroyExecutor' })
    const [told, exit] = said(stage.tell(...acknowledgements(stage.book), exits('prog', 9)))
    expect(told).toMatchObject({ to: 'master', type: 'task.update' })
    expect(told).toMatchObject({
      updates: [{ status: { state: 'TASK_FAILED', reason: 'EXECUTOR_TERMINATED' } }],
    })
    expect(exit).toMatchObject({ type: 'lifecycle.executorExited', executorId: 'prog', status: 9 })
  })

  test('it never registers: its tasks have failed, and the master hears of its end', () => {
    const stage = registered().tell(launchProgram('C1'))
    for (const _ of [1, 2, 3, 4]) stage.advance(15_000).tell(told.ping)
    stage.said.length = 0
    stage.tell(exits('prog', 9))
    expect(said(stage)).toMatchObject([
      { updates: [{ status: { reason: 'EXECUTOR_REGISTRATION_TIMEOUT', state: 'TASK_FAILED' } }] },
      { type: 'lifecycle.executorExited', status: 9 },
    ])
  })

  test('the status of one that never began is -1, that of one without a process 0', () => {
    const never = registered().tell(launchProgram('C1'), exits('prog'))
    expect(never.hear('lifecycle.executorExited')).toMatchObject([{ status: -1 }])
    const group = registered().tell(launchGroup(pod, 'G1'), registers('pod'), exits('pod'))
    expect(group.hear('lifecycle.executorExited')).toMatchObject([{ status: 0 }])
  })

  test('of the end of a command’s executor the master hears nothing', () => {
    const stage = registered().tell(told.launch, exits('T1'))
    expect(stage.hear('lifecycle.executorExited')).toEqual([])
  })
})

describe('Agent: a group of tasks', () => {
  test('it reaches its executor as a group, apart from what else waited', () => {
    const stage = registered().tell(launchGroup(pod, 'G1', 'G2'), launchGroup(pod, 'G3'))
    stage.said.length = 0
    stage.tell(registers('pod'))
    expect(said(stage).slice(1)).toMatchObject([
      { type: 'task.launchGroup', tasks: [{ taskId: 'G1' }, { taskId: 'G2' }] },
      { type: 'task.launchGroup', tasks: [{ taskId: 'G3' }] },
    ])
  })

  test('a program may get groups and single tasks, in their order', () => {
    const stage = registered().tell(launchProgram('C1'), launchGroup(program, 'G1'))
    stage.tell(launchProgram('C2'))
    stage.said.length = 0
    const types = said(stage.tell(registers('prog'))).map((told) => 'type' in told && told.type)
    expect(types.slice(1)).toEqual(['task.launch', 'task.launchGroup', 'task.launch'])
  })

  test('one that is killed while they wait takes all with it', () => {
    const stage = registered().tell(launchGroup(pod, 'G1', 'G2'), launchGroup(pod, 'G3'))
    stage.tell(kill('G2'))
    expect(reported(stage).map(({ taskId, state }) => `${taskId} ${state}`)).toEqual([
      'G1 TASK_KILLED',
      'G2 TASK_KILLED',
    ])
    stage.tell(registers('pod'))
    expect(stage.hear('task.launchGroup')).toMatchObject([{ tasks: [{ taskId: 'G3' }] }])
  })

  test('one of which a task cannot run here is dropped whole, and no executor is launched', () => {
    const group = launchGroup(pod, 'G1', 'G2')
    const tasks = [taskOf('G1', pod), { ...taskOf('G2', pod), resources: { 'cpus(x,y)': 1 } }]
    const stage = registered().tell({ ...group, tasks })
    expect(stage.done).toEqual([])
    const dropped = { state: 'TASK_DROPPED', reason: 'RESOURCES_UNKNOWN' }
    expect(reported(stage)).toMatchObject([
      { taskId: 'G1', ...dropped },
      { taskId: 'G2', ...dropped },
    ])
  })

  test('dropped with an executor that never came to be, the master hears that it is not there', () => {
    const stage = registered().tell({
      ...launchGroup(pod, 'G1'),
      tasks: [{ ...taskOf('G1', pod), resources: { 'cpus(x,y)': 1 } }],
    })
    expect(stage.hear('lifecycle.executorExited')).toMatchObject([{ executorId: 'pod' }])
  })

  test('a single task for an executor of groups is invalid', () => {
    const stage = registered().tell({ ...told.launch, tasks: [taskOf('G1', pod)] })
    expect(reported(stage)).toMatchObject([{ state: 'TASK_DROPPED', reason: 'TASK_INVALID' }])
  })

  test('each task has a container of its own within that of its executor', () => {
    const stage = registered().tell(launchGroup(pod, 'G1', 'G2'), registers('pod'))
    const outer = stage.book.executorAt.get(podAddress)?.containerId
    const running = ['G1', 'G2'].map((taskId) => update('TASK_RUNNING', { taskId }).updates[0])
    stage.tell({ ...update(''), from: podAddress, executorId: 'pod', updates: running })
    const containers = reported(stage).map(({ carried }) => carried?.container_status)
    const within = { container_id: { value: expect.any(String), parent: { value: outer } } }
    expect(containers).toMatchObject([within, within])
    expect(containers[0]).not.toEqual(containers[1])
  })

  test('told twice it is launched once', () => {
    const stage = registered().tell(launchGroup(pod, 'G1', 'G2'), launchGroup(pod, 'G1', 'G2'))
    stage.tell(registers('pod'))
    expect(stage.hear('task.launchGroup')).toHaveLength(1)
    expect(stage.book.executorAt.get(podAddress)?.tasks.size).toBe(2)
  })
})
