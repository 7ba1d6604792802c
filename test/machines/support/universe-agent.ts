import { type AgentEvent, agentMachine } from '../../../src/machines/agent.ts'
import type {
  FrameworkInfo,
  ResourceOperation,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../src/messages/index.ts'
import type { AgentBook, AgentOptions, ExecutorRecord } from '../../../src/model/agent/book.ts'
import { isTerminal } from '../../../src/model/task-states.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'
import { problemsWithSums } from './sums.ts'
import { type Unheard, unheard, type World } from './world.ts'

/** One framework with a command and two function calls: everything an agent can be told. */

type Told = AgentEvent | Unheard

export const agentId = 'm-S0'
export const frameworkId = 'm-0000'
export const framework: FrameworkInfo = {
  name: 'one',
  roles: ['one'],
  capabilities: ['PARTITION_AWARE'],
}
export const agentInput: AgentOptions = {
  address: 'agent/a',
  info: { hostname: 'a', resources: { cpus: 2, mem: 64, disk: 5 } },
  instance: '11111111-2222-4333-8444-000000000000',
  seed: 1,
  timeouts: defaultTimeouts,
}
export const command: TaskInfo = {
  taskId: 'T1',
  name: 'T1',
  agentId,
  resources: { cpus: 1 },
  command: { value: 'true' },
}
export const call = (taskId: string): TaskInfo => ({
  taskId,
  name: taskId,
  agentId,
  resources: { cpus: 1 },
  executor: { executorId: 'functions', type: 'FUNCTION' },
})

export const master = { from: 'master' } as const

export const told = {
  registered: {
    type: 'lifecycle.agentRegistered',
    ...master,
    agentId,
    totalPingTimeoutMs: 75_000,
  },
  ping: { type: 'lifecycle.ping', ...master, connected: true },
  launch: { type: 'task.launch', ...master, frameworkId, framework, tasks: [command] },
} satisfies Record<string, AgentEvent>

export function reregistered(...taskIds: string[]): AgentEvent {
  return {
    type: 'lifecycle.agentReregistered',
    ...master,
    agentId,
    totalPingTimeoutMs: 75_000,
    reconciliations: taskIds.length === 0 ? [] : [{ frameworkId, framework, taskIds }],
  }
}

/** As the answer to an earlier run of the agent says. */
export const stale = { instance: '99999999-2222-4333-8444-000000000000' }
export const drained = { type: 'lifecycle.drain', ...master } satisfies AgentEvent

const mine = 'disk(one,)'
export const volumes = { [`${mine}[db:data]`]: 5 }

export function world(
  events: (book: AgentBook) => readonly Told[],
  input: AgentOptions = agentInput,
): World<AgentBook, Told> {
  return {
    machine: agentMachine,
    input,
    omitted: [
      'timeouts',
      'info',
      'explorable',
      'registrationAttempts',
      'attempts',
      'seed',
      'heard',
    ],
    problems: problemsOf,
    events: (book) =>
      book.id === undefined
        ? [
            { type: 'registration.due' },
            told.registered,
            { ...told.registered, ...stale },
            told.launch,
            apply({ type: 'UNRESERVE', resources: { [mine]: 5 } }),
            { type: 'agent.stop' },
            unheard,
          ]
        : events(book),
  }
}

/** A command and its own executor, while the master comes and goes. */
export const commands = world((book) => [
  { type: 'registration.due' },
  told.registered,
  reregistered(),
  { ...reregistered(), ...stale },
  told.ping,
  { type: 'lifecycle.updateFramework', ...master, frameworkId, framework },
  { ...told.ping, connected: false },
  { type: 'master.silent' },
  { type: 'link.opened' },
  { type: 'link.closed' },
  ...when(mayLaunch(book, 'T1'), told.launch),
  drained,
  { ...drained, maxGracePeriodMs: 1_000, markGone: true },
  apply({ type: 'DESTROY', volumes }),
  { type: 'volumes.changed', operationNumber: 9 },
  ...aboutTasks(book, ['T1'], ['TASK_RUNNING', 'TASK_FINISHED']),
  ...aboutExecutors(book),
  ...ends,
])

/** Two calls share an executor; the agent stays registered. */
export const calls = world((book) => [
  ...['T2', 'T3']
    .filter((taskId) => mayLaunch(book, taskId))
    .map((taskId): AgentEvent => ({ ...told.launch, tasks: [call(taskId)] })),
  ...aboutTasks(book, ['T2', 'T3'], ['TASK_FINISHED']),
  ...aboutExecutors(book),
])

/** What is reserved and made into a volume, while the master comes and goes. */
export const reservations = world((book) => [
  { type: 'registration.due' },
  reregistered(),
  { type: 'master.silent' },
  ...when(
    book.lastOperation < 1,
    apply({ type: 'RESERVE', resources: { [mine]: 5 } }, book.lastOperation + 1),
    apply({ type: 'UNRESERVE', resources: { [mine]: 5 } }, book.lastOperation + 1),
    apply({ type: 'CREATE', volumes }, book.lastOperation + 1),
    apply({ type: 'DESTROY', volumes }, book.lastOperation + 1),
  ),
  apply({ type: 'RESERVE', resources: { [mine]: 5 } }, 0),
  ...[...book.operations.keys(), 9].flatMap((operationNumber): AgentEvent[] => [
    { type: 'volumes.changed', operationNumber },
    { type: 'volumes.changed', operationNumber, problem: 'the disk is full' },
  ]),
  { type: 'agent.stop' },
])

export function apply(operation: ResourceOperation, operationNumber = 9): AgentEvent {
  return { type: 'allocation.apply', ...master, operations: [{ operationNumber, operation }] }
}

export const ends: readonly AgentEvent[] = [
  { type: 'lifecycle.shutdownFramework', ...master, frameworkId },
  { type: 'lifecycle.shutdown', ...master, message: 'refused' },
  { type: 'agent.stop' },
]

export function when(holds: boolean, ...events: AgentEvent[]): AgentEvent[] {
  return holds ? events : []
}

/**
 * Updates that the agent makes itself are counted, so their number is the end of the world. No
 * task follows an executor whose tasks are not all acknowledged yet: that is a test of its own.
 */
function mayLaunch(book: AgentBook, taskId: string): boolean {
  const framework = book.frameworks.get(frameworkId)
  const executors = [...(framework?.executors.values() ?? [])]
  if (executors.some(({ state }) => state === 'terminated')) return false
  return book.sequence < 2 && framework?.tasks.has(taskId) !== true
}

function aboutTasks(
  book: AgentBook,
  taskIds: readonly string[],
  states: readonly TaskState[],
): AgentEvent[] {
  const framework = book.frameworks.get(frameworkId)
  return [
    ...taskIds.flatMap((taskId): AgentEvent[] => {
      const task = framework?.tasks.get(taskId)
      const executor = framework?.executors.get(task?.executorId ?? '')
      const waits = executor?.queued.some((info) => info.taskId === taskId) ?? true
      return [
        { type: 'task.kill', ...master, frameworkId, kills: [{ taskId }] },
        ...when(
          executor !== undefined && executor.state !== 'terminated' && !waits,
          ...states.map((state) =>
            report(executor?.address ?? '', taskId, state, { uuid: `${taskId}-${state}` }),
          ),
        ),
        ...when(task?.updates.state === 'waiting', {
          type: 'update.retryDue',
          frameworkId,
          taskId,
        }),
      ]
    }),
    ...acknowledgements(book),
  ]
}

export function acknowledgements(book: AgentBook): AgentEvent[] {
  const tasks = [...(book.frameworks.get(frameworkId)?.tasks.values() ?? [])]
  return ['U-never', ...tasks.map(({ updates }) => updates.queue[0]?.uuid)].flatMap((uuid) => {
    if (uuid === undefined) return []
    const owner = tasks.find(({ updates }) => updates.queue[0]?.uuid === uuid)
    const taskId = owner?.info.taskId ?? 'T1'
    const acknowledgements = [{ taskId, uuid }]
    return [{ type: 'task.acknowledge' as const, ...master, frameworkId, acknowledgements }]
  })
}

export function report(
  from: string,
  taskId: string,
  state: TaskState,
  uuid: { uuid?: string },
): AgentEvent {
  const status: TaskStatus = { taskId, state, timestampMs: 0, source: 'EXECUTOR', ...uuid }
  const executorId = taskId === 'T1' ? 'T1' : 'functions'
  return { type: 'task.update', from, frameworkId, executorId, updates: [status] }
}

/** What executors do; their timers come due only in the states that start them. */
export function aboutExecutors(book: AgentBook): AgentEvent[] {
  return [...book.executorAt.values()].flatMap(({ address, id, state }): AgentEvent[] => [
    {
      type: 'lifecycle.registerExecutor',
      from: address,
      frameworkId,
      executorId: id,
      unacknowledgedUpdates: [],
    },
    { type: 'lifecycle.exited', from: 'host', address, reason: 'it ended' },
    ...when(state === 'registering', { type: 'executor.registrationExpired', address }),
    ...when(state === 'terminating', { type: 'executor.graceExpired', address }),
  ])
}

/** What must hold in the book of an agent, whatever it was told. */
function problemsOf(book: AgentBook): string[] {
  const known = new Set<ExecutorRecord>()
  const problems = problemsWithSums(book)
  for (const { id, executors, tasks, terminating } of book.frameworks.values()) {
    if (executors.size === 0 && tasks.size === 0) problems.push(`${id} is kept for nothing`)
    for (const executor of executors.values()) {
      known.add(executor)
      const own = [...tasks.values()].filter((task) => task.executor === executor)
      if (executor.unreported !== own.length && !terminating) {
        problems.push(`${executor.id} has ${own.length} tasks, not ${executor.unreported}`)
      }
    }
    for (const { info, state, updates, executor } of tasks.values()) {
      const { queue } = updates
      const quiet = updates.state === 'idle' || updates.state === 'closed'
      if (quiet !== (queue.length === 0) && updates.state !== 'paused') {
        problems.push(`${info.taskId} is ${updates.state} with ${queue.length} updates`)
      }
      if (isTerminal(state) && queue.length === 0) problems.push(`${info.taskId} is never over`)
      if (executor?.tasks.has(info.taskId) && isTerminal(state)) {
        problems.push(`${info.taskId} has ended, but its executor is said to run it`)
      }
    }
  }
  for (const executor of book.executorAt.values()) {
    if (!known.has(executor)) problems.push(`nobody knows the executor at ${executor.address}`)
  }
  return problems
}
