import { MASTER, type Offer } from '../../messages/index.ts'
import { addTo, contains, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import { OfferRegister, registerHears } from './offer-register.ts'
import type { Property, View } from './property.ts'

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
    const byAgent = new Map<string, Map<string, Offer>>()
    return {
      happened: (happening) => {
        register.note(happening)
        if (happening.type !== 'sent' || happening.envelope.from !== MASTER) return
        const { message } = happening.envelope
        if (message.type !== 'allocation.offer') return
        for (const offer of message.offers) {
          const others = byAgent.get(offer.agentId) ?? new Map<string, Offer>()
          byAgent.set(offer.agentId, others.set(offer.offerId, offer))
          for (const id of others.keys()) {
            if (register.endOf(id) !== undefined) others.delete(id)
          }
          const problem = problemWith(view, offer.hostname, [...others.values()])
          if (problem !== undefined) report(problem)
        }
      },
    }
  },
}

function problemWith(
  { machines }: View,
  hostname: string,
  offers: readonly Offer[],
): string | undefined {
  const machine = machines.find((one) => one.hostname === hostname)
  if (machine === undefined) return undefined
  const sum: Quantities = {}
  for (const { resources } of offers) addTo(sum, toQuantities(resources))
  if (contains(toQuantities(machine.resources), sum)) return undefined
  return `${offers.map(({ offerId }) => offerId).join(', ')} are out, more than ${hostname} has`
}
