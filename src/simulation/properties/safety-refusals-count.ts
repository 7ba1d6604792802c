import { type Envelope, MASTER, type Message, type Offer } from '../../messages/index.ts'
import { contains, toQuantities } from '../../model/resources/quantities.ts'
import { isMasterDeath } from '../happenings.ts'
import { countOffers, isMadeBefore, type OfferCount } from './offer-age.ts'
import { OfferRegister, registerHears } from './offer-register.ts'
import type { Property } from './property.ts'

/** When a scheduler does not say how long its refusal counts (as in Mesos). */
const refuseSecondsDefault = 5

/** The clock of the master may be fast: by a hundredth in simulated worlds. */
const clockPart = 0.98

interface Refusal {
  readonly scheduler: string
  readonly offer: Offer
  readonly untilMs: number
  /** What the master had offered by then it may still tell. */
  readonly since: OfferCount
}

/** Judged by messages alone, and only by refusals in so many words: not by silence. */
export const refusalsCount: Property = {
  name: 'safety-refusals-count',
  promise:
    'what a scheduler declined is not offered to it again before its time is over or it revives',
  hears: [
    ...registerHears,
    'allocation.revive',
    'lifecycle.register',
    'lifecycle.agentReregistered',
  ],
  observe: (view, report) => {
    const register = new OfferRegister(view)
    let refusals: Refusal[] = []
    const heard = ({ from, message }: Envelope): void => {
      if (message.type === 'allocation.decline') {
        const { refuseSeconds = refuseSecondsDefault } = message.filters ?? {}
        const since = countOffers(view.ledger)
        const untilMs = view.now + refuseSeconds * 1_000 * clockPart
        for (const id of message.offerIds) {
          const offer = register.openAt(id, from)
          if (offer !== undefined) refusals.push({ scheduler: from, offer, untilMs, since })
        }
      }
      if (refusals.length === 0 || !endings.has(message.type)) return
      refusals = refusals.filter((refusal) => !endsIt(from, message, refusal))
    }
    const said = ({ to, message }: Envelope): void => {
      if (message.type === 'lifecycle.agentReregistered') {
        refusals = refusals.filter(({ offer }) => offer.agentId !== message.agentId)
      }
      if (message.type !== 'allocation.offer') return
      refusals = refusals.filter(({ untilMs }) => untilMs > view.now)
      for (const offer of message.offers) {
        const broken = refusals.find((refusal) => refusal.scheduler === to && says(refusal, offer))
        if (broken === undefined) continue
        report(`${to} is offered ${offer.offerId}, which it declined as ${broken.offer.offerId}`)
      }
    }
    return {
      happened: (happening) => {
        if (isMasterDeath(happening)) refusals = []
        if (happening.type === 'delivered' && happening.envelope.to === MASTER) {
          heard(happening.envelope)
        } else if (happening.type === 'sent' && happening.envelope.from === MASTER) {
          said(happening.envelope)
        }
        register.note(happening)
      },
    }
  },
}

function says({ offer: refused, since }: Refusal, offer: Offer): boolean {
  const { offerId, agentId, role, resources } = offer
  return (
    !isMadeBefore(offerId, since) &&
    refused.agentId === agentId &&
    refused.role === role &&
    contains(toQuantities(refused.resources), toQuantities(resources))
  )
}

/** What may end refusals before their time. */
const endings: ReadonlySet<string> = new Set([
  'allocation.revive',
  'lifecycle.register',
  'lifecycle.reregister',
  'lifecycle.exited',
])

/** A scheduler that revives, or comes back, begins anew. */
function endsIt(from: string, message: Message, { scheduler, offer }: Refusal): boolean {
  switch (message.type) {
    case 'allocation.revive':
      return from === scheduler && (message.roles?.includes(offer.role) ?? true)
    case 'lifecycle.register':
    case 'lifecycle.reregister':
      return from === scheduler
    case 'lifecycle.exited':
      return message.address === scheduler
    default:
      return false
  }
}
