import { describe, expect, test } from 'vitest'
import { executorMachine } from '../../src/machines/executor.ts'
import type { TaskState, TaskStatus } from '../../src/messages/index.ts'
import { Stage } from './support/stage.ts'
import {
  command,
  executorInput,
  grouped,
  observed,
  recovered,
  registered,
  shared,
  single,
} from './support/universe-executor.ts'
import { coverWith } from './support/world.ts'

const from = 'agent/a'
const started = { type: 'run.started', runs: [{ taskId: 'T1' }] }
const exited = { type: 'run.exited', runs: [{ taskId: 'T1', succeeded: true, launched: true }] }
const launch = { type: 'task.launch', from, tasks: [command] }
const kill = { type: 'task.kill', from, kills: [{ taskId: 'T1' }] }

function created(): Stage {
  return new Stage(executorMachine, executorInput, ['startRun', 'resumeRun', 'stopRun', 'checkRun'])
}

/** An executor whose task runs. */
function running(changes: Partial<typeof command> = {}): Stage {
  const launch = { type: 'task.launch', from, tasks: [{ ...command, ...changes }] }
  return created().tell(registered, launch, started)
}

/** The agent has everything that was reported so far. */
function acknowledged(stage: Stage): Stage {
  const statuses: TaskStatus[] = [...stage.book.unacknowledged.values()].flat()
  const acknowledgements = statuses.map(({ taskId, uuid }) => ({ taskId, uuid }))
  return stage.tell({ type: 'task.acknowledge', from, acknowledgements })
}

/** What was asked of the runner, and when. */
function asked(stage: Stage): unknown[] {
  return stage.done.splice(0).map(({ at, type, params }) => {
    const how = typeof params === 'object' && params !== null && 'how' in params ? params.how : ''
    return `${at} ${type} ${how}`.trim()
  })
}

/** The states that were reported since the last look. */
function states(stage: Stage): string[] {
  return stage.statuses().map(({ state }) => state)
}

describe('Executor: in every state of small worlds', () => {
  test('nothing it is told makes it fail, and each transition is taken', () => {
    const walked = coverWith(executorMachine, { single, observed, shared, grouped, recovered })
    expect(walked.single).toBeGreaterThan(500)
    expect(walked.observed).toBeGreaterThan(100)
    expect(walked.shared).toBeGreaterThan(500)
    expect(walked.recovered).toBeGreaterThan(20)
  })
})

describe('Executor: timers', () => {
  test('it tells its agent that it is ready every second, until it is answered', () => {
    const stage = created().advance(2_500)
    expect(stage.times('lifecycle.registerExecutor')).toEqual([0, 1_000, 2_000])
    stage.tell(registered).advance(10_000)
    expect(stage.times('lifecycle.registerExecutor')).toHaveLength(3)
  })

  test('a task that does not end within 3 s of a kill is forced', () => {
    const stage = running()
    asked(stage)
    stage.advance(1_000).tell(kill).advance(3_000)
    expect(asked(stage)).toEqual(['1000 stopRun terminate', '4000 stopRun kill'])
  })

  test('a task that ends in time is not forced', () => {
    const stage = acknowledged(running())
    asked(stage)
    stage.heard()
    acknowledged(acknowledged(stage.tell(kill)).advance(2_999).tell(exited)).advance(60_000)
    expect(asked(stage)).toEqual(['0 stopRun terminate'])
    expect(states(stage)).toEqual(['TASK_KILLING', 'TASK_KILLED'])
  })

  test('a later kill shortens the grace period, and never lengthens it', () => {
    const within = (gracePeriodMs: number) => ({
      ...kill,
      kills: [{ taskId: 'T1', killPolicy: { gracePeriodMs } }],
    })
    const shortened = running().tell(kill).advance(500).tell(within(1_000)).advance(10_000)
    expect(asked(shortened).at(-1)).toBe('1000 stopRun kill')
    const overdue = running().tell(kill).advance(500).tell(within(100)).advance(0)
    expect(asked(overdue).at(-1)).toBe('500 stopRun kill')
    const lengthened = running().tell(kill).advance(500).tell(within(9_000)).advance(10_000)
    expect(asked(lengthened).at(-1)).toBe('3000 stopRun kill')
  })

  test('a task that takes longer than it may is forced without grace, and has failed', () => {
    const stage = acknowledged(running())
    stage.heard()
    stage.advance(59_999)
    expect(asked(stage)).not.toContain('60000 stopRun kill')
    stage.advance(1)
    expect(asked(stage)).toEqual(['60000 stopRun kill'])
    stage.tell({ ...exited, runs: [{ taskId: 'T1', succeeded: false, launched: true }] })
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ state: 'TASK_FAILED', reason: 'MAX_COMPLETION_TIME_REACHED' }] },
    ])
  })

  test('a completion time of zero is none', () => {
    const stage = running({ maxCompletionTimeMs: 0 }).advance(100_000)
    expect(asked(stage)).not.toContain('0 stopRun kill')
  })

  test('of a command that wants files nothing is told before they are there', () => {
    const wanting = { command: { value: 'true', carried: { uris: [{ value: '/a' }] } } }
    const fetching = created().tell(registered, {
      ...launch,
      tasks: [{ ...command, ...wanting }],
    })
    expect(states(fetching)).toEqual([])
    expect(states(fetching.tell(started))).toContain('TASK_STARTING')
    expect(states(running(wanting))).toContain('TASK_RUNNING')
    const lost = { taskId: 'T1', succeeded: false, launched: false, prepared: false }
    const failed = created().tell(
      registered,
      { ...launch, tasks: [{ ...command, ...wanting }] },
      { type: 'run.exited', runs: [lost] },
    )
    expect(failed.statuses()).toMatchObject([
      { state: 'TASK_FAILED', source: 'AGENT', reason: 'CONTAINER_LAUNCH_FAILED' },
    ])
  })

  test('a health check is made after 15 s, and again 10 s after each result', () => {
    const stage = running()
    asked(stage)
    const healthy = { type: 'run.checked', runs: [{ taskId: 'T1', healthy: true }] }
    stage.advance(15_000).advance(1_000).tell(healthy).advance(20_000)
    expect(asked(stage)).toEqual(['15000 checkRun', '26000 checkRun'])
  })

  test('a task without health check or time limit starts no timer', () => {
    const { healthCheck: _, maxCompletionTimeMs: __, ...plain } = command
    const launch = { type: 'task.launch', from, tasks: [plain] }
    const stage = created().tell(registered, launch, started)
    asked(stage)
    stage.advance(3_600_000)
    expect(asked(stage)).toEqual([])
  })
})

describe('Executor: what its agent does not acknowledge', () => {
  test('goes along with the next state of the task, so that states arrive in order', () => {
    const stage = created().tell(registered, launch)
    expect(states(stage)).toEqual(['TASK_STARTING'])
    stage.tell(started)
    expect(states(stage)).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
    acknowledged(stage).tell(exited)
    expect(states(stage)).toEqual(['TASK_FINISHED'])
  })

  test('is said again after 10 s, with the same uuids, until it is acknowledged', () => {
    const stage = running()
    const first = stage.statuses().map(({ uuid }) => uuid)
    stage.advance(9_999)
    expect(stage.statuses()).toEqual([])
    stage.advance(1)
    expect(stage.statuses().map(({ uuid }) => uuid)).toEqual(first.slice(-2))
    acknowledged(stage).advance(30_000)
    expect(stage.statuses()).toEqual([])
  })

  test('is handed over when it registers again', () => {
    const stage = created().tell(launch)
    stage.heard()
    stage.advance(1_000)
    expect(stage.hear('lifecycle.registerExecutor')).toMatchObject([
      { unacknowledgedUpdates: [{ state: 'TASK_STARTING' }] },
    ])
  })
})

describe('Executor: its only task', () => {
  test('that exits well after a kill was killed all the same', () => {
    const stage = running().tell(kill, exited)
    expect(states(stage).at(-1)).toBe('TASK_KILLED')
  })

  test('fails too many checks in a row: it is killed', () => {
    const sick = { type: 'run.checked', runs: [{ taskId: 'T1', healthy: false, message: 'no' }] }
    const stage = acknowledged(running()).advance(15_000).tell(sick)
    asked(stage)
    acknowledged(stage.advance(10_000).tell(sick))
    expect(asked(stage)).toEqual(['25000 checkRun', '25000 stopRun terminate'])
    stage.heard()
    stage.tell(exited)
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ state: 'TASK_KILLED', healthy: false }] },
    ])
  })

  test('ended and is reported: the executor ends when its agent has every update', () => {
    const stage = running().tell(exited)
    expect(stage.state).toBe('registered')
    acknowledged(stage)
    expect(stage.state).toBe('terminated')
  })
})

describe('Executor: the process of its agent was started anew', () => {
  /** An executor whose task was in this state when that happened. */
  function recoveredIn(state: TaskState): Stage {
    const recovered = [{ task: command, state }]
    const effects = ['startRun', 'resumeRun', 'stopRun', 'checkRun']
    return new Stage(executorMachine, { ...executorInput, recovered }, effects)
  }
  const goesOn = { type: 'run.started', runs: [{ taskId: 'T1', startedAtMs: -40_000 }] }

  test('a task that had not been told to run does so now; nothing is started', () => {
    const stage = recoveredIn('TASK_STARTING').tell(registered)
    expect(asked(stage)).toEqual(['0 resumeRun'])
    expect(stage.times('lifecycle.registerExecutor')).toEqual([0])
    stage.tell(started, launch)
    expect(states(stage)).toEqual(['TASK_RUNNING'])
    expect(asked(stage)).toEqual([])
  })

  test('a task that ran runs on, and only its end is told', () => {
    const stage = recoveredIn('TASK_RUNNING').tell(registered, goesOn)
    expect(states(stage)).toEqual([])
    stage.tell(exited)
    expect(states(stage)).toEqual(['TASK_FINISHED'])
    expect(acknowledged(stage).state).toBe('terminated')
  })

  test('a task that was being killed is asked again, and its end is a kill', () => {
    const stage = recoveredIn('TASK_KILLING').tell(registered)
    expect(asked(stage)).toEqual(['0 resumeRun', '0 stopRun terminate'])
    stage.tell(goesOn).advance(3_000)
    expect(asked(stage)).toEqual(['3000 stopRun kill'])
    stage.tell({ ...exited, runs: [{ taskId: 'T1', succeeded: false, launched: true }] })
    expect(states(stage)).toEqual(['TASK_KILLED'])
  })

  test('a task that was asked to end before goes on ending, for the same reason', () => {
    const stage = recoveredIn('TASK_RUNNING').tell(registered)
    asked(stage)
    const runs = [{ taskId: 'T1', startedAtMs: 0, stopped: 'unhealthy' }]
    stage.tell({ type: 'run.started', runs }).advance(3_000)
    expect(asked(stage)).toEqual(['0 stopRun terminate', '3000 stopRun kill'])
    stage.tell({ ...exited, runs: [{ taskId: 'T1', succeeded: false, launched: true }] })
    expect(stage.hear('task.update')).toMatchObject([
      { updates: [{ state: 'TASK_KILLED', healthy: false }] },
    ])
  })

  test('a task that was killed before and has ended meanwhile was killed', () => {
    const stage = recoveredIn('TASK_RUNNING').tell(registered)
    const runs = [{ taskId: 'T1', succeeded: false, launched: true, stopped: 'killed' }]
    stage.tell({ type: 'run.exited', runs })
    expect(states(stage)).toEqual(['TASK_KILLED'])
  })

  test('its time limit and its health checks count from when it began', () => {
    const stage = recoveredIn('TASK_RUNNING').tell(registered)
    asked(stage)
    stage.tell(goesOn).advance(19_999)
    expect(asked(stage)).toEqual(['0 checkRun'])
    stage.advance(1)
    expect(asked(stage)).toEqual(['20000 stopRun kill'])
  })
})
