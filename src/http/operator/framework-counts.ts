import type { Address, Message } from '../../messages/index.ts'
import { count } from './count.ts'
import { sizeOf } from './message-sizes.ts'

/** Mesos' names of the calls of schedulers, in lower case, by the messages that they are here. */
const calls: Readonly<Record<string, string>> = {
  'lifecycle.register': 'calls/subscribe',
  'lifecycle.reregister': 'calls/subscribe',
  'lifecycle.unregister': 'calls/teardown',
  'lifecycle.describeFramework': 'calls/update_framework',
  'lifecycle.shutdownExecutor': 'calls/shutdown',
  'allocation.accept': 'calls/accept',
  'task.launch': 'calls/accept',
  'allocation.decline': 'calls/decline',
  'allocation.acceptInverse': 'calls/accept_inverse_offers',
  'allocation.declineInverse': 'calls/decline_inverse_offers',
  'allocation.revive': 'calls/revive',
  'allocation.suppress': 'calls/suppress',
  'allocation.request': 'calls/request',
  'task.kill': 'calls/kill',
  'task.acknowledge': 'calls/acknowledge',
  'task.reconcile': 'calls/reconcile',
  'task.message': 'calls/message',
}

/** The same of what they are told. */
const events: Readonly<Record<string, string>> = {
  'lifecycle.registered': 'events/subscribed',
  'lifecycle.reregistered': 'events/subscribed',
  'lifecycle.heartbeat': 'events/heartbeat',
  'lifecycle.failure': 'events/failure',
  'lifecycle.error': 'events/error',
  'allocation.offer': 'events/offers',
  'allocation.rescind': 'events/rescind',
  'allocation.inverseOffer': 'events/inverse_offers',
  'allocation.rescindInverse': 'events/rescind_inverse_offer',
  'allocation.operationUpdate': 'events/update_operation_status',
  'task.update': 'events/update',
  'task.message': 'events/message',
}

/** Calls that are answered before they reach the master. */
export type AnsweredCall = 'reconcile_operations' | 'acknowledge_operation_status'
const answeredCalls: readonly AnsweredCall[] = [
  'reconcile_operations',
  'acknowledge_operation_status',
]
const offerNames = ['sent', 'accepted', 'declined', 'rescinded'] as const

const names: readonly string[] = [
  ...new Set(Object.values(calls)),
  ...answeredCalls.map((call) => `calls/${call}`),
  ...new Set(Object.values(events)),
  ...offerNames.map((name) => `offers/${name}`),
]

type Counts = Map<string, number>

/** What each framework said and was told, by where its scheduler lives; it fails over with it. */
export class FrameworkCounts {
  readonly #byAddress = new Map<Address, Counts>()
  readonly #byFramework = new Map<string, Counts>()

  /** Something that a scheduler says. `offers` of those that it names are its own. */
  said(from: Address, message: Message, offers: number): void {
    const call = calls[message.type]
    if (call === undefined) return
    const counts = call === 'calls/subscribe' ? this.#introduced(from) : this.#byAddress.get(from)
    if (counts === undefined) return
    count(counts, call, sizeOf(message))
    if (call === 'calls/accept') count(counts, 'offers/accepted', offers)
    else if (call === 'calls/decline') count(counts, 'offers/declined', offers)
  }

  /** Something that a scheduler is told. */
  told(to: Address, message: Message): void {
    if (message.type === 'lifecycle.registered' || message.type === 'lifecycle.reregistered') {
      this.#seat(to, message.frameworkId)
    }
    const counts = this.#byAddress.get(to)
    const event = events[message.type]
    if (counts === undefined || event === undefined) return
    const size = sizeOf(message)
    // All offers that a scheduler is told of at once are one event.
    count(counts, event, event === 'events/offers' ? 1 : size)
    if (event === 'events/offers') count(counts, 'offers/sent', size)
    else if (event === 'events/rescind') count(counts, 'offers/rescinded', size)
  }

  /** A call that the master never saw. */
  answered(frameworkId: string, call: AnsweredCall): void {
    const counts = this.#byFramework.get(frameworkId)
    if (counts !== undefined) count(counts, `calls/${call}`, 1)
  }

  /** Nobody speaks or hears at this address any more. */
  left(address: Address): void {
    this.#byAddress.delete(address)
  }

  /** The framework is gone for good. */
  forget(frameworkId: string): void {
    this.#byFramework.delete(frameworkId)
  }

  /** By the ends of the names of Mesos' metrics. */
  metricsOf(frameworkId: string): Readonly<Record<string, number>> {
    const counts = this.#byFramework.get(frameworkId)
    const metrics: Record<string, number> = { calls: 0, events: 0 }
    for (const name of names) {
      const value = counts?.get(name) ?? 0
      metrics[name] = value
      const [family = ''] = name.split('/')
      if (family !== 'offers') metrics[family] = (metrics[family] ?? 0) + value
    }
    return metrics
  }

  /** Until the master answers, nobody knows which framework it is. */
  #introduced(address: Address): Counts {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    const counts: Counts = new Map()
    this.#byAddress.set(address, counts)
    return counts
  }

  #seat(address: Address, frameworkId: string): void {
    const before = this.#byFramework.get(frameworkId)
    const introduced = this.#introduced(address)
    if (before === introduced) return
    if (before === undefined) this.#byFramework.set(frameworkId, introduced)
    else {
      for (const [name, value] of introduced) count(before, name, value)
      this.#byAddress.set(address, before)
    }
  }
}
