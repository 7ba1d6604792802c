import { MASTER, type Resources } from '../../messages/index.ts'
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
    const register = new OfferRegister(view)
    const byAgent = new Map<string, Map<string, Quantities>>()
    const totals = new Map<Resources, Quantities>()
    const totalOf = ({ resources }: ObservedMachine): Quantities => {
      const total = totals.get(resources) ?? toQuantities(resources)
      totals.set(resources, total)
      return total
    }
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
          if (machine === undefined || hasAll(totalOf(machine), others.values())) continue
          report(`${[...others.keys()].join(', ')} are out, more than ${machine.hostname} has`)
        }
      },
    }
  },
}

function hasAll(total: Quantities, offered: Iterable<Quantities>): boolean {
  const [first = {}, ...others] = offered
  if (others.length === 0) return contains(total, first)
  const sum: Quantities = { ...first }
  for (const amounts of others) addTo(sum, amounts)
  return contains(total, sum)
}
