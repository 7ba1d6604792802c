import type { AnyStateMachine } from 'xstate'
import { agentMachine } from '../../machines/agent.ts'
import { executorMachine } from '../../machines/executor.ts'
import { createMasterMachine } from '../../machines/master.ts'
import { schedulerMachine } from '../../machines/scheduler.ts'
import { timeoutsWith } from '../../machines/support/delays.ts'
import type { AgentInfo, FrameworkInfo } from '../../messages/index.ts'
import type { AgentBook } from '../../model/agent/book.ts'
import type { ExecutorBook } from '../../model/executor/book.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { SchedulerBook } from '../../model/scheduler/book.ts'
import { AgentProcess } from './agent-process.ts'
import { type Budget, pack } from './budget.ts'
import { Codec, frozen } from './codec.ts'
import { Lanes, Messages } from './lanes.ts'
import { Stepper } from './machine-part.ts'
import { MasterProcess } from './master-process.ts'
import type { CompleteSmallWorldOptions } from './options.ts'
import type { Process } from './process.ts'
import { Rules } from './rules.ts'
import { SchedulerProcess } from './scheduler-process.ts'
import { Seat } from './seat.ts'

/** For tests of the exploration itself. */
export interface ExplorationTools {
  /** Machines in place of those of production. */
  readonly machines?: Partial<Readonly<Record<Role, AnyStateMachine>>>
  /** Remembers no step, and takes each anew. */
  readonly isForgetful?: boolean
}

/** A new master knows no scheduler and refuses their calls; else only a bug makes one fail. */
function forbiddenMarks({ masterCrashes }: CompleteSmallWorldOptions): ReadonlySet<string> {
  const always = ['message.unexpected', 'allocation.rejected']
  return new Set(masterCrashes > 0 ? always : [...always, 'scheduler.failed'])
}

type Machines = NonNullable<ExplorationTools['machines']>
type Role = 'master' | 'agent' | 'scheduler' | 'executor'

/** A refusal lasts until the pool is looked at the next time, so one step of time ends it. */
const timeouts = frozen(timeoutsWith({ allocationIntervalMs: 5_000 }))
const weekMs = 7 * 86_400_000

export interface SmallWorld {
  readonly rules: Rules
  /** The faults that may happen. */
  readonly budget: number
  /** Reads what a seat has written down. */
  readonly codec: Codec
}

/** A tiny cluster of production machines, ready to be explored. */
export function createSmallWorld(
  options: CompleteSmallWorldOptions,
  { machines = {}, isForgetful = false }: ExplorationTools = {},
): SmallWorld {
  const messages = new Messages()
  const codec = new Codec()
  const registers = { codec, messages, forbidden: forbiddenMarks(options), isForgetful }
  const master = new Stepper<Ledger>(machines.master ?? createMasterMachine())
  const processes: Process<object>[] = [
    new MasterProcess(master, timeouts),
    ...agentsOf(options, machines),
    ...schedulersOf(options, machines),
  ]
  const seats = processes.map((process) => new Seat(process, registers))
  const rules = new Rules({ seats, agents: options.agents, messages, lanes: new Lanes(messages) })
  return { rules, codec, budget: pack(budgetOf(options)) }
}

function agentsOf({ agents }: CompleteSmallWorldOptions, machines: Machines): AgentProcess[] {
  const agent = new Stepper<AgentBook>(machines.agent ?? agentMachine)
  const executor = new Stepper<ExecutorBook>(machines.executor ?? executorMachine)
  return Array.from({ length: agents }, (_, index) => {
    const hostname = `agent-${index + 1}`
    const info: AgentInfo = frozen({ hostname, resources: { cpus: 2, mem: 1_024 } })
    return new AgentProcess({ agent, executor, info, timeouts })
  })
}

/** Every other framework is told what happens out of its sight; the others hear that it is lost. */
function schedulersOf(
  { frameworks, tasks }: CompleteSmallWorldOptions,
  machines: Machines,
): SchedulerProcess[] {
  const scheduler = new Stepper<SchedulerBook>(machines.scheduler ?? schedulerMachine)
  return Array.from({ length: frameworks }, (_, index) => {
    const name = `framework-${index + 1}`
    const info: FrameworkInfo = frozen({
      name,
      roles: [name],
      failoverTimeoutMs: weekMs,
      ...(index % 2 === 0 && { capabilities: ['PARTITION_AWARE' as const] }),
    })
    const jobs = Array.from({ length: tasks }, (_, job) => job).filter(
      (job) => job % frameworks === index,
    )
    const jobIds = jobs.map((job) => `T${job + 1}`)
    return new SchedulerProcess({ scheduler, info, jobIds, timeouts })
  })
}

function budgetOf(options: CompleteSmallWorldOptions): Budget {
  const { faults, losses, duplicates, timeouts: late, kills, crashes, masterCrashes } = options
  return {
    faults,
    losses,
    duplicates,
    timeouts: late,
    kills,
    agentCrashes: crashes,
    schedulerCrashes: crashes,
    executorCrashes: crashes,
    masterCrashes,
  }
}
