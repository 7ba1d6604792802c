import { describe, expect, test } from 'vitest'
import { agentMachine } from '../../src/machines/agent.ts'
import type { AgentMemory } from '../../src/messages/records.ts'
import type { AgentBook, AgentTask } from '../../src/model/agent/book.ts'
import { agentRecord } from '../../src/model/agent/keep.ts'
import { agentMemoryOf } from '../../src/storage/memories.ts'
import { Stage } from './support/stage.ts'
import {
  agentId,
  agentInput,
  apply,
  command,
  drained,
  framework,
  frameworkId,
  reregistered,
  told,
} from './support/universe-agent.ts'
import { memory } from './support/universe-agent-returns.ts'

const effects = ['launchExecutor', 'destroyExecutor', 'createVolumes', 'destroyVolumes']
const executor = 'executor/a/m-0000/T1'

function started(left: AgentMemory = nothing, bootId = 'boot 1'): Stage {
  return new Stage(agentMachine, { ...agentInput, memory: left, bootId }, effects)
}

const nothing: AgentMemory = { frameworks: [], executors: [], tasks: [] }

/** What lies in the storage, going by the keys that the agent wanted kept. */
function keptBy(stage: Stage): AgentMemory {
  const { book } = stage
  const records = new Map<string, unknown>()
  for (const key of stage.kept) {
    const record = agentRecord(book, key)
    if (record === undefined) records.delete(key)
    else records.set(key, JSON.parse(JSON.stringify(record)))
  }
  const damages: string[] = []
  const read = agentMemoryOf(records, damages)
  expect(damages).toEqual([])
  return read
}

function taskIn(stage: Stage, taskId: string): AgentTask | undefined {
  const book: AgentBook = stage.book
  return book.frameworks.get(frameworkId)?.tasks.get(taskId)
}

function update(state: string) {
  const status = { taskId: 'T1', state, uuid: `U-${state}`, timestampMs: 0, source: 'EXECUTOR' }
  const updates = [status]
  return { type: 'task.update', from: executor, frameworkId, executorId: 'T1', updates }
}

const registers = {
  type: 'lifecycle.registerExecutor',
  from: executor,
  frameworkId,
  executorId: 'T1',
  unacknowledgedUpdates: [],
}

function working(): Stage {
  return started().tell(told.registered, told.launch, registers, update('TASK_RUNNING'))
}

function acknowledge(uuid: string) {
  const acknowledgements = [{ taskId: 'T1', uuid }]
  return { type: 'task.acknowledge', from: 'master', frameworkId, acknowledgements }
}

describe('Agent: what it keeps for its next life', () => {
  test('its id, its cluster and what runs on it, with the updates that nobody acknowledged', () => {
    const stage = started().tell({ ...told.registered, clusterId: 'C' })
    stage.tell(told.launch, registers, update('TASK_RUNNING'))
    const { agent, frameworks, executors, tasks } = keptBy(stage)
    expect(agent).toMatchObject({ agentId, clusterId: 'C', bootId: 'boot 1' })
    expect(frameworks).toEqual([{ frameworkId, info: framework }])
    expect(executors).toMatchObject([{ executorId: 'T1', kind: 'COMMAND', address: executor }])
    expect(tasks).toMatchObject([
      { executorId: 'T1', state: 'TASK_RUNNING', queue: [{ uuid: 'U-TASK_RUNNING' }] },
    ])
  })

  test('what its scheduler heard of a task, where somebody can ask for that', () => {
    const info = { ...agentInput.info, endpoint: { ip: '127.0.0.1', port: 5051 } }
    const input = { ...agentInput, info, memory: nothing, bootId: 'boot 1' }
    const stage = new Stage(agentMachine, input, effects)
    stage.tell(told.registered, told.launch, registers, update('TASK_RUNNING'))
    stage.tell(acknowledge('U-TASK_RUNNING'))
    const heard = [{ state: 'TASK_RUNNING', uuid: 'U-TASK_RUNNING' }]
    const left = keptBy(stage)
    expect(left.tasks).toMatchObject([{ queue: [], acknowledged: heard }])
    const next = new Stage(agentMachine, { ...input, memory: left }, effects)
    expect(taskIn(next, 'T1')?.updates.acknowledged).toMatchObject(heard)
    const tried = next.advance(60_000).hear('lifecycle.reregisterAgent').at(-1)
    expect(tried?.tasks).toMatchObject([{ state: 'TASK_RUNNING', statuses: heard }])
  })

  test('nothing of a task whose end was acknowledged', () => {
    const stage = working().tell(acknowledge('U-TASK_RUNNING'), update('TASK_FINISHED'))
    expect(keptBy(stage).tasks).toMatchObject([{ state: 'TASK_FINISHED' }])
    stage.tell(
      { type: 'lifecycle.exited', from: 'host', address: executor, reason: 'done' },
      acknowledge('U-TASK_FINISHED'),
    )
    expect(keptBy(stage)).toMatchObject({ frameworks: [], executors: [], tasks: [] })
  })

  test('its resources as operations have made them', () => {
    const stage = started().tell(told.registered)
    stage.tell(apply({ type: 'RESERVE', resources: { 'disk(one,)': 5 } }))
    expect(keptBy(stage).agent?.resources).toEqual({ cpus: 2, mem: 64, 'disk(one,)': 5 })
    expect(started(keptBy(stage)).book.resources).toEqual(stage.book.resources)
  })

  test('its id when it has left; as another one than it was it begins anew', () => {
    const stage = started().tell(told.registered, { type: 'agent.stop' })
    const memory = keptBy(stage)
    expect(started(memory).book.id).toBe(stage.book.id)
    const { agent } = memory
    expect(agent).toMatchObject({ hasLeft: true })
    const bigger = agent && { ...agent, info: { ...agent.info, resources: { cpus: 9 } } }
    expect(started({ ...memory, ...(bigger && { agent: bigger }) }).book.id).toBeUndefined()
  })

  test('on which terms it is drained, until nothing is left', () => {
    const stage = working().tell({ ...drained, maxGracePeriodMs: 5, markGone: true })
    expect(keptBy(stage).agent?.drain).toMatchObject({ maxGracePeriodMs: 5, markGone: true })
    const ends = ['TASK_RUNNING', 'TASK_KILLED'].map((state) => acknowledge(`U-${state}`))
    stage.tell(update('TASK_KILLED'), ...ends)
    expect(keptBy(stage).agent).not.toHaveProperty('drain')
    stage.tell(drained)
    expect(keptBy(stage).agent).not.toHaveProperty('drain')
  })

  test('nothing of a framework that need not outlive it', () => {
    const launch = { ...told.launch, framework: { ...framework, checkpoint: false } }
    const stage = started().tell(told.registered, launch, registers, update('TASK_RUNNING'))
    expect(new Set(stage.kept)).toEqual(new Set(['agent']))
  })

  test('nothing when there is nowhere to keep it', () => {
    const stage = new Stage(agentMachine, agentInput, effects).tell(told.registered, told.launch)
    expect(stage.kept).toEqual([])
  })
})

describe('Agent: its second life', () => {
  test('asks for the executors of commands again, with their tasks, before it registers', () => {
    const stage = started(keptBy(working())).advance(0)
    expect(stage.done).toMatchObject([
      {
        type: 'launchExecutor',
        params: {
          address: executor,
          recovered: [{ task: { taskId: 'T1' }, state: 'TASK_RUNNING' }],
        },
      },
    ])
    expect(stage.said).toEqual([])
    expect(stage.state).toBe('registering')
  })

  test('comes back under its id with its tasks, and says again what nobody acknowledged', () => {
    const stage = started(keptBy(working())).advance(10_000)
    expect(stage.said[0]?.message).toMatchObject({
      type: 'lifecycle.reregisterAgent',
      agentId,
      tasks: [{ task: { taskId: 'T1' }, state: 'TASK_RUNNING' }],
    })
    stage.said.length = 0
    stage.tell(reregistered())
    expect(stage.said.map(({ message }) => message)).toMatchObject([
      { type: 'task.update', updates: [{ status: { uuid: 'U-TASK_RUNNING' } }] },
    ])
  })

  test('takes what its executor saw meanwhile as if nothing had happened', () => {
    const stage = started(keptBy(working())).advance(10_000).tell(reregistered(), registers)
    stage.tell(acknowledge('U-TASK_RUNNING'))
    stage.said.length = 0
    stage.tell(update('TASK_FINISHED'))
    expect(stage.said.map(({ message }) => message.type)).toEqual([
      'task.acknowledge',
      'task.update',
    ])
  })

  test('goes on being drained: what ends now ends because of that', () => {
    const left = keptBy(working().tell({ ...drained, markGone: true }))
    const stage = started(left).tell({ ...registers }, update('TASK_KILLED'), reregistered())
    stage.tell(acknowledge('U-TASK_RUNNING'))
    expect(stage.hear('task.update').at(-1)?.updates[0]).toMatchObject({
      status: { state: 'TASK_GONE_BY_OPERATOR', reason: 'AGENT_DRAINING' },
    })
  })

  test('says of calls inside its own process that they are gone', () => {
    const stage = started(memory).advance(10_000).tell(reregistered())
    const message = 'the task is gone: it was inside the process of its agent, which ended'
    expect(stage.said.map((said) => said.message)).toContainEqual(
      expect.objectContaining({
        type: 'task.update',
        updates: [
          expect.objectContaining({
            status: expect.objectContaining({ taskId: 'T2', state: 'TASK_GONE', message }),
          }),
        ],
      }),
    )
  })

  test('says after the machine was started anew that all is gone, and looks for nothing', () => {
    const stage = started(memory, 'boot 2').advance(10_000).tell(reregistered())
    expect(stage.done).toEqual([])
    expect([taskIn(stage, 'T1')?.state, taskIn(stage, 'T2')?.state]).toEqual([
      'TASK_GONE',
      'TASK_GONE',
    ])
    expect(keptBy(stage).agent?.bootId).toBe('boot 2')
  })

  test('says of a task whose executor it does not know that it is gone', () => {
    const stage = started({ ...memory, executors: [] }).advance(0)
    expect(taskIn(stage, 'T1')?.state).toBe('TASK_GONE')
  })

  test('ends what belongs to a framework that did not want to outlive it', () => {
    const mortal = { ...framework, checkpoint: false }
    const stage = started({ ...memory, frameworks: [{ frameworkId, info: mortal }] }).advance(0)
    stage.tell(registers)
    expect(stage.said.map(({ message }) => message.type)).toEqual(['lifecycle.shutdownExecutor'])
    expect(stage.book.frameworks.get(frameworkId)?.tasks.size).toBe(0)
  })

  test('says so when it drops a task because what that framework left is still being ended', () => {
    const mortal = { ...framework, checkpoint: false }
    const stage = started({ ...memory, frameworks: [{ frameworkId, info: mortal }] }).advance(0)
    stage.tell(registers, reregistered())
    stage.tell({ ...told.launch, framework: mortal, tasks: [{ ...command, taskId: 'T3' }] })
    const [update] = stage.hear('task.update')
    expect(update?.updates).toMatchObject([{ status: { taskId: 'T3', state: 'TASK_DROPPED' } }])
  })

  test('is a first life when nothing was kept', () => {
    const stage = started().advance(10_000)
    expect(stage.said[0]?.message.type).toBe('lifecycle.registerAgent')
  })
})
