import { describe, expect, test } from 'vitest'
import { executorMachine } from '../../src/machines/executor.ts'
import type { Check, CheckStatus, TaskInfo, TaskStatus } from '../../src/messages/index.ts'
import { Stage } from './support/stage.ts'
import { command, executorInput, registered } from './support/universe-executor.ts'

const effects = ['startRun', 'resumeRun', 'stopRun', 'checkRun', 'observeRun']
const check: Check = { type: 'COMMAND', command: { value: 'true' } }

function running(changes: Partial<TaskInfo> = {}): Stage {
  const { healthCheck: _, ...plain } = command
  const tasks = [{ ...plain, check, ...changes }]
  const launch = { type: 'task.launch', from: 'agent/a', tasks }
  const stage = new Stage(executorMachine, executorInput, effects)
  return stage.tell(registered, launch, { type: 'run.started', runs: [{ taskId: 'T1' }] })
}

function found(checkStatus: CheckStatus) {
  return { type: 'run.statusChecked', runs: [{ taskId: 'T1', checkStatus }] }
}

function asked(stage: Stage): string[] {
  return stage.done.splice(0).map(({ at, type }) => `${at} ${type}`)
}

/** What was told so far; what is not acknowledged is repeated with each update. */
function statuses(stage: Stage): TaskStatus[] {
  return [...new Map(stage.statuses().map((status) => [status.uuid, status])).values()]
}

/** What was told of the check, with the reason. */
function told(stage: Stage): unknown[] {
  return statuses(stage).map(({ state, reason, checkStatus }) => ({ state, reason, checkStatus }))
}

const empty = { type: 'COMMAND' }

describe('Executor: a check that is only told', () => {
  test('is made after 15 s, and again 10 s after each result', () => {
    const stage = running()
    asked(stage)
    stage
      .advance(15_000)
      .advance(1_000)
      .tell(found({ type: 'COMMAND', exitCode: 0 }))
    stage.advance(20_000)
    expect(asked(stage)).toEqual(['15000 observeRun', '26000 observeRun'])
  })

  test('has its own times, beside those of the health check', () => {
    const { healthCheck } = command
    const own = { ...check, delayMs: 0, intervalMs: 2_000 }
    const stage = running({ check: own, ...(healthCheck && { healthCheck }) })
    stage
      .tell(found({ type: 'COMMAND' }))
      .advance(2_000)
      .advance(20_000)
    expect(asked(stage)).toEqual([
      '0 startRun',
      '0 observeRun',
      '2000 observeRun',
      '15000 checkRun',
    ])
  })

  test('every status says that there is one; a result is told when it is another one', () => {
    const stage = running()
    const results: CheckStatus[] = [
      { type: 'COMMAND' },
      { type: 'COMMAND', exitCode: 0 },
      { type: 'COMMAND', exitCode: 0 },
      { type: 'COMMAND', exitCode: 1 },
      { type: 'COMMAND' },
    ]
    for (const result of results) stage.tell(found(result))
    const reason = 'TASK_CHECK_STATUS_UPDATED'
    expect(told(stage)).toEqual([
      { state: 'TASK_STARTING', checkStatus: empty },
      { state: 'TASK_RUNNING', checkStatus: empty },
      { state: 'TASK_RUNNING', reason, checkStatus: { type: 'COMMAND', exitCode: 0 } },
      { state: 'TASK_RUNNING', reason, checkStatus: { type: 'COMMAND', exitCode: 1 } },
      { state: 'TASK_RUNNING', reason, checkStatus: empty },
    ])
  })

  test('goes along with what health checks tell, and the other way round', () => {
    const { healthCheck } = command
    const stage = running(healthCheck && { healthCheck })
    const checked = { type: 'run.checked', runs: [{ taskId: 'T1', healthy: true }] }
    stage.tell(found({ type: 'COMMAND', exitCode: 3 }), checked)
    stage.tell(found({ type: 'COMMAND', exitCode: 4 }))
    expect(statuses(stage).slice(3)).toMatchObject([
      { healthy: true, checkStatus: { exitCode: 3 } },
      { healthy: true, checkStatus: { exitCode: 4 } },
    ])
  })

  test('never ends a task; the end of the task says nothing of the last result', () => {
    const stage = running()
    for (let code = 1; code < 9; code++) stage.tell(found({ type: 'COMMAND', exitCode: code }))
    const exit = { taskId: 'T1', succeeded: true, launched: true }
    stage.statuses()
    stage.tell({ type: 'run.exited', runs: [exit] }, found({ type: 'COMMAND', exitCode: 9 }))
    expect(told(stage).at(-1)).toEqual({ state: 'TASK_FINISHED', checkStatus: empty })
  })
})
