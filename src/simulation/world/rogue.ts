import {
  type Envelope,
  MASTER,
  type Message,
  type Offer,
  type TaskInfo,
} from '../../messages/index.ts'
import type { RandomStream } from '../random-stream.ts'
import type { SimulatedProcess } from './process.ts'
import type { Surroundings } from './surroundings.ts'

export const rogueAddress = 'scheduler/rogue'
/** It does something about this often. */
const meanMs = 2_000
/** So many of other people's offers and tasks it remembers. */
const overheardMax = 50
/** When it floods the master, it says so much at once. */
const floodSize = 20

/**
 * A scheduler that lies: it launches on offers of others and on dead ones, launches twice, ends
 * and acknowledges what is not its own, floods, and often never answers at all. It must not harm
 * anybody else.
 */
export class Rogue {
  readonly #surroundings: Surroundings
  readonly #stream: RandomStream
  readonly #process: SimulatedProcess
  readonly #offers: Offer[] = []
  readonly #overheard: { offers: Offer[]; taskIds: string[] } = { offers: [], taskIds: [] }
  #frameworkId: string | undefined
  #tasks = 0
  #isOver = false

  constructor(surroundings: Surroundings, stream: RandomStream) {
    this.#surroundings = surroundings
    this.#stream = stream
    this.#process = surroundings.begin(rogueAddress, 'rogue')
    const { transport } = surroundings.hosting(this.#process)
    transport.subscribe(rogueAddress, (envelopes) => {
      for (const { message } of envelopes) this.#hear(message)
    })
    this.#next()
  }

  /** What it overhears of others. */
  overhear({ from, to, message }: Envelope): void {
    const { offers, taskIds } = this.#overheard
    if (message.type === 'allocation.offer' && to !== rogueAddress) offers.push(...message.offers)
    if (message.type === 'task.launch' && from !== rogueAddress) {
      taskIds.push(...message.tasks.map(({ taskId }) => taskId))
    }
    for (const list of [offers, taskIds]) list.splice(0, list.length - overheardMax)
  }

  /** It is made to leave for good. */
  stop(): void {
    this.#isOver = true
    const leave = (): void => {
      if (this.#frameworkId === undefined) return
      this.#say({ type: 'lifecycle.unregister', frameworkId: this.#frameworkId })
    }
    this.#register()
    this.#process.setTimer(leave, meanMs)
  }

  #next(): void {
    this.#process.setTimer(() => {
      if (this.#isOver) return
      this.#act()
      this.#next()
    }, this.#stream.exponential(meanMs))
  }

  #act(): void {
    const { offers, taskIds } = this.#overheard
    const acts: (() => void)[] = [
      () => this.#register(),
      () => this.#launchOn(this.#stream.pick(this.#offers)),
      () => this.#launchOn(this.#stream.pick(offers)),
      () => this.#launchOn(this.#stream.pick(this.#offers), this.#stream.pick(taskIds)),
      () => this.#declineAll([...this.#offers, ...offers]),
      () => this.#end(this.#stream.pick(taskIds) ?? 'nothing'),
      () => this.#flood(),
    ]
    this.#stream.pick(acts)?.()
  }

  #hear(message: Message): void {
    if (message.type === 'lifecycle.registered' || message.type === 'lifecycle.reregistered') {
      this.#frameworkId = message.frameworkId
    }
    if (message.type === 'allocation.offer') this.#offers.push(...message.offers)
    this.#offers.splice(0, this.#offers.length - overheardMax)
  }

  #register(): void {
    const framework = { name: 'rogue', roles: ['rogue'] }
    const frameworkId = this.#frameworkId
    this.#say(
      frameworkId === undefined
        ? { type: 'lifecycle.register', framework }
        : { type: 'lifecycle.reregister', frameworkId, framework },
    )
  }

  #launchOn(offer: Offer | undefined, taskId = `rogue-${++this.#tasks}`): void {
    if (offer === undefined) return
    const task: TaskInfo = {
      taskId,
      name: taskId,
      agentId: offer.agentId,
      resources: this.#stream.chance(0.3) ? { cpus: 99 } : offer.resources,
      command: { value: 'mischief' },
      labels: { durationMs: '60000', course: this.#stream.chance(0.5) ? 'hangs' : 'finishes' },
    }
    const tasks = this.#stream.chance(0.5) ? [task] : [task, task]
    for (let times = this.#stream.integer(1, 2); times > 0; times--) {
      this.#say({ type: 'task.launch', offerIds: [offer.offerId], tasks })
    }
  }

  #declineAll(offers: readonly Offer[]): void {
    const offerIds = offers.map(({ offerId }) => offerId)
    this.#say({ type: 'allocation.decline', offerIds: [...offerIds, 'no-such-offer'] })
  }

  #end(taskId: string): void {
    const [agentId, uuid] = ['no-such-agent', '00000000-0000-4000-8000-000000000000']
    this.#say({ type: 'task.kill', kills: [{ taskId }] })
    this.#say({ type: 'task.acknowledge', acknowledgements: [{ taskId, agentId, uuid }] })
  }

  #flood(): void {
    for (let count = 0; count < floodSize; count++) {
      this.#say({ type: 'allocation.revive' })
      this.#say({ type: 'task.reconcile', tasks: [] })
    }
  }

  #say(message: Message): void {
    const { transport } = this.#surroundings.hosting(this.#process)
    transport.send({ from: rogueAddress, to: MASTER, message })
  }
}
