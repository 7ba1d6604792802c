import { describe, expect, it } from 'vitest'
import type { Transport } from '../../src/actors/ports.ts'
import type { Address, Envelope, Message } from '../../src/messages/index.ts'

/** Who talks to whom, and what: legal messages that carry a number. */
export interface Talk {
  readonly senders: readonly [Address, Address, Address]
  readonly receiver: Address
  readonly say: (round: number) => Message
  readonly roundOf: (message: Message) => number
}

/** A transport under test, and how to let everything that is on its way arrive. */
export interface Road {
  /** Where the senders live. */
  readonly near: Transport
  /** Where the receiver lives; perhaps the same. */
  readonly far: Transport
  readonly talk: Talk
  settle(): Promise<void>
}

export interface TransportContract {
  readonly name: string
  readonly make: () => Road | Promise<Road>
  /** Tests that cannot hold for this transport, each with the reason. */
  readonly skip?: readonly { readonly test: string; readonly reason: string }[]
}

/** A road with the senders at home on it. */
class Journey {
  readonly road: Road
  readonly #receiver: Address

  constructor(road: Road) {
    this.road = road
    this.#receiver = road.talk.receiver
    for (const sender of road.talk.senders) road.near.subscribe(sender, () => {})
  }

  envelope(round: number, sender = this.road.talk.senders[0]): Envelope {
    return { from: sender, to: this.#receiver, message: this.road.talk.say(round) }
  }

  send(round: number, sender?: Address): void {
    this.road.near.send(this.envelope(round, sender))
  }

  /** A subscribed mailbox that keeps what it gets. */
  mailbox(): Envelope[] {
    const heard: Envelope[] = []
    this.road.far.subscribe(this.#receiver, (envelopes) => heard.push(...envelopes))
    return heard
  }

  subscribe(receive: (envelopes: readonly Envelope[]) => void): () => void {
    return this.road.far.subscribe(this.#receiver, receive)
  }

  rounds(heard: readonly Envelope[]): number[] {
    return heard.map(({ message }) => this.road.talk.roundOf(message))
  }

  settle(): Promise<void> {
    return this.road.settle()
  }
}

/** What every transport promises to the actors, whatever it is made of. */
export function transportContract({ name, make, skip = [] }: TransportContract): void {
  /** A test, unless this transport says why it is not for it. */
  const promise = (title: string, check: (journey: Journey) => Promise<void>): void => {
    const exception = skip.find(({ test }) => test === title)
    if (exception === undefined) {
      it(title, async () => {
        const journey = new Journey(await make())
        await journey.settle()
        await check(journey)
      })
    } else it(`${title} (not here, because ${exception.reason})`, { skip: true }, () => {})
  }

  describe(`${name}: the contract of a transport`, () => {
    promise('delivers what was sent, with sender and receiver', async (journey) => {
      const heard = journey.mailbox()
      await journey.settle()
      journey.send(1)
      await journey.settle()
      expect(heard).toEqual([journey.envelope(1)])
    })

    promise('keeps the order of each pair', async (journey) => {
      const { senders } = journey.road.talk
      const heard = journey.mailbox()
      await journey.settle()
      for (let round = 0; round < 100; round++) {
        for (const from of senders) journey.send(round, from)
        if (round % 17 === 0) await journey.settle()
      }
      await journey.settle()
      for (const sender of senders) {
        const own = heard.filter(({ from }) => from === sender)
        expect(journey.rounds(own)).toEqual(Array.from({ length: 100 }, (_, round) => round))
      }
    })

    promise('delivers each message once, however many there are', async (journey) => {
      const heard = journey.mailbox()
      await journey.settle()
      for (let round = 0; round < 5_000; round++) journey.send(round)
      await journey.settle()
      expect(journey.rounds(heard)).toEqual(Array.from({ length: 5_000 }, (_, round) => round))
    })

    promise('never runs a receiver on the sender’s stack', async (journey) => {
      let onStack = true
      const seen: boolean[] = []
      journey.subscribe(() => seen.push(onStack))
      await journey.settle()
      journey.send(1)
      onStack = false
      await journey.settle()
      expect(seen).toEqual([false])
    })

    promise('lets a receiver send on, in a later turn', async (journey) => {
      const depths: number[] = []
      let depth = 0
      journey.subscribe((envelopes) => {
        depth++
        depths.push(depth)
        const [round = 0] = journey.rounds(envelopes)
        if (round < 5) journey.send(round + 1)
        depth--
      })
      await journey.settle()
      journey.send(1)
      for (let round = 0; round < 5; round++) await journey.settle()
      expect(depths).toEqual([1, 1, 1, 1, 1])
    })

    promise('takes a message as it is when it is sent', async (journey) => {
      const heard = journey.mailbox()
      await journey.settle()
      const sent = structuredClone(journey.envelope(1))
      journey.road.near.send(sent)
      Object.assign(sent.message, journey.road.talk.say(2))
      await journey.settle()
      expect(journey.rounds(heard)).toEqual([1])
    })

    promise('gives each address to one actor at a time', async (journey) => {
      const leave = journey.subscribe(() => {})
      expect(() => journey.subscribe(() => {})).toThrow(/ is taken/)
      leave()
      const heard = journey.mailbox()
      await journey.settle()
      journey.send(1)
      await journey.settle()
      expect(heard).toHaveLength(1)
    })

    promise('delivers nothing after a mailbox was given back', async (journey) => {
      const heard: Envelope[] = []
      const leave = journey.subscribe((envelopes) => heard.push(...envelopes))
      await journey.settle()
      journey.send(1)
      leave()
      leave()
      journey.send(2)
      await journey.settle()
      expect(heard).toEqual([])
    })

    promise('gives an heir nothing that was meant for its predecessor', async (journey) => {
      const leave = journey.subscribe(() => {})
      await journey.settle()
      journey.send(1)
      leave()
      const heard = journey.mailbox()
      journey.send(2)
      await journey.settle()
      expect(journey.rounds(heard)).toEqual([2])
    })

    promise('loses a message to nobody without a word', async (journey) => {
      expect(() => journey.send(1)).not.toThrow()
      await journey.settle()
      const heard = journey.mailbox()
      await journey.settle()
      expect(heard).toEqual([])
    })

    promise('delivers nothing once it is closed', async (journey) => {
      const heard = journey.mailbox()
      await journey.settle()
      journey.send(1)
      journey.road.far.close()
      journey.send(2)
      await journey.settle()
      expect(heard).toEqual([])
    })
  })
}

/** A small legal message to the master that carries a number. */
export function declineOf(from: Address, round: number): Envelope {
  return { from, to: 'master', message: sayDecline(round) }
}

function sayDecline(round: number): Message {
  return { type: 'allocation.decline', offerIds: [`O${round}`] }
}

/** Schedulers decline offers of the master. */
export const toMaster: Talk = {
  senders: ['scheduler/a', 'scheduler/b', 'scheduler/c'],
  receiver: 'master',
  say: sayDecline,
  roundOf: (message) => {
    if (message.type !== 'allocation.decline') throw new Error(`unexpected ${message.type}`)
    return Number(message.offerIds[0]?.slice(1))
  },
}

/** Agents ask an executor to end. */
export const toExecutor: Talk = {
  senders: ['agent/a', 'agent/b', 'agent/c'],
  receiver: 'executor/a/F/E',
  say: (round) => ({ type: 'lifecycle.shutdownExecutor', gracePeriodMs: round }),
  roundOf: (message) => {
    if (!('gracePeriodMs' in message)) throw new Error(`not ${message.type}`)
    return message.gracePeriodMs
  },
}
