import { describe, expect, it } from 'vitest'
import type { Transport } from '../../src/actors/ports.ts'
import type { Address, Envelope } from '../../src/messages/index.ts'

/** A transport under test, and how to let everything that is on its way arrive. */
export interface Road {
  readonly transport: Transport
  settle(): Promise<void>
}

export interface TransportContract {
  readonly name: string
  readonly make: () => Road
  /** Tests that cannot hold for this transport, each with the reason. */
  readonly skip?: readonly { readonly test: string; readonly reason: string }[]
}

/** What every transport promises to the actors, whatever it is made of. */
export function transportContract({ name, make, skip = [] }: TransportContract): void {
  /** A test, unless this transport says why it is not for it. */
  const promise = (title: string, check: (road: Road) => Promise<void>): void => {
    const exception = skip.find(({ test }) => test === title)
    if (exception === undefined) it(title, () => check(make()))
    else it(`${title} (not here, because ${exception.reason})`, { skip: true }, () => {})
  }

  describe(`${name}: the contract of a transport`, () => {
    promise('delivers what was sent, with sender and receiver', async ({ transport, settle }) => {
      const heard = mailbox(transport, 'master')
      const envelope = declineOf('scheduler/a', 1)
      transport.send(envelope)
      await settle()
      expect(heard).toEqual([envelope])
    })

    promise('keeps the order of each pair', async ({ transport, settle }) => {
      const heard = mailbox(transport, 'master')
      const senders: Address[] = ['scheduler/a', 'scheduler/b', 'scheduler/c']
      for (let round = 0; round < 100; round++) {
        for (const from of senders) transport.send(declineOf(from, round))
        if (round % 7 === 0) await settle()
      }
      await settle()
      for (const from of senders) {
        const rounds = heard.filter((envelope) => envelope.from === from).map(roundOf)
        expect(rounds).toEqual(Array.from({ length: 100 }, (_, round) => round))
      }
    })

    promise('never runs a receiver on the sender’s stack', async ({ transport, settle }) => {
      let onStack = true
      const seen: boolean[] = []
      transport.subscribe('master', () => seen.push(onStack))
      transport.send(declineOf('scheduler/a', 1))
      onStack = false
      await settle()
      expect(seen).toEqual([false])
    })

    promise('lets a receiver answer itself, in a later turn', async ({ transport, settle }) => {
      const depths: number[] = []
      let depth = 0
      transport.subscribe('master', (envelopes) => {
        depth++
        depths.push(depth)
        const [first] = envelopes
        if (first !== undefined && roundOf(first) < 5) {
          transport.send(declineOf('scheduler/a', roundOf(first) + 1))
        }
        depth--
      })
      transport.send(declineOf('scheduler/a', 1))
      await settle()
      expect(depths).toEqual([1, 1, 1, 1, 1])
    })

    promise('gives each address to one actor at a time', async ({ transport, settle }) => {
      const leave = transport.subscribe('master', () => {})
      expect(() => transport.subscribe('master', () => {})).toThrow(/master is taken/)
      leave()
      const heard = mailbox(transport, 'master')
      transport.send(declineOf('scheduler/a', 1))
      await settle()
      expect(heard).toHaveLength(1)
    })

    promise('delivers nothing after a mailbox was given back', async ({ transport, settle }) => {
      const heard: Envelope[] = []
      const leave = transport.subscribe('master', (envelopes) => heard.push(...envelopes))
      transport.send(declineOf('scheduler/a', 1))
      leave()
      leave()
      transport.send(declineOf('scheduler/a', 2))
      await settle()
      expect(heard).toEqual([])
    })

    promise('gives an heir nothing that was meant for its predecessor', async (road) => {
      const { transport, settle } = road
      const leave = transport.subscribe('master', () => {})
      transport.send(declineOf('scheduler/a', 1))
      leave()
      const heard = mailbox(transport, 'master')
      transport.send(declineOf('scheduler/a', 2))
      await settle()
      expect(heard.map(roundOf)).toEqual([2])
    })

    promise('loses a message to nobody without a word', async ({ transport, settle }) => {
      expect(() => transport.send(declineOf('scheduler/a', 1))).not.toThrow()
      await settle()
    })

    promise('delivers nothing once it is closed', async ({ transport, settle }) => {
      const heard = mailbox(transport, 'master')
      transport.send(declineOf('scheduler/a', 1))
      transport.close()
      transport.send(declineOf('scheduler/a', 2))
      await settle()
      expect(heard).toEqual([])
    })
  })
}

/** A subscribed mailbox that keeps what it gets. */
function mailbox(transport: Transport, address: Address): Envelope[] {
  const heard: Envelope[] = []
  transport.subscribe(address, (envelopes) => heard.push(...envelopes))
  return heard
}

/** A small legal message to the master that carries a number. */
export function declineOf(from: Address, round: number): Envelope {
  return { from, to: 'master', message: { type: 'allocation.decline', offerIds: [`O${round}`] } }
}

function roundOf({ message }: Envelope): number {
  if (message.type !== 'allocation.decline') throw new Error(`unexpected ${message.type}`)
  return Number(message.offerIds[0]?.slice(1))
}
