import { type Address, type Envelope, MASTER, type TaskStatus } from '../../messages/index.ts'
import type { AgentBook, ExecutorRecord } from '../../model/agent/book.ts'
import { hasNeverBegun } from '../../model/agent/executors.ts'

/** How much an agent was told that it could use, and how much that it could not. */
export class MessageCounts {
  readonly #book: () => AgentBook
  #updates = { valid: 0, invalid: 0 }
  #messages = { valid: 0, invalid: 0 }
  #launchErrors = 0

  constructor(book: () => AgentBook) {
    this.#book = book
  }

  /** Takes note of a message on its way; to be called with each of them. */
  readonly note = ({ from, to, message }: Envelope): void => {
    const { type } = message
    if (type !== 'task.update' && type !== 'task.message' && type !== 'lifecycle.exited') return
    const book = this.#book()
    if (to !== book.address) return
    const { executorAt } = book
    if (type === 'lifecycle.exited') this.#noteExit(executorAt.get(message.address), message.status)
    else if (type === 'task.update') {
      if (!('executorId' in message)) return
      const isKnown = book.frameworks.get(message.frameworkId)?.terminating === false
      for (const status of message.updates) this.#noteUpdate(book, status, isKnown)
    } else if ('frameworkId' in message) this.#noteMessage(book, from, message)
  }

  /** By the names of Mesos' metrics. */
  get metrics(): Readonly<Record<string, number>> {
    return {
      'slave/valid_status_updates': this.#updates.valid,
      'slave/invalid_status_updates': this.#updates.invalid,
      'slave/valid_framework_messages': this.#messages.valid,
      'slave/invalid_framework_messages': this.#messages.invalid,
      'slave/container_launch_errors': this.#launchErrors,
    }
  }

  /** What the agent calls a failed launch: it counts before the agent has seen to it. */
  #noteExit(executor: ExecutorRecord | undefined, status: number | undefined): void {
    if (executor !== undefined && hasNeverBegun(executor, status)) this.#launchErrors++
  }

  #noteUpdate({ id }: AgentBook, status: TaskStatus, isKnown: boolean): void {
    const { uuid, agentId = id, reason } = status
    if (isKnown && uuid !== undefined && agentId === id) this.#updates.valid++
    else this.#updates.invalid++
    if (reason === 'CONTAINER_LAUNCH_FAILED') this.#launchErrors++
  }

  #noteMessage(
    { frameworks, masterKnown }: AgentBook,
    from: Address,
    { frameworkId, executorId }: { readonly frameworkId: string; readonly executorId: string },
  ): void {
    const executor = frameworks.get(frameworkId)?.executors.get(executorId)
    const isThere = executor?.state === 'running' || executor?.state === 'terminating'
    const mayPass = from === MASTER || (from === executor?.address && masterKnown)
    if (isThere && mayPass) this.#messages.valid++
    else this.#messages.invalid++
  }
}
