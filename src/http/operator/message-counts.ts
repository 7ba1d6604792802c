import { type Address, type Envelope, MASTER, type Message } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { count } from './count.ts'
import { type AnsweredCall, FrameworkCounts } from './framework-counts.ts'
import { sizeOf } from './message-sizes.ts'

type Kinds = Readonly<Record<string, string>>

/** What Mesos' metrics call the messages that come to a master, by who sends them. */
const fromSchedulers: Kinds = {
  'lifecycle.register': 'messages_register_framework',
  'lifecycle.reregister': 'messages_reregister_framework',
  'lifecycle.unregister': 'messages_unregister_framework',
  'allocation.accept': 'messages_launch_tasks',
  'task.launch': 'messages_launch_tasks',
  'allocation.decline': 'messages_decline_offers',
  'allocation.revive': 'messages_revive_offers',
  'allocation.suppress': 'messages_suppress_offers',
  'allocation.request': 'messages_resource_request',
  'task.kill': 'messages_kill_task',
  'task.reconcile': 'messages_reconcile_tasks',
  'task.acknowledge': 'messages_status_update_acknowledgement',
  'task.message': 'messages_framework_to_executor',
}
const fromAgents: Kinds = {
  'lifecycle.registerAgent': 'messages_register_slave',
  'lifecycle.reregisterAgent': 'messages_reregister_slave',
  'lifecycle.unregisterAgent': 'messages_unregister_slave',
  'lifecycle.executorExited': 'messages_exited_executor',
  'task.update': 'messages_status_update',
  'task.message': 'messages_executor_to_framework',
  'allocation.operationUpdate': 'messages_operation_status_update',
}
/** The last three are messages that nobody sends here: what they say goes other ways. */
const others = [
  'messages_reconcile_operations',
  'messages_operation_status_update_acknowledgement',
  'messages_update_slave',
  'messages_deactivate_framework',
  'messages_authenticate',
]

/** Of what Mesos counts how much went on its way, and how much could not. */
const judged = {
  updates: namesOf('status_updates'),
  acknowledgements: namesOf('status_update_acknowledgements'),
  toExecutors: namesOf('framework_to_executor_messages'),
  toFrameworks: namesOf('executor_to_framework_messages'),
} as const

interface Judged {
  readonly valid: string
  readonly invalid: string
}

export interface MessageCountsParts {
  /** The master's book, to see who is there for what comes in. */
  readonly ledger: () => Ledger
  /** An agent takes its leave. */
  readonly leaves: (agentId: string) => void
}

/** How many messages of each kind the master was sent, and each framework. */
export class MessageCounts {
  readonly frameworks = new FrameworkCounts()
  readonly #parts: MessageCountsParts
  /** By the names of Mesos' metrics. */
  readonly #counts = new Map<string, number>()

  constructor(parts: MessageCountsParts) {
    this.#parts = parts
    for (const name of [
      ...Object.values(fromSchedulers),
      ...Object.values(fromAgents),
      ...others,
    ]) {
      this.#counts.set(name, 0)
    }
    for (const { valid, invalid } of Object.values(judged)) {
      this.#counts.set(valid, 0).set(invalid, 0)
    }
  }

  /** Takes note of a message on its way; to be called with each of them. */
  readonly note = ({ from, to, message }: Envelope): void => {
    if (to === MASTER) {
      if (from.startsWith('agent/')) this.#noteAgent(message)
      else if (message.type === 'lifecycle.exited') this.frameworks.left(message.address)
      else if (from.startsWith('scheduler/')) this.#noteScheduler(from, message)
    } else if (from === MASTER && to.startsWith('scheduler/')) this.frameworks.told(to, message)
  }

  /** A call that was answered before it reached the master. */
  noteAnswered(frameworkId: string, call: AnsweredCall): void {
    const isQuestion = call === 'reconcile_operations'
    this.#count(`messages_${isQuestion ? call : 'operation_status_update_acknowledgement'}`, 1)
    this.frameworks.answered(frameworkId, call)
  }

  /** By the names of Mesos' metrics. */
  get metrics(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].map(([name, count]) => [`master/${name}`, count]))
  }

  #noteScheduler(from: Address, message: Message): void {
    const name = fromSchedulers[message.type]
    if (name !== undefined) this.#count(name, sizeOf(message))
    const { frameworkAt } = this.#parts.ledger()
    const frameworkId = frameworkAt.get(from)
    this.frameworks.said(from, message, this.#offersIn(message, frameworkId))
    if (message.type === 'task.acknowledge') {
      for (const acknowledgement of message.acknowledgements) {
        if (!('agentId' in acknowledgement)) continue
        const reaches = this.#isHere(frameworkId) && this.#hasAgent(acknowledgement.agentId)
        this.#judge(judged.acknowledgements, reaches)
      }
    } else if (message.type === 'task.message' && 'agentId' in message) {
      const reaches = this.#isHere(frameworkId) && this.#hasAgent(message.agentId)
      this.#judge(judged.toExecutors, reaches)
    }
  }

  #noteAgent(message: Message): void {
    const name = fromAgents[message.type]
    if (name === undefined) return
    this.#count(name, sizeOf(message))
    if (message.type === 'lifecycle.unregisterAgent') this.#parts.leaves(message.agentId)
    else if (message.type === 'task.update' && 'agentId' in message) {
      const isKnown = this.#hasAgent(message.agentId)
      const { frameworks } = this.#parts.ledger()
      for (const { frameworkId, status } of message.updates) {
        const framework = frameworks.get(frameworkId)
        const isHeard = framework?.state === 'connected' && framework.tasks.has(status.taskId)
        this.#judge(judged.updates, isKnown && isHeard)
      }
    } else if (
      message.type === 'task.message' &&
      'frameworkId' in message &&
      'agentId' in message
    ) {
      const reaches = this.#hasAgent(message.agentId) && this.#isHere(message.frameworkId)
      this.#judge(judged.toFrameworks, reaches)
    }
  }

  /** How many offers that a call names are out, and its framework's. */
  #offersIn(message: Message, frameworkId: string | undefined): number {
    if (!('offerIds' in message)) return 0
    const { offers } = this.#parts.ledger()
    let known = 0
    for (const id of message.offerIds) if (offers.get(id)?.frameworkId === frameworkId) known++
    return known
  }

  #isHere(frameworkId: string | undefined): boolean {
    if (frameworkId === undefined) return false
    return this.#parts.ledger().frameworks.get(frameworkId)?.state === 'connected'
  }

  #hasAgent(agentId: string): boolean {
    return this.#parts.ledger().agents.get(agentId)?.state === 'connected'
  }

  #judge({ valid, invalid }: Judged, isValid: boolean): void {
    this.#count(isValid ? valid : invalid, 1)
  }

  #count(name: string, by: number): void {
    count(this.#counts, name, by)
  }
}

function namesOf(what: string): Judged {
  return { valid: `valid_${what}`, invalid: `invalid_${what}` }
}
