import type { MasterEvent } from '../../../src/machines/master.ts'
import type {
  AgentInfo,
  FrameworkInfo,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../src/messages/index.ts'
import type { LedgerOptions } from '../../../src/model/ledger/ledger.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'

/** One agent, two frameworks, one task: what the master is told about them. */

export const agentId = 'm-S0'
export const agentAddress = 'agent/a'
export const info: AgentInfo = { hostname: 'a', resources: { cpus: 2, mem: 64 } }
export const one: FrameworkInfo = {
  name: 'one',
  roles: ['one'],
  capabilities: ['PARTITION_AWARE'],
  failoverTimeoutMs: 60_000,
}
export const two: FrameworkInfo = { name: 'two', roles: ['two', 'night'] }
export const task: TaskInfo = {
  taskId: 'T1',
  name: 'T1',
  agentId,
  resources: { cpus: 1, mem: 32 },
  command: { value: 'true' },
}
export const masterInput: LedgerOptions = { masterId: 'm', timeouts: defaultTimeouts }

export const from = { one: 'scheduler/one', two: 'scheduler/two', agent: agentAddress } as const
export const firstId = 'm-0000'

export const joins = {
  one: { type: 'lifecycle.register', from: from.one, framework: one },
  two: {
    type: 'lifecycle.register',
    from: from.two,
    framework: two,
    suppressedRoles: ['night'],
  },
  agent: { type: 'lifecycle.registerAgent', from: from.agent, agent: info },
} satisfies Record<string, MasterEvent>

export const run: MasterEvent = { type: 'allocation.run' }
export const gone = (address: string): MasterEvent => ({
  type: 'lifecycle.exited',
  from: 'host',
  address,
  reason: 'its link broke',
})

export const badTask: TaskInfo = { ...task, taskId: 'a/b' }

export function update(state: TaskState, latestState: TaskState): MasterEvent {
  const status: TaskStatus = {
    taskId: 'T1',
    state,
    uuid: `U-${state}`,
    agentId,
    timestampMs: 0,
    source: 'EXECUTOR',
  }
  const updates = [{ frameworkId: firstId, status, latestState }]
  return { type: 'task.update', from: from.agent, agentId, updates }
}

export function acknowledge(uuid: string): MasterEvent {
  const acknowledgements = [{ taskId: 'T1', agentId, uuid }]
  return { type: 'task.acknowledge', from: from.one, acknowledgements }
}

export function comesBack(address: string) {
  return {
    type: 'lifecycle.reregister',
    from: address,
    frameworkId: firstId,
    framework: one,
  } satisfies MasterEvent
}

export function agentReturns(state?: TaskState) {
  const tasks = [{ frameworkId: firstId, executorId: 'T1', task, state: state ?? 'TASK_STAGING' }]
  return {
    type: 'lifecycle.reregisterAgent',
    from: from.agent,
    agentId,
    agent: info,
    tasks: state === undefined ? [] : tasks,
    frameworks: state === undefined ? [] : [{ frameworkId: firstId, framework: one }],
  } satisfies MasterEvent
}

export function executorEnds(frameworkId: string): MasterEvent {
  const type = 'lifecycle.executorExited'
  return { type, from: from.agent, agentId, frameworkId, executorId: 'functions' }
}
