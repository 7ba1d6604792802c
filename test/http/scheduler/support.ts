import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'
import type { MasterOptions } from '../../../src/cluster/processes/master-options.ts'
import { RecordDecoder } from '../../../src/http/wire/record-io.ts'
import type { Master } from '../../../src/index.ts'
import { agent, master } from '../../cluster/processes/support.ts'

/** Data of JSON that a test makes. */
export type Data = Readonly<Record<string, unknown>>

interface Id {
  readonly value: string
}

export interface Status {
  readonly task_id: Id
  readonly agent_id: Id
  readonly state: string
  readonly source: string
  readonly reason?: string
  readonly uuid?: string
}

export interface Offer {
  readonly id: Id
  readonly agent_id: Id
  readonly resources: readonly Data[]
  readonly allocation_info?: Data
}

/** What a scheduler hears, as far as tests look into it. */
export interface Event {
  readonly type: string
  readonly subscribed?: { readonly framework_id: Id; readonly heartbeat_interval_seconds: number }
  readonly error?: { readonly message: string }
  readonly offers?: { readonly offers: readonly Offer[] }
  readonly update?: { readonly status: Status }
  readonly update_operation_status?: { readonly status: { readonly state: string } }
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A master, and agents that offer 2 cpus and 512 MB each. */
export async function cluster(agents: number, options: MasterOptions = {}): Promise<Master> {
  const head = await master(options)
  for (let count = 0; count < agents; count++) {
    await agent(head.place, { agent: { name: `a${count}`, cpus: 2, mem: 512 } })
  }
  return head
}

export const capabilities = ['MULTI_ROLE', 'PARTITION_AWARE', 'RESERVATION_REFINEMENT'].map(
  (type) => ({ type }),
)
export const frameworkInfo = { user: 'root', name: 'test', roles: ['eng'], capabilities }

/** A call of a framework that has nothing more to say than its type, or this. */
export function callOf(type: string, frameworkId: string, part?: Data): Data {
  const call = { type, framework_id: { value: frameworkId } }
  return part === undefined ? call : { ...call, [type.toLowerCase()]: part }
}

/** A scheduler as a client of the HTTP API: a connection for its stream and one for its calls. */
export class TestScheduler {
  readonly events: Event[] = []
  readonly #place: string
  readonly #headers: Record<string, string>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #waiters = new Set<() => void>()
  #stream: IncomingMessage | undefined
  frameworkId = ''
  streamId = ''
  isClosed = false

  /** Every request has the headers given. */
  constructor({ place }: Pick<Master, 'place'>, headers: Record<string, string> = {}) {
    this.#place = place
    this.#headers = headers
    onTestFinished(() => this.dispose())
  }

  /** Subscribes and waits for SUBSCRIBED or ERROR. */
  async subscribe(info: Data = {}, more: Data = {}): Promise<Event> {
    const framework_info = { ...frameworkInfo, ...info }
    const body = {
      type: 'SUBSCRIBE',
      ...(info.id !== undefined && { framework_id: info.id }),
      subscribe: { framework_info, ...more },
    }
    const from = this.events.length
    const answer = await this.open(body)
    if (answer.statusCode !== 200) throw new Error(`SUBSCRIBE: ${answer.statusCode}`)
    const first = await this.until(({ type }) => type === 'SUBSCRIBED' || type === 'ERROR', from)
    this.frameworkId = first.subscribed?.framework_id.value ?? ''
    return first
  }

  /** Sends a SUBSCRIBE as it is, and follows the stream if there is one. */
  open(body: Data, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((answered, failed) => {
      const call = request(this.#target(headers), (answer) => {
        this.#stream = answer
        this.streamId = String(answer.headers['mesos-stream-id'])
        const decoder = new RecordDecoder()
        answer.on('data', (chunk) => {
          if (answer.statusCode !== 200) return
          for (const record of decoder.push(chunk)) this.events.push(JSON.parse(record))
          this.#tell()
        })
        answer.on('error', () => {})
        answer.on('close', () => {
          this.isClosed = true
          this.#tell()
        })
        answered(answer)
      })
      call.on('error', failed)
      call.end(JSON.stringify(body))
    })
  }

  /** Makes a call in the name of its framework; its status is what matters. */
  async call(type: string, part?: Data, headers: Record<string, string> = {}): Promise<number> {
    return (await this.send(callOf(type, this.frameworkId, part), headers)).status
  }

  /** Sends a body as it is, with the stream's id unless the headers have another. */
  send(body: Data | string, headers: Record<string, string> = {}): Promise<Answered> {
    const shown = { 'mesos-stream-id': this.streamId, ...headers }
    return new Promise((answered, failed) => {
      const target = { ...this.#target(shown), agent: this.#agent }
      const call = request(target, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk) => void chunks.push(chunk))
        answer.on('end', () => {
          const { statusCode: status = 0, headers } = answer
          answered({ status, headers, body: Buffer.concat(chunks).toString() })
        })
      })
      call.on('error', failed)
      call.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  }

  /** The first event from there on that is meant. */
  async until(isMeant: (event: Event) => boolean, from = 0): Promise<Event> {
    for (;;) {
      const found = this.events.slice(from).find(isMeant)
      if (found !== undefined) return found
      if (this.isClosed) throw new Error(`closed after ${JSON.stringify(this.events)}`)
      await new Promise<void>((heard) => this.#waiters.add(heard))
    }
  }

  /** The first status of a task in that state. */
  async state(taskId: string, state: string, from = 0): Promise<Status> {
    const isMeant = ({ update }: Event): boolean =>
      update?.status.task_id.value === taskId && update.status.state === state
    const { update } = await this.until(isMeant, from)
    if (update === undefined) throw new Error('what was found is no update')
    return update.status
  }

  async offer(from = 0): Promise<Offer> {
    const { offers } = await this.until(({ type }) => type === 'OFFERS', from)
    const [first] = offers?.offers ?? []
    if (first === undefined) throw new Error('there are OFFERS without an offer')
    return first
  }

  /** Resolves when the stream has ended. */
  async closed(): Promise<readonly Event[]> {
    while (!this.isClosed) await new Promise<void>((heard) => this.#waiters.add(heard))
    return this.events
  }

  /** What it heard besides heartbeats, by type. */
  types(from = 0): string[] {
    const types = this.events.slice(from).map(({ type }) => type)
    return types.filter((type) => type !== 'HEARTBEAT')
  }

  /** Stops reading, so that the other side cannot get rid of what it writes. */
  pause(): void {
    this.#stream?.pause()
  }

  dispose(): void {
    this.#stream?.destroy()
    this.#agent.destroy()
  }

  #target(headers: Record<string, string>) {
    const [host = '', port = ''] = this.#place.split(':')
    const spoken = { 'content-type': 'application/json', accept: 'application/json' }
    return {
      host,
      port,
      method: 'POST',
      path: '/api/v1/scheduler',
      headers: { ...spoken, ...this.#headers, ...headers },
    }
  }

  #tell(): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter()
  }
}

/** A scheduler that has subscribed. */
export async function subscribed(head: Master, info: Data = {}): Promise<TestScheduler> {
  const scheduler = new TestScheduler(head)
  await scheduler.subscribe(info)
  return scheduler
}

/** A task that runs a command on the offer's agent. */
export function commandTask(taskId: string, offer: Offer, value: string, cpus = 1): Data {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    command: { value },
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: cpus } }],
  }
}

/** What ACCEPT needs to launch tasks on an offer. */
export function launching(offer: Offer, tasks: readonly Data[]) {
  return {
    offer_ids: [offer.id],
    operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
    filters: { refuse_seconds: 0 },
  }
}
