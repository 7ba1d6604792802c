import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type ConnectSchedulerOptions, connectScheduler } from '../../../src/cluster/http-client.ts'
import type { LineNews } from '../../../src/http/client/scheduler-line.ts'
import { encodeRecord } from '../../../src/http/wire/record-io.ts'
import type { Framework, FrameworkCallbacks, Offer, TaskStatus } from '../../../src/index.ts'
import { until } from '../../executors/harness.ts'

/** Nobody needs to be spared in a test. */
const timeouts = { registrationBackoffMs: 20, registrationBackoffMaxMs: 50 }

/** A scheduler over HTTP that keeps what it hears. */
export class Client {
  readonly framework: Framework
  readonly offers: Offer[] = []
  readonly updates: TaskStatus[] = []
  readonly news: LineNews[] = []
  readonly registrations: string[] = []
  readonly words: string[] = []
  readonly rescinded: string[] = []
  disconnections = 0
  failure: Error | undefined

  constructor(
    place: string | readonly string[],
    options: Partial<ConnectSchedulerOptions> = {},
    callbacks: Partial<FrameworkCallbacks> = {},
  ) {
    const all: ConnectSchedulerOptions = {
      name: 'mine',
      ...(options.roles === undefined && { role: 'eng' }),
      timeouts,
      onLink: (news) => void this.news.push(news),
      ...options,
    }
    this.framework = connectScheduler(place, all, {
      registered: (id) => void this.registrations.push(id),
      offers: (offers) => void this.offers.push(...offers),
      rescinded: (id) => void this.rescinded.push(id),
      update: (status) => void this.updates.push(status),
      message: ({ data }) => void this.words.push(Buffer.from(data).toString()),
      disconnected: () => {
        this.disconnections += 1
      },
      failed: (error) => {
        this.failure = error
      },
      ...callbacks,
    })
    onTestFinished(() => this.framework.stop())
  }

  /** An offer that came after as many others. */
  offer(after = 0): Promise<Offer> {
    return until('an offer', () => this.offers[after])
  }

  reaches(taskId: string, state: string): Promise<TaskStatus> {
    return until(`${taskId} is ${state}`, () =>
      this.updates.find((status) => status.taskId === taskId && status.state === state),
    )
  }

  states(taskId: string): string[] {
    return this.updates.filter((status) => status.taskId === taskId).map(({ state }) => state)
  }

  /** What went wrong on the way to the master, as sentences. */
  get troubles(): string[] {
    return this.news.flatMap((news) => (news.type === 'down' ? [news.reason] : []))
  }
}

type Handler = (call: Heard) => void

/** A call as a foreign server hears it. */
export interface Heard {
  readonly type: string
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
  readonly response: ServerResponse
}

/** A server that answers as the test wants, and keeps all calls. */
export async function foreignServer(handle: Handler) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => void chunks.push(chunk))
    request.on('end', () => {
      const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString())
      const call = { type: String(body.type), body, headers: request.headers, response }
      heard.push(call)
      handle(call)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return { place: `127.0.0.1:${address.port}`, heard, server }
}

/** Begins a stream of events, and says the first. */
export function welcome(
  { response }: Heard,
  { streamId = 'S', intervalSeconds = 15, id = 'F' } = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', 'Mesos-Stream-Id': streamId })
  const subscribed = { framework_id: { value: id }, heartbeat_interval_seconds: intervalSeconds }
  say(response, { type: 'SUBSCRIBED', subscribed })
}

export function say(response: ServerResponse, event: object): void {
  response.write(encodeRecord(event))
}

export function answer({ response }: Heard, status = 202, words = ''): void {
  response.writeHead(status).end(words)
}

/** Takes every call. */
export function accept(call: Heard): void {
  if (call.type === 'SUBSCRIBE') welcome(call)
  else answer(call)
}

/** A server, and the last stream that it opened. */
export async function streaming(handle: (call: Heard) => void = accept) {
  const server = await foreignServer(handle)
  const subscriptions = () => server.heard.filter(({ type }) => type === 'SUBSCRIBE')
  const stream = () => until('a stream', () => subscriptions().at(-1)?.response)
  return { ...server, subscriptions, stream }
}

export const offers = (...list: object[]) => ({ type: 'OFFERS', offers: { offers: list } })
export const offerOf = (id: string, cpus: unknown = 1) => ({
  id: { value: id },
  framework_id: { value: 'F' },
  agent_id: { value: 'A' },
  hostname: 'a',
  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: cpus } }],
})
