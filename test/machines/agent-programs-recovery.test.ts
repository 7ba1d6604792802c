import { describe, expect, test } from 'vitest'
import { agentMachine } from '../../src/machines/agent.ts'
import type { AgentMemory } from '../../src/messages/records.ts'
import { agentRecord } from '../../src/model/agent/keep.ts'
import { Stage } from './support/stage.ts'
import { effects, podAddress, prog, reported, update, working } from './support/told-programs.ts'
import { command, framework, frameworkId, reregistered, told } from './support/universe-agent.ts'
import {
  exits,
  pod,
  program,
  programInput,
  programMemory,
  registers,
} from './support/universe-agent-programs.ts'

describe('Agent: its second life, with programs', () => {
  const started = (memory: AgentMemory = programMemory) =>
    new Stage(agentMachine, { ...programInput, memory, bootId: 'boot 1' }, effects)

  test('asks for programs and groups again, and reports them to its master', () => {
    const stage = started().advance(1_500)
    expect(stage.done).toMatchObject([
      { params: { kind: 'CUSTOM', containerId: 'C', program: { info: program } } },
      { params: { kind: 'DEFAULT', recovered: [{ group: 'G1', state: 'TASK_RUNNING' }] } },
    ])
    expect(stage.hear('lifecycle.reregisterAgent')[0]?.executors).toEqual([
      { frameworkId, executor: program },
      { frameworkId, executor: pod },
    ])
  })

  test('the tasks of a group keep the containers that they were told to be in', () => {
    const tasks = programMemory.tasks.map((task) => ({ ...task, containerId: 'N' }))
    const stage = started({ ...programMemory, tasks }).advance(1_500)
    stage.tell(reregistered(), registers('pod'))
    const ended = { ...update('TASK_FINISHED', { taskId: 'G1' }), executorId: 'pod' }
    stage.tell({ ...ended, from: podAddress })
    expect(reported(stage).at(-1)).toMatchObject({
      taskId: 'G1',
      carried: { container_status: { container_id: { value: 'N' } } },
    })
    expect(agentRecord(stage.book, `task/${frameworkId}/G1`)).toMatchObject({ containerId: 'N' })
  })

  test('a program without tasks lives on; an executor of groups does not', () => {
    const stage = started({ ...programMemory, tasks: [] }).advance(0)
    expect(stage.done).toMatchObject([{ params: { kind: 'CUSTOM' } }])
  })

  test('a program that is not back within 2 s is destroyed, and its tasks are gone', () => {
    const stage = started().advance(0).tell(registers('pod')).advance(1_999)
    expect(stage.done).toHaveLength(2)
    stage.advance(1).tell(exits('prog', 9), reregistered())
    expect(stage.done.at(-1)).toMatchObject({ type: 'destroyExecutor', params: { address: prog } })
    expect(reported(stage)).toMatchObject([
      { taskId: 'C1', state: 'TASK_GONE', reason: 'EXECUTOR_REREGISTRATION_TIMEOUT' },
    ])
  })

  test('one that died meanwhile has failed', () => {
    const stage = started().advance(0).tell(exits('prog', 256), reregistered())
    expect(reported(stage)).toMatchObject([
      { taskId: 'C1', state: 'TASK_FAILED', reason: 'EXECUTOR_TERMINATED' },
    ])
  })

  test('a program of a framework that did not want to outlive it is not asked for again', () => {
    const mortal = { ...framework, checkpoint: false }
    const frameworks = [{ frameworkId, info: mortal }]
    const stage = started({ ...programMemory, frameworks }).advance(0)
    expect(stage.done).toMatchObject([{ params: { kind: 'DEFAULT' } }])
  })

  test('a command may not take the name of a program that lives', () => {
    const stage = working().tell({ ...told.launch, tasks: [{ ...command, taskId: 'prog' }] })
    expect(reported(stage).at(-1)).toMatchObject({ taskId: 'prog', reason: 'TASK_INVALID' })
  })
})
