import { type Envelope, MASTER, type Message, type Offer } from '../../messages/index.ts'
import { type Happening, isMasterDeath } from '../happenings.ts'
import { countOffers, isMadeBefore, type OfferCount } from './offer-age.ts'
import type { Hears, View } from './property.ts'

/** What the register, and who asks it, must hear. */
export const registerHears = [
  'allocation.offer',
  'allocation.rescind',
  'allocation.accept',
  'allocation.decline',
  'task.launch',
  'lifecycle.exited',
  'lifecycle.reregister',
  'lifecycle.unregister',
  'fault',
] as const satisfies Hears

/** How an offer ended. */
export type OfferEnd = 'rescinded' | 'declined' | 'used' | 'void'

interface OfferEntry {
  readonly offer: Offer
  readonly to: string
  end: OfferEnd | undefined
}

/**
 * Which offers are out, judged by messages alone: it knows what the master said and heard, and
 * nothing of its book. Only with a view it can tell which offers the master had made, but not told
 * yet, when they became void.
 */
export class OfferRegister {
  readonly #view: Pick<View, 'ledger'> | undefined
  /** The offers made until then were void before they were told, by who was to get them. */
  readonly #voidUntil = new Map<string, OfferCount>()
  readonly #offers = new Map<string, OfferEntry>()
  /** The ids of those that are out, by who has them. */
  readonly #out = new Map<string, Set<string>>()

  constructor(view?: Pick<View, 'ledger'>) {
    this.#view = view
  }

  /** How the offer ended; nothing while it is out, or when it never was. */
  endOf(offerId: string): OfferEnd | undefined {
    return this.#offers.get(offerId)?.end
  }

  /** The offer, as long as it is out and with this scheduler. */
  openAt(offerId: string, scheduler: string): Offer | undefined {
    const entry = this.#offers.get(offerId)
    return entry?.end === undefined && entry?.to === scheduler ? entry.offer : undefined
  }

  /** Why a scheduler cannot launch anything on an offer; nothing while it can. */
  whyDead(offerId: string, scheduler: string): OfferEnd | 'unknown' | 'another’s' | undefined {
    const entry = this.#offers.get(offerId)
    if (entry === undefined) return 'unknown'
    return entry.to === scheduler ? entry.end : 'another’s'
  }

  /** The offers that are out. */
  outstanding(): Offer[] {
    const entries = [...this.#out.values()].flatMap((ids) =>
      [...ids].map((id) => this.#offers.get(id)),
    )
    return entries.flatMap((entry) => (entry === undefined ? [] : [entry.offer]))
  }

  knows(offerId: string): boolean {
    return this.#offers.has(offerId)
  }

  /** To be called after the observer has looked at what happened. */
  note(happening: Happening): void {
    if (isMasterDeath(happening)) {
      // No master stands by the word of another one.
      for (const out of this.#out.values()) this.#end([...out], 'void')
    } else if (happening.type === 'sent' && happening.envelope.from === MASTER) {
      this.#said(happening.envelope)
    } else if (happening.type === 'delivered' && happening.envelope.to === MASTER) {
      this.#heard(happening.envelope)
    }
  }

  #said({ to, message }: Envelope): void {
    if (message.type === 'allocation.offer') {
      const out = this.#out.get(to) ?? new Set()
      this.#out.set(to, out)
      const voids = this.#voidsOf(to)
      for (const offer of message.offers) {
        const isVoid = voids.some((until) => isMadeBefore(offer.offerId, until))
        const end = isVoid ? 'void' : undefined
        this.#offers.set(offer.offerId, { offer, to, end })
        if (end === undefined) out.add(offer.offerId)
      }
    } else if (message.type === 'allocation.rescind') this.#end(message.offerIds, 'rescinded')
  }

  #heard({ from, message }: Envelope): void {
    const ids = answeredBy(message)
    if (ids !== undefined) {
      const own = ids.filter((id) => this.#offers.get(id)?.to === from)
      this.#end(own, message.type === 'allocation.decline' ? 'declined' : 'used')
    }
    // Its offers are discarded without a word: nobody is there to hear it.
    if (message.type === 'lifecycle.exited') this.#voidThoseOf(message.address)
    if (message.type === 'lifecycle.unregister') this.#voidThoseOf(from)
    if (message.type === 'lifecycle.reregister') this.#voidThoseOf(message.framework.name)
  }

  #voidThoseOf(addressOrName: string): void {
    if (this.#view !== undefined) this.#voidUntil.set(addressOrName, countOffers(this.#view.ledger))
    for (const [to, out] of this.#out) {
      if (to === addressOrName || frameworkIn(to) === addressOrName) this.#end([...out], 'void')
    }
  }

  #voidsOf(to: string): OfferCount[] {
    if (this.#voidUntil.size === 0) return []
    const counts = [this.#voidUntil.get(to), this.#voidUntil.get(frameworkIn(to))]
    return counts.filter((until) => until !== undefined)
  }

  #end(offerIds: readonly string[], end: OfferEnd): void {
    for (const id of offerIds) {
      const entry = this.#offers.get(id)
      if (entry === undefined) continue
      entry.end ??= end
      this.#out.get(entry.to)?.delete(id)
    }
  }
}

/** The offers that a message of a scheduler answers, if it does. */
export function answeredBy(message: Message): readonly string[] | undefined {
  switch (message.type) {
    case 'allocation.accept':
    case 'allocation.decline':
      return message.offerIds
    case 'task.launch':
      return 'offerIds' in message ? message.offerIds : undefined
    default:
      return undefined
  }
}

/** Instances of one framework live at `scheduler/NAME` and `scheduler/NAME~N`. */
function frameworkIn(address: string): string {
  return address.replace(/^scheduler\//, '').replace(/~\d+$/, '')
}
