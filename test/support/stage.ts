import { Calls } from '../../src/actors/calls.ts'
import { Host } from '../../src/actors/host.ts'
import { createCountingIds } from '../../src/actors/ids.ts'
import type { RunnerFactory } from '../../src/actors/ports.ts'
import { createRoles, type Roles } from '../../src/actors/roles.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import { LocalAgent } from '../../src/executors/local-agent.ts'
import { Framework, type FrameworkCallbacks } from '../../src/frameworks/framework.ts'
import { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import type { SchedulerParts } from '../../src/frameworks/scheduler.ts'
import { timeoutsWith } from '../../src/machines/support/delays.ts'
import { EnvelopeChecker } from '../../src/messages/checker.ts'
import type {
  Address,
  AgentInfo,
  Attributes,
  FrameworkInfo,
  Message,
  Resources,
} from '../../src/messages/index.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import type { Ledger, LedgerOptions } from '../../src/model/ledger/ledger.ts'
import type { Timeouts } from '../../src/model/timeouts.ts'
import type { Mark } from '../../src/model/turn.ts'
import { commandOn, FakeScheduler } from './fake-scheduler.ts'
import { checkSoundness } from './invariants.ts'
import { LossyTransport } from './lossy-transport.ts'
import { MessageLog } from './message-log.ts'
import { Puppets } from './puppets.ts'

export interface StageOptions {
  readonly policy?: AllocationPolicy
  /** What the master's book begins with besides the usual. */
  readonly ledger?: Partial<LedgerOptions>
  /** Who does the work of the tasks; by default puppets. */
  readonly runner?: (clock: VirtualClock, calls: Calls) => RunnerFactory
  /** Hears the effects that only a master has: its reports. */
  readonly perform?: (params: unknown) => void
  /** For long runs: messages are neither encoded nor kept, and books checked only by `check`. */
  readonly isLong?: boolean
}

/**
 * The real master and real agents on virtual time, with puppets for work, schedulers that say
 * whatever a test wants, and a road that can lose messages. Nothing here waits for promises.
 */
export class Stage {
  readonly clock = new VirtualClock()
  readonly road: LossyTransport
  readonly log = new MessageLog()
  readonly marks: Mark[] = []
  readonly puppets = new Puppets(this.clock)
  readonly master: Host
  readonly #ids = createCountingIds()
  readonly #calls = new Calls()
  readonly #runner: RunnerFactory
  readonly #roles: Roles
  readonly #timeouts: Timeouts
  readonly #isLong: boolean

  constructor(timeouts: Partial<Timeouts> = {}, options: StageOptions = {}) {
    const { policy, ledger, runner, perform, isLong = false } = options
    this.#timeouts = timeoutsWith({ registrationBackoffMs: 20, ...timeouts })
    this.#isLong = isLong
    this.#roles = createRoles(this.clock, policy)
    this.#runner = runner?.(this.clock, this.#calls) ?? this.puppets.factory
    const check = isLong ? {} : { check: new EnvelopeChecker() }
    this.road = new LossyTransport({ clock: this.clock, ...check })
    if (!isLong) this.road.observe(this.log.add)
    const input: LedgerOptions = { masterId: 'M', timeouts: this.#timeouts, ...ledger }
    this.master = new Host({
      ...this.#shared(),
      role: this.#roles.master,
      address: 'master',
      input,
      ...(perform && { perform: (_type: string, params: unknown) => perform(params) }),
    }).start()
  }

  /** Adds an agent and waits until the master knows it. */
  agent(hostname: string, resources: Resources, attributes?: Attributes): LocalAgent {
    const agent = this.#begin({ hostname, resources, ...(attributes && { attributes }) })
    this.advance(20)
    return agent
  }

  /** Adds agents that are all alike, and waits until the master knows them. */
  agents(count: number, resources: Resources): LocalAgent[] {
    const hostnames = Array.from({ length: count }, (_, index) => `agent-${index + 1}`)
    const agents = hostnames.map((hostname) => this.#begin({ hostname, resources }))
    this.advance(20)
    return agents
  }

  /** Adds a framework with a real scheduler, whose callbacks are the test's. */
  framework(
    name: string,
    callbacks: FrameworkCallbacks,
    info: Partial<FrameworkInfo> = {},
    frameworkId?: string,
  ) {
    const parts = { ...this.#parts(name, info), ...(frameworkId !== undefined && { frameworkId }) }
    return new Framework(parts, callbacks)
  }

  /** Adds a tenant with the built-in scheduler. */
  jobs(name: string, info: Partial<FrameworkInfo> = {}): Jobs {
    const agents = (): Resources[] =>
      [...this.ledger.agents.values()].map((agent) => agent.info.resources)
    return new Jobs({
      ...this.#parts(name, info),
      clock: this.clock,
      calls: this.#calls,
      agents,
      asks: false,
    })
  }

  /** Adds a scheduler of the test's own and registers it. */
  scheduler(name: string, info: Partial<FrameworkInfo> = {}): FakeScheduler {
    const scheduler = this.mailbox(`scheduler/${name}`)
    const capabilities: FrameworkInfo['capabilities'] = ['PARTITION_AWARE', 'TASK_KILLING_STATE']
    const framework = { name, roles: [name], capabilities, ...info }
    scheduler.say({ type: 'lifecycle.register', framework })
    this.settle()
    return scheduler
  }

  /** Adds a scheduler that has not said anything yet. */
  mailbox(address: Address): FakeScheduler {
    return new FakeScheduler(this.road, address)
  }

  settle(): void {
    this.clock.settle()
    if (!this.#isLong) this.check()
  }

  advance(ms: number): void {
    this.clock.advance(ms)
    if (!this.#isLong) this.check()
  }

  sent<Type extends Message['type']>(type: Type, from?: string, to?: string) {
    return this.log.sent(type, from, to)
  }

  get ledger(): Ledger {
    return this.master.snapshot().context.book
  }

  check(): void {
    checkSoundness(
      this.ledger,
      this.marks.map(({ name }) => name),
    )
  }

  #begin(info: AgentInfo): LocalAgent {
    const runner = this.#runner
    return new LocalAgent({
      roles: this.#roles,
      host: this.#shared(),
      info,
      ids: this.#ids,
      timeouts: this.#timeouts,
      runners: { COMMAND: runner, FUNCTION: runner, THREAD: runner },
      volumes: this.puppets.volumes,
    })
  }

  #parts(name: string, info: Partial<FrameworkInfo>): SchedulerParts {
    const capabilities: FrameworkInfo['capabilities'] = ['PARTITION_AWARE', 'TASK_KILLING_STATE']
    return {
      host: { ...this.#shared(), role: this.#roles.scheduler, address: `scheduler/${name}` },
      info: { name, roles: [name], capabilities, ...info },
      seed: this.#ids.seed(),
      timeouts: this.#timeouts,
    }
  }

  #shared() {
    const onMark = (mark: Mark): void => void this.marks.push(mark)
    return { clock: this.clock, transport: this.road, onMark }
  }
}

/** One agent with the tasks of one framework on it, all running. */
export function stageWithTasks(taskIds: string[], info: Partial<FrameworkInfo> = {}) {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 4, mem: 4_096 })
  const first = stage.scheduler('first', info)
  const { offer } = first
  const tasks = taskIds.map((id) => commandOn(offer, id, { cpus: 1, mem: 512 }))
  first.launch(offer, tasks, { refuseSeconds: 3_600 })
  stage.settle()
  for (const id of taskIds) {
    if (first.states(id).at(-1) !== 'TASK_RUNNING') throw new Error(`${id} does not run`)
  }
  return { stage, first }
}
