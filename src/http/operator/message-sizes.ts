import type { Message } from '../../messages/index.ts'

/**
 * Of how many of Mesos' messages one is, in which several travel together: one for each task, offer
 * or operation that it is about, where Mesos has no lists.
 */
export function sizeOf(message: Message): number {
  switch (message.type) {
    case 'task.update':
    case 'allocation.operationUpdate':
      return message.updates.length
    case 'task.acknowledge':
      return message.acknowledgements.length
    case 'task.kill':
      return message.kills.length
    case 'allocation.offer':
      return message.offers.length
    case 'allocation.rescind':
      return message.offerIds.length
    case 'allocation.rescindInverse':
      return message.inverseOfferIds.length
    default:
      return 1
  }
}
