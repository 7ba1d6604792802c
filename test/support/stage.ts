import { Host } from '../../src/actors/host.ts'
import { createCountingIds } from '../../src/actors/ids.ts'
import { createRoles } from '../../src/actors/roles.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import { LocalAgent } from '../../src/cluster/local-agent.ts'
import { timeoutsWith } from '../../src/machines/support/delays.ts'
import { EnvelopeChecker } from '../../src/messages/checker.ts'
import type { Address, FrameworkInfo, Message, Resources } from '../../src/messages/index.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import type { Timeouts } from '../../src/model/timeouts.ts'
import type { Mark } from '../../src/model/turn.ts'
import { commandOn, FakeScheduler } from './fake-scheduler.ts'
import { checkSoundness } from './invariants.ts'
import { LossyTransport } from './lossy-transport.ts'
import { MessageLog } from './message-log.ts'
import { Puppets } from './puppets.ts'

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
  readonly #roles = createRoles(this.clock)
  readonly #timeouts: Timeouts

  constructor(timeouts: Partial<Timeouts> = {}) {
    this.#timeouts = timeoutsWith({ registrationBackoffMs: 20, ...timeouts })
    this.road = new LossyTransport({ clock: this.clock, check: new EnvelopeChecker() })
    this.road.observe(this.log.add)
    const input = { masterId: 'M', timeouts: this.#timeouts }
    this.master = new Host({
      ...this.#shared(),
      role: this.#roles.master,
      address: 'master',
      input,
    }).start()
  }

  /** Adds an agent and waits until the master knows it. */
  agent(hostname: string, resources: Resources): LocalAgent {
    const { factory, volumes } = this.puppets
    const agent = new LocalAgent({
      roles: this.#roles,
      host: this.#shared(),
      info: { hostname, resources },
      ids: this.#ids,
      timeouts: this.#timeouts,
      runners: { COMMAND: factory, FUNCTION: factory, THREAD: factory },
      volumes,
    })
    this.advance(20)
    return agent
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
    this.check()
  }

  advance(ms: number): void {
    this.clock.advance(ms)
    this.check()
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
