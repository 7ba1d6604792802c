import { MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/** What crosses with it is acknowledged in the same breath; a repetition comes later than this. */
const breathMs = 5_000
/** One acknowledgement may come while its agent is away, and the next one must arrive. */
const timesMax = 3

interface Spell {
  readonly times: number
  readonly lastAtMs: number
}

/** An acknowledgement that does not come through is given again, whenever the agent repeats. */
export const acknowledgementsArrive: Property = {
  name: 'liveness-acknowledgements-arrive',
  promise: 'after the last fault no update has to be acknowledged again and again',
  hears: ['task.acknowledge'],
  observe: (view, report) => {
    const spells = new Map<string, Spell>()
    let isHealed = false
    return {
      healed: () => {
        isHealed = true
      },
      happened: (happening) => {
        if (!isHealed || happening.type !== 'delivered') return
        const { from, to, message } = happening.envelope
        if (to !== MASTER || message.type !== 'task.acknowledge') return
        for (const { taskId, uuid } of message.acknowledgements) {
          const { times, lastAtMs } = spells.get(uuid) ?? { times: 0, lastAtMs: -breathMs }
          const isAgain = view.now - lastAtMs >= breathMs
          spells.set(uuid, { times: isAgain ? times + 1 : times, lastAtMs: view.now })
          if (isAgain && times + 1 === timesMax) {
            report(`${from} acknowledges an update of ${taskId} ${timesMax} times`)
          }
        }
      },
    }
  },
}
