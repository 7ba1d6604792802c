import type { Resources } from '../../messages/index.ts'
import { dominantShareOf } from '../../model/explain/shares.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { FrameworkRecord } from '../../model/ledger/records.ts'
import { allot } from '../../model/resources/allot.ts'
import { scalarsByName } from '../../model/resources/kinds.ts'
import { addTo, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import type { ObservedTenant, Property, View } from './property.ts'

/** Two looks at the pool, beyond the longest wait for a registration. */
const allocationsMax = 2

/**
 * A framework is hot while it has a job that waits, less than its share, and room for that job on
 * some agent. After the last fault it must cool within the bound: by an offer, or as things change.
 */
export const offersCome: Property = {
  name: 'liveness-offers-come',
  promise:
    'after the last fault a framework below its share whose job fits somewhere gets an offer',
  hears: ['allocation.offer'],
  observe: (view, report) => {
    const hotSinceMs = new Map<string, number>()
    let isHealed = false
    return {
      healed: () => {
        isHealed = true
      },
      happened: (happening) => {
        if (hotSinceMs.size === 0 || happening.type !== 'delivered') return
        const { to, message } = happening.envelope
        if (message.type !== 'allocation.offer') return
        const tenant = view.tenants.find(({ address }) => address === to)
        if (tenant !== undefined) hotSinceMs.delete(tenant.name)
      },
      passed: () => {
        if (!isHealed) return
        for (const tenant of view.tenants) {
          if (!isHot(view, tenant)) {
            hotSinceMs.delete(tenant.name)
            continue
          }
          const sinceMs = hotSinceMs.get(tenant.name) ?? view.now
          hotSinceMs.set(tenant.name, sinceMs)
          const waitedMs = view.now - sinceMs
          if (waitedMs > boundMs(view)) {
            report(`${tenant.name} has waited for an offer for ${waitedMs} ms`)
            hotSinceMs.delete(tenant.name)
          }
        }
      },
    }
  },
}

/** Both sides must notice that they were cut off, and find each other again. */
function boundMs({ timeouts }: View): number {
  const { allocationIntervalMs, masterSilenceMs, pingSilenceMs, registrationBackoffMaxMs } =
    timeouts
  const noticeMs = Math.max(masterSilenceMs, pingSilenceMs)
  return noticeMs + registrationBackoffMaxMs + allocationsMax * allocationIntervalMs
}

function isHot({ ledger, tenants }: View, { frameworkId, needs }: ObservedTenant): boolean {
  if (needs === undefined) return false
  const framework = frameworkId === undefined ? undefined : ledger.frameworks.get(frameworkId)
  if (framework !== undefined && shareOf(ledger, framework) >= 1 / tenants.length) return false
  return hasRoomFor(ledger, framework, needs)
}

/** The greatest part of anything that its tasks hold; offers are what it waits for. */
function shareOf({ capacity }: Ledger, { tasks }: FrameworkRecord): number {
  const used: Quantities = {}
  for (const { holds, resources } of tasks.values()) if (holds) addTo(used, resources)
  return dominantShareOf(scalarsByName(used), capacity)?.share ?? 0
}

/** What is offered to it already counts as room: it may be that it never hears of it. */
function hasRoomFor(
  { agents, offers }: Ledger,
  framework: FrameworkRecord | undefined,
  needs: Resources,
): boolean {
  const demand = toQuantities(needs)
  return [...agents.values()].some((agent) => {
    if (agent.state !== 'connected') return false
    const room: Quantities = { ...agent.free }
    for (const id of agent.offers) {
      const offer = offers.get(id)
      if (offer?.frameworkId === framework?.id) addTo(room, offer?.resources ?? {})
    }
    return allot(demand, room) !== undefined
  })
}
