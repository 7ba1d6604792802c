import { ForkChannel } from './fork-channel.ts'
import { forkOrder } from './fork-messages.ts'
import { ForkedRun, type ForkedRunParts } from './forked-run.ts'
import type { ProcessOrder } from './processes.ts'

/**
 * A small process that forks for this one. To fork, a system copies the map of all memory of the
 * process that does it: for Node that takes milliseconds in which nothing else happens, the more
 * the bigger its heap is. The small one is written in Perl, which most Linux systems have. Where it
 * is missing, and while it starts, this process has to fork by itself; on other systems it always
 * does, because they start programs without a fork.
 */
export class ForkServer {
  #channel: ForkChannel | undefined
  /** It could not start, or was killed: it is not tried again. */
  #isMissing = process.platform !== 'linux'
  #count = 0

  /** Whether commands can be given to it now. */
  get isReady(): boolean {
    return this.#channel?.isReady === true
  }

  /** Begins to start it, so that later commands find it; resolves when it is ready or missing. */
  async prepare(): Promise<void> {
    if (this.#isMissing) return
    this.#channel ??= this.#open()
    await this.#channel?.settled
  }

  /** Nothing when this order cannot be given to it, or not yet. */
  start(
    order: ProcessOrder,
    parts: Pick<ForkedRunParts, 'mark' | 'reaper' | 'listener'>,
  ): ForkedRun | undefined {
    if (this.#channel?.isReady !== true) {
      void this.prepare()
      return undefined
    }
    this.#count += 1
    const message = forkOrder(this.#count, order)
    if (message === undefined) return undefined
    const run = new ForkedRun({ sandbox: order.sandbox, ...parts })
    this.#channel.order(this.#count, run, message)
    return run
  }

  /** It ends, as soon as its last command has; another one starts with the next command. */
  async release(): Promise<void> {
    const channel = this.#channel
    this.#channel = undefined
    await channel?.release()
  }

  #open(): ForkChannel | undefined {
    const lose = (): void => {
      this.#isMissing = true
      this.#channel = undefined
    }
    try {
      const channel: ForkChannel = new ForkChannel(() => {
        if (this.#channel === channel) lose()
      })
      return channel
    } catch {
      // Too many open files, for example. Commands tell their people why they cannot start.
      lose()
      return undefined
    }
  }
}
