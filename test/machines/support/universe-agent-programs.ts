import type { AgentEvent } from '../../../src/machines/agent.ts'
import type { ExecutorInfo, TaskInfo } from '../../../src/messages/index.ts'
import type { AgentMemory } from '../../../src/messages/records.ts'
import type { AgentBook, AgentOptions } from '../../../src/model/agent/book.ts'
import {
  acknowledgements,
  agentId,
  agentInput,
  ends,
  framework,
  frameworkId,
  master,
  reregistered,
  told,
  when,
  world,
} from './universe-agent.ts'

/** Executors that are programs of a framework, and those that run groups of commands. */

export const programInput: AgentOptions = {
  ...agentInput,
  info: { ...agentInput.info, endpoint: { ip: '127.0.0.1', port: 5051 }, checkpoints: true },
}
export const program: ExecutorInfo = {
  executorId: 'prog',
  type: 'CUSTOM',
  command: { value: './prog' },
  resources: { cpus: 0.1 },
  shutdownGracePeriodMs: 4_000,
}
export const pod: ExecutorInfo = { executorId: 'pod', type: 'DEFAULT', resources: { cpus: 0.1 } }

export const taskOf = (taskId: string, executor: ExecutorInfo): TaskInfo => ({
  taskId,
  name: taskId,
  agentId,
  resources: { cpus: 0.5 },
  executor,
})
export const launchProgram = (...taskIds: string[]): AgentEvent => ({
  ...told.launch,
  tasks: taskIds.map((taskId) => taskOf(taskId, program)),
})
export const launchGroup = (executor: ExecutorInfo, ...taskIds: string[]): AgentEvent => ({
  type: 'task.launchGroup',
  ...master,
  frameworkId,
  framework,
  executor,
  tasks: taskIds.map((taskId) => taskOf(taskId, executor)),
})
export const kill = (taskId: string): AgentEvent => ({
  type: 'task.kill',
  ...master,
  frameworkId,
  kills: [{ taskId }],
})
export const shutDown = (executorId: string): AgentEvent => ({
  type: 'lifecycle.shutdownExecutor',
  ...master,
  frameworkId,
  executorId,
})
export const registers = (
  executorId: string,
  rest: { unacknowledgedTasks?: string[]; from?: string } = {},
): AgentEvent => ({
  type: 'lifecycle.registerExecutor',
  from: `executor/a/${frameworkId}/${executorId}`,
  frameworkId,
  executorId,
  unacknowledgedUpdates: [],
  ...rest,
})
export const exits = (executorId: string, status?: number): AgentEvent => ({
  type: 'lifecycle.exited',
  from: 'host',
  address: `executor/a/${frameworkId}/${executorId}`,
  reason: 'it ended',
  ...(status !== undefined && { status }),
})
export const says = (from: string, executorId: string): AgentEvent => ({
  type: 'task.message',
  from,
  frameworkId,
  executorId,
  data: 'aGVsbG8=',
})

/** A program with one task, while its scheduler talks with it and ends it. */
export const programs = world(
  (book) => [
    ...when(isNew(book, 'C1'), launchProgram('C1')),
    ...when(isNew(book, 'C1'), launchGroup({ ...program, type: 'FUNCTION' }, 'C1')),
    kill('C1'),
    ...of(book, 'prog'),
    ...talk(book, 'prog'),
    registers('prog', { unacknowledgedTasks: [] }),
    shutDown('prog'),
    shutDown('nobody'),
    ...acknowledgements(book),
    ...ends,
  ],
  programInput,
)

/** Two commands that belong together. */
export const groups = world(
  (book) => [
    ...when(isNew(book, 'G1'), launchGroup(pod, 'G1', 'G2')),
    ...when(isNew(book, 'G3'), { ...told.launch, tasks: [taskOf('G3', pod)] }),
    kill('G2'),
    ...of(book, 'pod'),
    ...acknowledgements(book),
    { type: 'agent.stop' },
  ],
  programInput,
)

/** It registers anew, or leaves, while more is asked of it. */
export const away = world(
  (book) => [
    { type: 'registration.due' },
    reregistered(),
    { type: 'master.silent' },
    ...when(isNew(book, 'G1'), launchGroup(pod, 'G1')),
    says('executor/a/x', 'pod'),
    says('executor/a/m-0000/pod', 'pod'),
    ...of(book, 'pod'),
    ...ends,
  ],
  programInput,
)

function of(book: AgentBook, executorId: string): AgentEvent[] {
  const executor = book.frameworks.get(frameworkId)?.executors.get(executorId)
  if (executor === undefined || !book.executorAt.has(executor.address)) return []
  const { address, state } = executor
  return [
    registers(executorId, { from: address }),
    { type: 'lifecycle.exited', from: 'host', address, reason: 'it ended', status: 256 },
    ...when(state === 'registering', { type: 'executor.registrationExpired', address }),
    ...when(state === 'terminating', { type: 'executor.graceExpired', address }),
  ]
}

function talk(book: AgentBook, executorId: string): AgentEvent[] {
  const executor = book.frameworks.get(frameworkId)?.executors.get(executorId)
  const address = executor?.address ?? 'executor/a/x'
  return [says('master', executorId), says(address, executorId)]
}

/** The world comes to an end because updates that the agent makes itself are counted. */
function isNew(book: AgentBook, taskId: string): boolean {
  return book.sequence < 2 && book.frameworks.get(frameworkId)?.tasks.has(taskId) !== true
}

/** What an earlier life left: a program and a group that may go on. */
export const programMemory: AgentMemory = {
  agent: {
    agentId,
    bootId: 'boot 1',
    info: programInput.info,
    resources: programInput.info.resources,
  },
  frameworks: [{ frameworkId, info: framework }],
  executors: [stored(program, 4_000), stored(pod, 5_000)],
  tasks: [
    {
      frameworkId,
      executorId: 'prog',
      info: taskOf('C1', program),
      state: 'TASK_RUNNING',
      queue: [],
    },
    {
      frameworkId,
      executorId: 'pod',
      info: taskOf('G1', pod),
      group: 'G1',
      state: 'TASK_RUNNING',
      queue: [],
    },
  ],
}

function stored(info: ExecutorInfo, graceMs: number) {
  const { executorId, type: kind } = info
  const address = `executor/a/${frameworkId}/${executorId}`
  return { frameworkId, executorId, address, kind, graceMs, info, containerId: 'C' }
}

/** A second life of the same, from its first moment on. */
export const programReturns = world(
  (book) => [
    ...when(book.past !== 'none', { type: 'recovery.due' }, launchGroup(pod, 'G9')),
    { type: 'registration.due' },
    reregistered(),
    ...of(book, 'prog'),
    ...of(book, 'pod'),
    registers('prog', { unacknowledgedTasks: [] }),
  ],
  { ...programInput, memory: programMemory, bootId: 'boot 1' },
)
