import type { Message } from '../messages/index.ts'

/**
 * How many things a message asks of an agent that nobody would ask for again: both sides count
 * them, so that a gap shows with the next ping. Batches are counted by what is in them, because
 * messages of one turn may travel as one.
 */
export function callsIn(message: Message): number {
  switch (message.type) {
    case 'task.launch':
    case 'task.launchGroup':
      return message.tasks.length
    case 'task.kill':
      return message.kills.length
    case 'task.acknowledge':
      return message.acknowledgements.length
    case 'allocation.apply':
      return message.operations.length
    case 'lifecycle.shutdownExecutor':
    case 'lifecycle.shutdownFramework':
    case 'lifecycle.updateFramework':
      return 1
    default:
      return 0
  }
}
