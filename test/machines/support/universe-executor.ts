import { type ExecutorEvent, executorMachine } from '../../../src/machines/executor.ts'
import type { FrameworkInfo, TaskInfo } from '../../../src/messages/index.ts'
import type { ExecutorBook, ExecutorOptions } from '../../../src/model/executor/book.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'
import { type Unheard, unheard, type World } from './world.ts'

/** The executor of one command with health checks, and one that is shared by two calls. */

type Told = ExecutorEvent | Unheard

const agent = { from: 'agent/a' } as const

export const executorInput: ExecutorOptions = {
  agent: 'agent/a',
  frameworkId: 'F',
  executorId: 'T1',
  endsWithTasks: true,
  instance: '11111111-2222-4333-8444-000000000000',
  timeouts: defaultTimeouts,
}
export const framework: FrameworkInfo = {
  name: 'one',
  roles: ['one'],
  capabilities: ['TASK_KILLING_STATE'],
}
export const command: TaskInfo = {
  taskId: 'T1',
  name: 'T1',
  agentId: 'S',
  resources: { cpus: 1 },
  command: { value: 'true' },
  maxCompletionTimeMs: 60_000,
  healthCheck: {
    type: 'COMMAND',
    command: { value: 'true' },
    consecutiveFailures: 2,
    gracePeriodMs: 10_000,
  },
}
const call = (taskId: string): TaskInfo => ({
  taskId,
  name: taskId,
  agentId: 'S',
  resources: { cpus: 1 },
  executor: { executorId: 'functions', type: 'FUNCTION' },
})

const member = (taskId: string): TaskInfo => ({ ...command, taskId, name: taskId })

export const registered: ExecutorEvent = {
  type: 'lifecycle.executorRegistered',
  ...agent,
  agentId: 'S',
  frameworkId: 'F',
  executorId: 'T1',
  framework,
}

function world(input: ExecutorOptions, events: World<ExecutorBook, Told>['events']) {
  return {
    machine: executorMachine,
    input,
    omitted: ['timeouts', 'explorable', 'task', 'framework', 'timestampMs', 'retrying'],
    problems: problemsOf,
    events,
  } satisfies World<ExecutorBook, Told>
}

/** From the launch of a command to its end, whichever it is. */
export const single = world(executorInput, (book, snapshot) => [
  registered,
  ...when(snapshot.matches('registering'), { type: 'registration.due' }),
  ...when(!snapshot.matches('terminating') && book.sequence === 0, launch(command)),
  ...when(snapshot.matches('terminating'), launch(command)),
  ...when(book.retrying && book.sequence === 1, { type: 'updates.retryDue', at: 60_000 }),
  ...aboutRuns(book),
  ...checks(book),
  { type: 'task.kill', ...agent, kills: [{ taskId: 'T1' }] },
  shutDown(5_000),
  ...acknowledgements(book),
  unheard,
])

/** A command whose check is only told. */
export const observed = world(executorInput, (book) => {
  const { healthCheck: _, maxCompletionTimeMs: __, ...rest } = command
  const task: TaskInfo = { ...rest, check: { type: 'TCP', tcp: { port: 80 } } }
  const found = (succeeded: boolean, taskId = 'T1'): ExecutorEvent => ({
    type: 'run.statusChecked',
    runs: [{ taskId, checkStatus: { type: 'TCP', succeeded } }],
  })
  return [
    registered,
    ...when(book.sequence === 0, launch(task)),
    ...aboutRuns(book),
    ...when(book.runs.get('T1')?.state === 'running', {
      type: 'run.statusCheckDue',
      taskId: 'T1',
    }),
    ...when(book.sequence < 5, found(true), found(false)),
    found(true, 'T9'),
    { type: 'run.statusCheckDue', taskId: 'T9' },
    { type: 'task.kill', ...agent, kills: [{ taskId: 'T1' }] },
    ...acknowledgements(book),
  ]
})

/** Two calls in one executor, which lives on when they end. */
export const shared = world(
  { ...executorInput, executorId: 'functions', endsWithTasks: false },
  (book, snapshot) => [
    ...when(!snapshot.matches('registered'), registered),
    ...when(
      snapshot.matches('registered') && book.sequence === 0 && book.runs.size === 0,
      launch(call('T2'), call('T3')),
    ),
    ...aboutRuns(book),
    { type: 'task.kill', ...agent, kills: [{ taskId: 'T9' }] },
    {
      type: 'task.kill',
      ...agent,
      kills: [{ taskId: 'T2', killPolicy: { gracePeriodMs: 1_000 } }],
    },
    shutDown(0),
    ...acknowledgements(book),
  ],
)

/** Two commands that belong together. */
export const grouped = world({ ...executorInput, executorId: 'pod' }, (book, snapshot) => [
  ...when(!snapshot.matches('registered'), registered),
  ...when(
    book.sequence === 0 || snapshot.matches('terminating'),
    launchGroup(member('T2'), member('T3')),
  ),
  ...[...book.runs.keys()].flatMap((taskId): ExecutorEvent[] => [
    { type: 'run.started', runs: [{ taskId }] },
    { type: 'run.exited', runs: [{ taskId, succeeded: taskId === 'T2', launched: true }] },
  ]),
  { type: 'task.kill', ...agent, kills: [{ taskId: 'T2' }] },
  { type: 'task.message', ...agent, data: '' },
  shutDown(0),
  ...acknowledgements(book),
])

/** An executor whose agent's process was started anew while its task ran. */
export const recovered = world(
  { ...executorInput, recovered: [{ task: command, state: 'TASK_RUNNING' }] },
  (book, snapshot) => [
    ...when(!snapshot.matches('registered'), registered),
    ...aboutRuns(book),
    { type: 'run.started', runs: [{ taskId: 'T1', startedAtMs: 0, stopped: 'unhealthy' }] },
    {
      type: 'run.exited',
      runs: [{ taskId: 'T1', succeeded: false, launched: true, stopped: 'killed' }],
    },
    { type: 'task.kill', ...agent, kills: [{ taskId: 'T1' }] },
    shutDown(0),
    ...acknowledgements(book),
  ],
)

function when(holds: boolean, ...events: ExecutorEvent[]): ExecutorEvent[] {
  return holds ? events : []
}

function launch(...tasks: TaskInfo[]): ExecutorEvent {
  return { type: 'task.launch', ...agent, tasks }
}

function launchGroup(...tasks: TaskInfo[]): ExecutorEvent {
  return { type: 'task.launchGroup', ...agent, tasks }
}

function shutDown(gracePeriodMs: number): ExecutorEvent {
  return { type: 'lifecycle.shutdownExecutor', ...agent, gracePeriodMs }
}

/** What the runner reports, with strange tasks; grace ends only for a run that is stopped. */
function aboutRuns(book: ExecutorBook): ExecutorEvent[] {
  const strange = { taskId: 'T9' }
  return [
    { type: 'run.exited', runs: [{ ...strange, succeeded: true, launched: true }] },
    ...[...book.runs.values()].flatMap(({ task: { taskId }, state }): ExecutorEvent[] => [
      { type: 'run.started', runs: [{ taskId, sandbox: 's' }, strange] },
      { type: 'run.exited', runs: [{ taskId, succeeded: true, launched: true, exitCode: 0 }] },
      { type: 'run.exited', runs: [{ taskId, succeeded: false, launched: false }] },
      ...when(state === 'stopping', { type: 'run.graceExpired', taskId }),
    ]),
  ]
}

/** Health checks and the time limit; results are told until the world has enough updates. */
function checks(book: ExecutorBook): ExecutorEvent[] {
  const runs = [
    { taskId: 'T1', healthy: false, message: 'exit 1' },
    { taskId: 'T9', healthy: true },
  ]
  return [
    ...when(
      book.runs.get('T1')?.state === 'running',
      { type: 'run.completionTimeReached', taskId: 'T1' },
      { type: 'run.checkDue', taskId: 'T1' },
    ),
    ...when(
      book.sequence < 5,
      { type: 'run.checked', runs: [{ taskId: 'T1', healthy: true }] },
      { type: 'run.checked', runs },
      { type: 'run.checked', runs, at: 60_000 },
    ),
    { type: 'run.checkDue', taskId: 'T9' },
    { type: 'run.graceExpired', taskId: 'T9' },
    { type: 'run.completionTimeReached', taskId: 'T9' },
  ]
}

/** The agent acknowledges everything so far at once, or something it made up. */
function acknowledgements(book: ExecutorBook): ExecutorEvent[] {
  const all = [...book.unacknowledged.values()]
    .flat()
    .map(({ taskId, uuid = '' }) => ({ taskId, uuid }))
  return [[{ taskId: 'T1', uuid: 'U-never' }], all]
    .filter((list) => list.length > 0)
    .map((acknowledgements) => ({ type: 'task.acknowledge', ...agent, acknowledgements }))
}

function problemsOf({ runs }: ExecutorBook): string[] {
  return [...runs.values()].flatMap(({ task, state, ending }) => {
    if (state === 'ended') return [`${task.taskId} has ended, but is kept`]
    const ends = state === 'stopping' || state === 'killing'
    return ends === (ending !== undefined) ? [] : [`${task.taskId} is ${state} for ${ending}`]
  })
}
