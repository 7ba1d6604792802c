import { MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/** After this time what an agent heard is on its disk, and what it said before has left. */
const settledMs = 5_000

/** They make this take longer. */
const impairments: ReadonlySet<string> = new Set(['pause', 'slow'])

/**
 * Judged by what agents hear and say. An acknowledgement just before a crash may not have reached
 * the disk: then the next life tells the update again, which is right.
 */
export const acknowledgedIsOver: Property = {
  name: 'safety-acknowledged-is-over',
  promise:
    'an update whose acknowledgement an agent has heard is not sent again, nor by its next life',
  hears: ['task.update', 'task.acknowledge', 'fault', 'repair'],
  observe: (view, report) => {
    const heard = new Map<string, { readonly by: string; readonly atMs: number }>()
    const impaired = new Set<string>()
    const forgetRecent = (address: string): void => {
      for (const [uuid, { by, atMs }] of heard) {
        if (by === address && atMs > view.now - settledMs) heard.delete(uuid)
      }
    }
    return {
      happened: (happening) => {
        if (happening.type === 'fault') {
          if (impairments.has(happening.kind)) impaired.add(happening.detail)
          forgetRecent(agentIn(happening.detail))
        } else if (happening.type === 'repair') {
          if (happening.kind === 'everything') impaired.clear()
          else if (impairments.has(happening.kind)) impaired.delete(happening.detail)
        } else if (happening.type === 'delivered') {
          const { to, message } = happening.envelope
          if (message.type !== 'task.acknowledge' || !to.startsWith('agent/')) return
          if (impaired.has(to)) return
          for (const { uuid } of message.acknowledgements) {
            if (!heard.has(uuid)) heard.set(uuid, { by: to, atMs: view.now })
          }
        } else if (happening.type === 'sent' && happening.envelope.to === MASTER) {
          const { from, message } = happening.envelope
          if (message.type !== 'task.update' || !('agentId' in message)) return
          for (const { status } of message.updates) {
            const before = heard.get(status.uuid ?? '')
            if (before === undefined || view.now - before.atMs <= settledMs) continue
            report(
              `${from} says again that ${status.taskId} is ${status.state}, which was acknowledged`,
            )
          }
        }
      },
    }
  },
}

/** Faults name a process, or the machine. */
function agentIn(detail: string): string {
  return detail.startsWith('agent/') ? detail : `agent/${detail}`
}
