import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { Calls } from '../../../src/actors/calls.ts'
import { createRandomIds } from '../../../src/actors/ids.ts'
import type { Transport } from '../../../src/actors/ports.ts'
import { RealClock } from '../../../src/actors/real-clock.ts'
import { createRoles } from '../../../src/actors/roles.ts'
import { AgentDoors, type AgentHttpOptions } from '../../../src/cluster/processes/agent-doors.ts'
import { startAgents } from '../../../src/cluster/real-agents.ts'
import { addressOf } from '../../../src/executors/local-agent.ts'
import {
  type Address,
  type AgentMessage,
  type ExecutorInfo,
  type FrameworkInfo,
  MASTER,
  type Message,
  type TaskInfo,
  type TaskStatus,
} from '../../../src/messages/index.ts'
import { defaultTimeouts, type Timeouts } from '../../../src/model/timeouts.ts'
import { openAgentMemory } from '../../../src/storage/open.ts'
import { MemoryTransport } from '../../../src/transports/memory.ts'
import { until } from '../../executors/harness.ts'

const script = fileURLToPath(new URL('../../support/fixtures/executor.mjs', import.meta.url))
export const frameworkId = 'F'

/** An executor that is a program: the one among the fixtures. */
export function program(executorId = 'prog', rest: Partial<ExecutorInfo> = {}): ExecutorInfo {
  const command = { value: `exec ${JSON.stringify(process.execPath)} ${script}` }
  return { executorId, type: 'CUSTOM', command, ...rest }
}

/** A task that reports these states, one after the other. */
export function taskOf(taskId: string, executor: ExecutorInfo, ...states: string[]): TaskInfo {
  const data = Buffer.from(JSON.stringify(states)).toString('base64')
  const task = { taskId, name: taskId, agentId: 'S', resources: { cpus: 0.1 }, executor }
  return states.length === 0 ? task : { ...task, data }
}

/** A master that books nothing: it lets the agent in, acknowledges what it hears, and tells. */
export class FakeMaster {
  readonly transport: Transport
  readonly heard: Message[] = []
  framework: FrameworkInfo = { name: 'one', roles: ['one'], capabilities: ['PARTITION_AWARE'] }
  #agent: Address = ''

  constructor(transport: Transport) {
    this.transport = transport
    this.transport.subscribe(MASTER, (envelopes) => {
      for (const { from, message } of envelopes) this.#hear(from, message)
    })
  }

  tell(message: AgentMessage): void {
    this.transport.send({ from: MASTER, to: this.#agent, message })
  }

  launch(...tasks: TaskInfo[]): void {
    this.tell({ type: 'task.launch', frameworkId, framework: this.framework, tasks })
  }

  say(text: string, executorId = 'prog'): void {
    const data = Buffer.from(text).toString('base64')
    this.tell({ type: 'task.message', frameworkId, executorId, data })
  }

  /** The states of a task in the order in which they were told, each once. */
  states(taskId: string): string[] {
    return this.statuses(taskId).map(({ state }) => state)
  }

  statuses(taskId: string) {
    const told = this.of('task.update').flatMap(statusesIn)
    const own = told.filter((status) => status.taskId === taskId)
    return own.filter(({ uuid }, at) => own.findIndex((other) => other.uuid === uuid) === at)
  }

  of<Type extends Message['type']>(type: Type): Extract<Message, { type: Type }>[] {
    const isOne = (message: Message): message is Extract<Message, { type: Type }> =>
      message.type === type
    return this.heard.filter(isOne)
  }

  /** What an executor said, as texts. */
  words(executorId = 'prog'): string[] {
    return this.of('task.message')
      .filter((said) => 'executorId' in said && said.executorId === executorId)
      .map(({ data }) => Buffer.from(data, 'base64').toString())
  }

  reaches(taskId: string, state: string) {
    return until(`${taskId} is ${state}`, () =>
      this.statuses(taskId).find((status) => status.state === state),
    )
  }

  #hear(from: Address, message: Message): void {
    this.heard.push(message)
    const totalPingTimeoutMs = 60_000
    if (message.type === 'lifecycle.registerAgent') {
      this.#agent = from
      this.tell({ type: 'lifecycle.agentRegistered', agentId: 'S', totalPingTimeoutMs })
    } else if (message.type === 'lifecycle.reregisterAgent') {
      this.#agent = from
      const answer = { agentId: message.agentId, totalPingTimeoutMs, reconciliations: [] }
      this.tell({ type: 'lifecycle.agentReregistered', ...answer })
    } else if (message.type === 'task.update') {
      const acknowledgements = statusesIn(message).flatMap(({ taskId, uuid }) =>
        uuid === undefined ? [] : [{ taskId, uuid }],
      )
      this.tell({ type: 'task.acknowledge', frameworkId, acknowledgements })
    }
  }
}

/** Agents tell the master of a status, and with it what they know besides. */
function statusesIn({ updates }: Extract<Message, { type: 'task.update' }>): TaskStatus[] {
  return updates.flatMap((update) => ('status' in update ? [update.status] : []))
}

function nobody(): never {
  throw new Error('one description makes one agent')
}

interface AgentOptions {
  readonly workDir: string
  /** Whether it keeps what its next life is to know. */
  readonly keeps?: boolean
  readonly timeouts?: Partial<Timeouts>
  readonly http?: AgentHttpOptions
  /** Whether it runs things as other users, if it is root. */
  readonly switchUser?: boolean
}

/** A real agent with real doors, and its fake master. */
export async function startAgent(options: AgentOptions) {
  const { workDir, keeps, timeouts, http = {}, switchUser = false } = options
  const clock = new RealClock()
  const master = new FakeMaster(new MemoryTransport({ clock }))
  const doors = await AgentDoors.listen(http, workDir)
  const info = {
    hostname: 'agent-1',
    resources: { cpus: 4, mem: 1_024 },
    endpoint: doors.endpoint,
  }
  const kept =
    keeps === true ? await openAgentMemory(`${workDir}/agents/agent-1`, false) : undefined
  const { transport } = master
  const state = { isRecovering: false }
  const front = doors.open({
    address: addressOf(info),
    transport,
    clock,
    state,
    book: () => agent.book,
    usage: () => agent.usage(),
    workDir,
    flags: { work_dir: workDir },
  })
  const [agent = nobody()] = startAgents([info], {
    roles: createRoles(clock),
    host: { clock, transport },
    ids: createRandomIds(),
    timeouts: { ...defaultTimeouts, registrationBackoffMs: 10, ...timeouts },
    calls: new Calls(),
    workDir,
    switchUser,
    front,
    ...(kept && {
      survivingProcesses: true,
      past: { storage: kept.storage, memory: kept.memory, bootId: 'boot' },
    }),
  })
  onTestFinished(async () => {
    await agent.stop(0)
    await doors.close()
  })
  await agent.registered
  return { agent, master, endpoint: doors.endpoint }
}
