import { Deferred } from '../../frameworks/deferred.ts'
import type { Framework, FrameworkCallbacks } from '../../frameworks/framework.ts'
import type { Jobs } from '../../frameworks/jobs/jobs.ts'
import { checkDuration } from '../../frameworks/task-request.ts'
import { type Address, type Envelope, MASTER, OPERATOR } from '../../messages/index.ts'
import { ClosedError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import type { WebSocketSpoke } from '../../transports/websocket/spoke.ts'
import { Hosting, type ProcessOptions } from '../hosting.ts'
import { Operator } from '../operator.ts'
import { checkTimeouts, type FrameworkOptions, type JobsOptions } from '../options.ts'
import { Tenants } from '../tenants.ts'
import { hopeless, type LinkNews, linkUp, type UplinkOptions, uplinkKeys } from './uplink.ts'

/** How a process joins a cluster whose master is elsewhere. */
export interface ConnectOptions extends UplinkOptions, ProcessOptions {
  /** How long it tries to reach the master for the first time. Default 10,000. */
  readonly timeoutMs?: number
}

const keys = [...uplinkKeys, 'timeoutMs']

const timeoutMsDefault = 10_000

/** Links break: the tasks of a framework that says nothing else wait so long for its return. */
const failoverTimeoutMs = 60_000

/** A cluster whose master is in another process: tenants and schedulers as in an embedded one. */
export class RemoteCluster {
  readonly #hosting: Hosting
  readonly #transport: WebSocketSpoke
  readonly #operator: Operator
  readonly #tenants: Tenants
  #closing: Promise<void> | undefined

  /** Throws InvalidInputError; see `connectCluster`. */
  constructor(master: string, options: ConnectOptions, onNews: (news: LinkNews) => void) {
    this.#hosting = new Hosting(options)
    this.#transport = linkUp(master, this.#hosting, options, {
      onNews: (news) => {
        onNews(news)
        const error = hopeless(master, news)
        if (error !== undefined && news.type === 'refused') this.#fail(news.address, error)
      },
    })
    const address = `${OPERATOR}/${this.#hosting.ids.uuid()}`
    this.#operator = new Operator(this.#transport, address)
    this.#tenants = new Tenants({
      hosting: this.#hosting,
      transport: this.#transport,
      operator: this.#operator,
      asks: true,
      link: this.#transport,
      failoverTimeoutMs,
    })
  }

  /**
   * A tenant: its jobs get their fair share. Only commands can run elsewhere; functions, modules
   * and leases are refused. Throws InvalidInputError when the name is taken in this process; when
   * another one has it, the tenant fails.
   */
  jobs(name: string, options: JobsOptions = {}): Jobs {
    return this.#tenants.jobs(name, options)
  }

  /** A framework with an own scheduler. Throws InvalidInputError when the name is taken. */
  framework(options: FrameworkOptions, callbacks: FrameworkCallbacks): Framework {
    return this.#tenants.framework(options, callbacks)
  }

  /** Each message that this process hears or says, until the returned function is called. */
  messages(observer: (envelope: Envelope) => void): () => void {
    return this.#transport.observe(observer)
  }

  /** What happened against expectation, and how often. */
  marks(): Readonly<Record<string, number>> {
    return this.#hosting.marks()
  }

  /** Ends every task of this process's tenants, and then the link; the cluster goes on. */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration('the cluster', 'graceMs', options.graceMs)
    const tenants = this.#tenants.close(options)
    this.#closing ??= tenants.then(() => {
      this.#operator.close()
      this.#transport.close()
    })
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Somebody else has the name for good: its scheduler hears it as it would from the master. */
  #fail(address: Address, { message }: Error): void {
    if (!address.startsWith('scheduler/')) return
    this.#transport.send({
      from: MASTER,
      to: address,
      message: { type: 'lifecycle.error', message },
    })
  }
}

/**
 * Links up with the master at `host:port`. Rejects with InvalidInputError for options that cannot
 * work, and with ClosedError when the master is not there in time or does not want it.
 */
export async function connectTo(master: string, options: ConnectOptions): Promise<RemoteCluster> {
  checkKeys('the connection', options, keys)
  checkTimeouts(options.timeouts ?? {})
  checkDuration('the connection', 'timeoutMs', options.timeoutMs)
  const { timeoutMs = timeoutMsDefault } = options
  const open = new Deferred<void>()
  let last = 'it does not answer'
  const cluster = new RemoteCluster(master, options, (news) => {
    if (news.type === 'open') return open.resolve()
    if (news.type === 'down') last = news.reason
    const error = hopeless(master, news)
    if (error !== undefined) open.reject(error)
  })
  const patience = setTimeout(() => {
    open.reject(
      new ClosedError(`the master at ${master} was not reached in ${timeoutMs} ms: ${last}`),
    )
  }, timeoutMs)
  try {
    await open.promise
    return cluster
  } catch (error) {
    await cluster.close()
    throw error
  } finally {
    clearTimeout(patience)
  }
}
