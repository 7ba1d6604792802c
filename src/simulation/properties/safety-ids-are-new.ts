import { type Envelope, MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/**
 * Judged by messages alone, over all lives of the master. A life of an agent that asks again may
 * hear again which id it has, and so may a scheduler; no other ever may.
 */
export const idsAreNew: Property = {
  name: 'safety-ids-are-new',
  promise: 'an id of an agent, a framework or an offer is given once, whoever is the master',
  hears: [
    'lifecycle.agentRegistered',
    'lifecycle.registered',
    'lifecycle.reregistered',
    'allocation.offer',
  ],
  observe: (_view, report) => {
    const owners = new Map<string, string>()
    const give = (kind: string, id: string, owner: string): void => {
      const before = owners.get(`${kind} ${id}`)
      if (before === undefined) owners.set(`${kind} ${id}`, owner)
      else if (before !== owner) report(`the id ${id} of ${before} is given to ${owner}`)
    }
    const said = ({ to, message }: Envelope): void => {
      switch (message.type) {
        case 'lifecycle.agentRegistered':
          return give('agent', message.agentId, `${to} ${message.instance ?? ''}`.trim())
        case 'lifecycle.registered':
        case 'lifecycle.reregistered':
          return give('framework', message.frameworkId, to.replace(/~\d+$/, ''))
        case 'allocation.offer':
          for (const { offerId } of message.offers) {
            if (owners.has(`offer ${offerId}`)) report(`the offer ${offerId} is made again`)
            owners.set(`offer ${offerId}`, to)
          }
      }
    }
    return {
      happened: (happening) => {
        if (happening.type !== 'sent' || happening.envelope.from !== MASTER) return
        said(happening.envelope)
      },
    }
  },
}
