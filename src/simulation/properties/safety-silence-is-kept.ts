import { type Envelope, MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

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
  observe: (_view, report) => {
    const silent = new Map<string, Set<string> | 'all'>()
    const heard = ({ from, message }: Envelope): void => {
      switch (message.type) {
        case 'allocation.suppress': {
          const before = silent.get(from)
          if (before === 'all') return
          const { roles } = message
          silent.set(from, roles === undefined ? 'all' : new Set([...(before ?? []), ...roles]))
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
        const roles = silent.get(to)
        if (roles === undefined) return
        const unwanted = message.offers.find(({ role }) => roles === 'all' || roles.has(role))
        if (unwanted === undefined) return
        report(`${to} is offered ${unwanted.offerId} in the role ${unwanted.role}, which is silent`)
      },
    }
  },
}
