import { describe, expect, test } from 'vitest'
import { executorMachine } from '../../src/machines/executor.ts'
import type { TaskStatus } from '../../src/messages/index.ts'
import { Stage } from './support/stage.ts'
import { command, executorInput, registered } from './support/universe-executor.ts'

const from = 'agent/a'
const effects = ['startRun', 'resumeRun', 'stopRun', 'checkRun']
const { healthCheck, maxCompletionTimeMs: _, ...plain } = command
const member = (taskId: string) => ({ ...plain, taskId, name: taskId })
const launchGroup = (...taskIds: string[]) => ({
  type: 'task.launchGroup',
  from,
  tasks: taskIds.map(member),
})
const started = (...taskIds: string[]) => ({
  type: 'run.started',
  runs: taskIds.map((taskId) => ({ taskId })),
})
const exited = (taskId: string, succeeded = true) => ({
  type: 'run.exited',
  runs: [{ taskId, succeeded, launched: true }],
})

/** An executor of groups in which these tasks run together. */
function running(...taskIds: string[]): Stage {
  const stage = new Stage(executorMachine, { ...executorInput, executorId: 'pod' }, effects)
  return stage.tell(registered, launchGroup(...taskIds), started(...taskIds))
}

function acknowledged(stage: Stage): Stage {
  const statuses: TaskStatus[] = [...stage.book.unacknowledged.values()].flat()
  const acknowledgements = statuses.map(({ taskId, uuid }) => ({ taskId, uuid }))
  return stage.tell({ type: 'task.acknowledge', from, acknowledgements })
}

/** Of which tasks the runner was asked to end the work. */
function stopped(stage: Stage): string[] {
  return stage.done.flatMap(({ params }) =>
    typeof params === 'object' && params !== null && 'taskId' in params && 'how' in params
      ? [`${params.how} ${params.taskId}`]
      : [],
  )
}

describe('Executor: a group of tasks', () => {
  test('one that finishes leaves the others alone', () => {
    expect(stopped(running('T1', 'T2').tell(exited('T1')))).toEqual([])
  })

  test('one that fails takes the others with it, which end killed', () => {
    const stage = running('T1', 'T2', 'T3').tell(exited('T2', false))
    expect(stopped(stage)).toEqual(['terminate T1', 'terminate T3'])
    stage.statuses()
    stage.tell(exited('T1', false))
    expect(stage.statuses().at(-1)).toMatchObject({ taskId: 'T1', state: 'TASK_KILLED' })
  })

  test('the others get the usual grace, whatever their own is', () => {
    const patient = { ...member('T1'), killPolicy: { gracePeriodMs: 60_000 } }
    const stage = new Stage(executorMachine, { ...executorInput, executorId: 'pod' }, effects)
    const group = { type: 'task.launchGroup', from, tasks: [patient, member('T2')] }
    stage.tell(registered, group, started('T1', 'T2'), exited('T2', false)).advance(3_000)
    expect(stopped(stage)).toEqual(['terminate T1', 'kill T1'])
  })

  test('one that is ended as unhealthy takes the others with it, which are told so, too', () => {
    const sick = { ...member('T1'), ...(healthCheck && { healthCheck }) }
    const stage = new Stage(executorMachine, { ...executorInput, executorId: 'pod' }, effects)
    const group = { type: 'task.launchGroup', from, tasks: [sick, member('T2')] }
    stage.tell(registered, group, started('T1', 'T2')).advance(60_000)
    const checked = { type: 'run.checked', runs: [{ taskId: 'T1', healthy: false }] }
    stage.tell(checked, checked, exited('T1', false), exited('T2', false))
    expect(stage.statuses().at(-1)).toMatchObject({
      taskId: 'T2',
      state: 'TASK_KILLED',
      healthy: false,
    })
  })

  test('one that is killed takes the others with it', () => {
    const stage = running('T1', 'T2')
    stage.tell({ type: 'task.kill', from, kills: [{ taskId: 'T1' }] })
    expect(stopped(stage)).toEqual(['terminate T1'])
    stage.tell(exited('T1', false))
    expect(stopped(stage)).toEqual(['terminate T1', 'terminate T2'])
  })

  test('another group in the same executor is none of its business', () => {
    const stage = running('T1', 'T2').tell(launchGroup('T4'), started('T4'))
    expect(stopped(stage.tell(exited('T1', false)))).toEqual(['terminate T2'])
  })

  test('a group that was taken up again still belongs together', () => {
    const recovered = ['T1', 'T2'].map((taskId) => ({
      task: member(taskId),
      state: 'TASK_RUNNING',
      group: 'T1',
    }))
    const stage = new Stage(executorMachine, { ...executorInput, recovered }, effects)
    stage.tell(registered, started('T1', 'T2'), exited('T2', false))
    expect(stopped(stage)).toEqual(['terminate T1'])
  })

  test('the executor ends when the last task has ended and the agent has all that it reported', () => {
    const stage = acknowledged(running('T1', 'T2').tell(exited('T1')))
    expect(stage.state).toBe('registered')
    stage.tell(exited('T2'))
    expect(stage.state).toBe('registered')
    expect(acknowledged(stage).state).toBe('terminated')
  })
})
