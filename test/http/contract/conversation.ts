import { expect } from 'vitest'
import type { AgentProcess, Master } from '../../../src/index.ts'
import { type Answered, type Event, TestScheduler } from '../scheduler/support.ts'
import { ExecutorListener } from './executor-listener.ts'
import type { Fixture, Request, Step } from './fixture.ts'
import { launchesOf } from './launches.ts'
import { difference, filledIn, isLike, type Names, recordIn } from './matching.ts'

/** A task that nobody has: when it is answered for, all that came before has been. */
const nobody = { task_id: { value: 'nobody' } }
/** On a busy machine; only a test that fails takes as long. */
const patienceMs = 3_000
const json = { 'content-type': 'application/json' }

/** A scheduler, and how far what it heard was looked at. */
interface Listener {
  readonly scheduler: TestScheduler
  seen: number
  /** What it had heard when it made its last call. */
  said: number
}

/** Carries out the steps of a fixture, and compares. */
export class Conversation {
  readonly #master: Master
  readonly #agent: AgentProcess
  readonly #fixture: Fixture
  readonly #listeners: Listener[] = []
  readonly #names: Names = new Map()
  readonly #offered = new Set<string>()
  readonly #executor = new ExecutorListener()

  constructor(master: Master, agent: AgentProcess, fixture: Fixture) {
    this.#master = master
    this.#agent = agent
    this.#fixture = fixture
  }

  async play(): Promise<void> {
    const steps = this.#fixture.steps ?? launchesOf(this.#fixture)
    for (const [index, step] of steps.entries()) {
      await inTime(this.#do(step)).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        throw new Error(`step ${index + 1}, ${JSON.stringify(step)}: ${why}`)
      })
    }
  }

  /** Everybody leaves for good. */
  async end(): Promise<void> {
    this.#executor.hangUp()
    for (const { id } of this.#master.snapshot().frameworks) {
      await this.#post({ path: '/teardown', body: `frameworkId=${id}`, headers: {} })
    }
    for (const { scheduler } of this.#listeners) scheduler.dispose()
  }

  async #do(step: Step): Promise<void> {
    const { operator, request, executor, executorEvent } = step
    if (step.call !== undefined) return this.#call(step)
    if (operator !== undefined) {
      return this.#check(step, await this.#post({ path: '/api/v1', body: operator }))
    }
    if (request !== undefined) return this.#check(step, await this.#post(request))
    if (executor !== undefined) return this.#execute(step)
    if (executorEvent !== undefined) return this.#executor.hears(executorEvent, this.#names)
    const listener = await this.#listener(step.scheduler)
    if (step.event !== undefined) return this.#hears(listener, step.event)
    if (step.nothing !== undefined) return this.#hearsNothing(listener, step.nothing)
    if (step.offer !== undefined) return this.#takeOffer(listener)
    if (step.stream === 'ends') return void (await listener.scheduler.closed())
    if (step.stream === 'is hung up') return this.#hangUp(listener)
    throw new Error('nothing is to be done')
  }

  /** Whoever was not heard of yet subscribes first. */
  async #listener(number = 1): Promise<Listener> {
    const known = this.#listeners[number - 1]
    if (known !== undefined) return known
    const scheduler = new TestScheduler(this.#master)
    await scheduler.subscribe(this.#fixture.framework)
    return this.#join(number, scheduler)
  }

  #join(number: number, scheduler: TestScheduler): Listener {
    const listener = { scheduler, seen: 0, said: 0 }
    this.#listeners[number - 1] = listener
    this.#names.set(number === 1 ? '$framework' : `$framework${number}`, scheduler.frameworkId)
    this.#names.set(number === 1 ? '$stream' : `$stream${number}`, scheduler.streamId)
    return listener
  }

  async #call({ scheduler: number = 1, call = {}, headers, ...expected }: Step): Promise<void> {
    if (call.type === 'SUBSCRIBE') {
      return this.#subscribe(number, recordIn(call, this.#names), headers, expected.status)
    }
    const listener = await this.#listener(number)
    const { scheduler } = listener
    listener.said = scheduler.events.length
    const own = { framework_id: { value: scheduler.frameworkId } }
    const body = { ...own, ...recordIn(call, this.#names) }
    const shown = headers && strings(recordIn(headers, this.#names))
    this.#check({ status: 202, ...expected }, await scheduler.send(body, shown))
  }

  async #subscribe(number: number, body: object, headers = {}, status = 200): Promise<void> {
    const scheduler = new TestScheduler(this.#master)
    const { statusCode } = await scheduler.open({ ...body }, headers)
    expect(statusCode).toBe(status)
    if (status !== 200) return scheduler.dispose()
    const first = await scheduler.until(() => true)
    scheduler.frameworkId = first.subscribed?.framework_id.value ?? ''
    this.#join(number, scheduler)
  }

  async #hears(listener: Listener, pattern: Event | object): Promise<void> {
    const { scheduler } = listener
    const isMeant = (event: Event) => isLike(pattern, event, this.#names)
    const event = await scheduler.until(isMeant, listener.seen)
    listener.seen = scheduler.events.indexOf(event) + 1
    difference(pattern, event, this.#names)
  }

  async #hearsNothing({ scheduler, said }: Listener, pattern: object): Promise<void> {
    const from = scheduler.events.length
    await scheduler.call('RECONCILE', { tasks: [nobody] })
    const isAnswer = ({ update }: Event) => update?.status.task_id.value === 'nobody'
    await scheduler.until(isAnswer, from)
    const heard = scheduler.events.slice(said).filter((event) => !isAnswer(event))
    expect(heard.filter((event) => isLike(pattern, event, this.#names))).toEqual([])
  }

  async #takeOffer({ scheduler }: Listener): Promise<void> {
    const first = ({ offers }: Event) => offers?.offers[0]
    const isNew = (event: Event) => {
      const offer = first(event)
      return offer !== undefined && !this.#offered.has(offer.id.value)
    }
    const offer = first(await scheduler.until(isNew))
    if (offer === undefined) throw new Error('there are OFFERS without an offer')
    this.#offered.add(offer.id.value)
    this.#names.set('$offer', offer.id.value)
    this.#names.set('$agent', offer.agent_id.value)
  }

  async #hangUp({ scheduler }: Listener): Promise<void> {
    scheduler.dispose()
    const isConnected = () =>
      this.#master
        .snapshot()
        .frameworks.some(({ id, state }) => id === scheduler.frameworkId && state === 'connected')
    while (isConnected()) await new Promise((resolve) => setImmediate(resolve))
  }

  async #execute(step: Step): Promise<void> {
    const body = filledIn(step.executor, this.#names)
    const path = '/api/v1/executor'
    if (step.status !== 200) return this.#check(step, await this.#post({ to: 'agent', path, body }))
    return this.#executor.subscribe(`${this.#placeOf('agent')}${path}`, body)
  }

  async #post({ to = 'master', method = 'POST', path, headers = json, body }: Request) {
    const data = filledIn(body, this.#names)
    const response = await fetch(`${this.#placeOf(to)}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body: typeof data === 'string' ? data : JSON.stringify(data) }),
    })
    return { status: response.status, body: await response.text() }
  }

  #placeOf(to: 'master' | 'agent'): string {
    const { endpoint } = this.#agent
    return to === 'master'
      ? `http://${this.#master.place}`
      : `http://${endpoint?.ip}:${endpoint?.port}`
  }

  #check(
    { status = 200, answer }: Pick<Step, 'status' | 'answer'>,
    seen: Pick<Answered, 'status' | 'body'>,
  ): void {
    expect(seen.status, seen.body).toBe(status)
    if (answer === undefined) return
    expect(difference(answer, JSON.parse(seen.body), this.#names)).toBeUndefined()
  }
}

/** What is waited for may never come: then the step is to be named. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing for ${patienceMs} ms`)), patienceMs)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function strings(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
