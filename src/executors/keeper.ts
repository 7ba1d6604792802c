import { type ChildProcess, fork } from 'node:child_process'
import type { KeeperNews, KeeperOrder } from './keeper-messages.ts'
import { identityOf, type ProcessIdentity } from './process-identity.ts'

const entry = new URL('./keeper-entry.js', import.meta.url)

/**
 * The process that starts commands for an agent and outlives it. It is in a session of its own and
 * has nothing open that could end with the agent.
 */
export class Keeper {
  readonly identity: ProcessIdentity
  readonly #child: ChildProcess

  /** Throws when no process can be started. `onLost` is told that it ended, for whatever reason. */
  constructor(onNews: (news: KeeperNews) => void, onLost: () => void) {
    // Settings for this Node process, a debugger's port for example, are not for that one.
    const { NODE_OPTIONS: _, ...environment } = process.env
    this.#child = fork(entry, [], {
      cwd: '/',
      env: environment,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    })
    const { pid } = this.#child
    const identity = pid === undefined ? undefined : identityOf(pid)
    // A message to one that has just ended fails; what matters is that it ended.
    this.#child.on('error', () => {})
    if (identity === undefined) throw new Error('the keeper of its processes could not start')
    this.identity = identity
    this.#child.on('message', onNews)
    this.#child.once('exit', onLost)
  }

  order(order: KeeperOrder): void {
    this.#child.send(order)
  }

  /** Whether this process waits for it, or may end while nothing else is to be done. */
  wait(waits: boolean): void {
    if (waits) {
      this.#child.ref()
      this.#child.channel?.ref()
    } else {
      this.#child.unref()
      this.#child.channel?.unref()
    }
  }

  /** Lets go of it: it ends as soon as its last command has. */
  release(): void {
    this.#child.removeAllListeners('exit')
    if (this.#child.connected) this.#child.disconnect()
    this.#child.unref()
  }
}
