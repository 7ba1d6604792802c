import { MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/** One ping more than may go unanswered finds it out, and each has to wait for its turn. */
const pingsMore = 2

/** The master's book against what it heard. */
export const silenceIsNoticed: Property = {
  name: 'liveness-silence-is-noticed',
  promise: 'an agent that answers no ping for as long as six pings take is given up',
  hears: ['lifecycle.pong', 'lifecycle.registerAgent', 'lifecycle.reregisterAgent', 'fault'],
  observe: (view, report) => {
    const heardAtMs = new Map<string, number>()
    return {
      happened: (happening) => {
        // A book without a master is nobody's; the next one begins with those that it hears.
        if (happening.type === 'fault' && happening.kind.startsWith('master-')) heardAtMs.clear()
        if (happening.type !== 'delivered' || happening.envelope.to !== MASTER) return
        heardAtMs.set(happening.envelope.from, view.now)
      },
      passed: () => {
        const { pingIntervalMs, pingsMissedMax } = view.timeouts
        const boundMs = pingIntervalMs * (pingsMissedMax + pingsMore)
        for (const { id, address, state } of view.ledger.agents.values()) {
          if (state !== 'connected') continue
          const silentMs = view.now - (heardAtMs.get(address) ?? view.now)
          if (silentMs > boundMs)
            report(`${id} answered nothing for ${silentMs} ms, and is connected`)
        }
      },
    }
  },
}
