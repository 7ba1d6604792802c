import { type Address, MASTER } from '../../messages/index.ts'
import type { MessageFromExecutor, MessageToAgent } from '../../messages/task.ts'
import { type AgentStep, agentId } from './step.ts'

type Said = (MessageToAgent | MessageFromExecutor) & { readonly from: Address }

/**
 * A scheduler and its executor talk: what can be relayed now is, and all else is lost, as in Mesos
 * (src/slave/slave.cpp, schedulerMessage and executorMessage).
 */
export function relay(step: AgentStep, said: Said): void {
  const { book, turn } = step
  const { from, frameworkId, executorId, data } = said
  const executor = book.frameworks.get(frameworkId)?.executors.get(executorId)
  if (executor?.state !== 'running' && executor?.state !== 'terminating') {
    return turn.mark('message.undeliverable', `${from} speaks of the executor ${executorId}`)
  }
  if (from === MASTER) return turn.send(executor.address, { type: 'task.message', data })
  if (from !== executor.address || !book.masterKnown) {
    return turn.mark('message.undeliverable', `${from} speaks to its scheduler`)
  }
  turn.send(MASTER, {
    type: 'task.message',
    agentId: agentId(book),
    frameworkId,
    executorId,
    data,
  })
}
