import { type Envelope, MASTER } from '../../messages/index.ts'
import { countOffers, isMadeBefore, type OfferCount } from './offer-age.ts'
import type { Property } from './property.ts'

interface Silence {
  readonly roles: ReadonlySet<string> | 'all'
  /** What the master had offered by then it may still tell. */
  readonly since: OfferCount
}

/** Judged by messages alone. A role may be named in a call, or all of a framework's are meant. */
export const silenceIsKept: Property = {
  name: 'safety-silence-is-kept',
  promise: 'a scheduler that suppressed offers gets none until it revives or registers again',
  hears: [
    'allocation.offer',
    'allocation.suppress',
    'allocation.revive',
    'lifecycle.register',
    'lifecycle.reregister',
    'lifecycle.exited',
  ],
  observe: (view, report) => {
    const silent = new Map<string, Silence>()
    const heard = ({ from, message }: Envelope): void => {
      switch (message.type) {
        case 'allocation.suppress': {
          const before = silent.get(from)?.roles ?? []
          if (before === 'all') return
          const roles = message.roles && new Set([...before, ...message.roles])
          silent.set(from, { roles: roles ?? 'all', since: countOffers(view.ledger) })
          return
        }
        case 'allocation.revive':
        case 'lifecycle.register':
        case 'lifecycle.reregister':
          silent.delete(from)
          return
        case 'lifecycle.exited':
          silent.delete(message.address)
      }
    }
    return {
      happened: (happening) => {
        if (!('envelope' in happening)) return
        const { envelope, type } = happening
        if (type === 'delivered' && envelope.to === MASTER) heard(envelope)
        const { to, from, message } = envelope
        if (type !== 'sent' || from !== MASTER || message.type !== 'allocation.offer') return
        const silence = silent.get(to)
        if (silence === undefined) return
        const { roles, since } = silence
        const unwanted = message.offers.find(
          ({ offerId, role }) =>
            (roles === 'all' || roles.has(role)) && !isMadeBefore(offerId, since),
        )
        if (unwanted === undefined) return
        report(`${to} is offered ${unwanted.offerId} in the role ${unwanted.role}, which is silent`)
      },
    }
  },
}
