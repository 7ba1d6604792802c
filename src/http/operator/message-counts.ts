import { type Address, type Envelope, MASTER } from '../../messages/index.ts'

type Kinds = Readonly<Record<string, string>>

/** What Mesos' metrics call the messages that come to a master, by who sends them. */
const names: Readonly<Record<'scheduler' | 'agent', Kinds>> = {
  scheduler: {
    'lifecycle.register': 'register_framework',
    'lifecycle.reregister': 'reregister_framework',
    'lifecycle.unregister': 'unregister_framework',
    'allocation.accept': 'launch_tasks',
    'task.launch': 'launch_tasks',
    'allocation.decline': 'decline_offers',
    'allocation.revive': 'revive_offers',
    'allocation.suppress': 'suppress_offers',
    'allocation.request': 'resource_request',
    'task.kill': 'kill_task',
    'task.reconcile': 'reconcile_tasks',
    'task.acknowledge': 'status_update_acknowledgement',
    'task.message': 'framework_to_executor',
  },
  agent: {
    'lifecycle.registerAgent': 'register_slave',
    'lifecycle.reregisterAgent': 'reregister_slave',
    'lifecycle.unregisterAgent': 'unregister_slave',
    'lifecycle.executorExited': 'exited_executor',
    'task.update': 'status_update',
    'task.message': 'executor_to_framework',
    'allocation.operationUpdate': 'operation_status_update',
  },
}

/** Looked up for every message, so without taking the address apart. */
function kindsFrom(address: Address): Kinds | undefined {
  if (address.startsWith('scheduler/')) return names.scheduler
  return address.startsWith('agent/') ? names.agent : undefined
}

/** How many messages of each kind the master was sent. */
export class MessageCounts {
  readonly #counts = new Map<string, number>()

  constructor() {
    for (const kinds of Object.values(names)) {
      for (const name of Object.values(kinds)) this.#counts.set(name, 0)
    }
  }

  /** Takes note of a message on its way; to be called with each of them. */
  readonly note = ({ from, to, message }: Envelope): void => {
    if (to !== MASTER) return
    const name = kindsFrom(from)?.[message.type]
    if (name !== undefined) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  /** By the names of Mesos' metrics. */
  get metrics(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#counts].map(([name, count]) => [`master/messages_${name}`, count]),
    )
  }
}
