import { MASTER } from '../../messages/index.ts'
import { addTo, contains, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import { OfferRegister, registerHears } from './offer-register.ts'
import type { ObservedMachine, Property } from './property.ts'

/**
 * Judged by messages alone: an offer is out until its scheduler was told otherwise, or answered it.
 * One that the master ends in silence is still out.
 */
export const nothingOfferedTwice: Property = {
  name: 'safety-nothing-offered-twice',
  promise:
    'what is out in offers of an agent, as schedulers know it, is no more than the agent has',
  hears: registerHears,
  observe: (view, report) => {
    const register = new OfferRegister()
    const byAgent = new Map<string, Map<string, Quantities>>()
    return {
      happened: (happening) => {
        register.note(happening)
        if (happening.type !== 'sent' || happening.envelope.from !== MASTER) return
        const { message } = happening.envelope
        if (message.type !== 'allocation.offer') return
        for (const offer of message.offers) {
          const others = byAgent.get(offer.agentId) ?? new Map<string, Quantities>()
          byAgent.set(offer.agentId, others.set(offer.offerId, toQuantities(offer.resources)))
          for (const id of others.keys()) {
            if (register.endOf(id) !== undefined) others.delete(id)
          }
          const machine = view.machineAt(offer.hostname)
          if (machine === undefined || hasAll(machine, others.values())) continue
          report(`${[...others.keys()].join(', ')} are out, more than ${machine.hostname} has`)
        }
      },
    }
  },
}

function hasAll({ resources }: ObservedMachine, offered: Iterable<Quantities>): boolean {
  const sum: Quantities = {}
  for (const amounts of offered) addTo(sum, amounts)
  return contains(toQuantities(resources), sum)
}
