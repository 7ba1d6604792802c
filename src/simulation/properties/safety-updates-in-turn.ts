import { MASTER } from '../../messages/index.ts'
import type { Property } from './property.ts'

/** Judged by what agents say and hear, task by task. */
export const updatesInTurn: Property = {
  name: 'safety-updates-in-turn',
  promise: 'an agent sends the next update of a task only when the one before is acknowledged',
  hears: ['task.update', 'task.acknowledge', 'fault'],
  observe: (_view, report) => {
    /** The update of each task that was sent last, until its agent hears that it was taken. */
    const open = new Map<string, string>()
    /** A turn may begin by repeating an update that the same turn hears was taken. */
    const taken = new Set<string>()
    return {
      happened: (happening) => {
        if (happening.type === 'fault') {
          // Its next life may know nothing of it.
          const agent = `agent/${happening.detail} `
          for (const key of [...open.keys()]) if (key.startsWith(agent)) open.delete(key)
        }
        if (happening.type === 'delivered' && happening.envelope.to.startsWith('agent/')) {
          const { to, message } = happening.envelope
          if (message.type !== 'task.acknowledge') return
          for (const { taskId, uuid } of message.acknowledgements) {
            taken.add(`${to} ${uuid}`)
            if (open.get(`${to} ${taskId}`) === uuid) open.delete(`${to} ${taskId}`)
          }
        }
        if (happening.type !== 'sent' || happening.envelope.to !== MASTER) return
        const { from, message } = happening.envelope
        if (message.type !== 'task.update' || !('agentId' in message)) return
        for (const { status } of message.updates) {
          const { taskId, uuid = '', state } = status
          if (taken.has(`${from} ${uuid}`)) continue
          const before = open.get(`${from} ${taskId}`)
          if (before !== undefined && before !== uuid) {
            report(`${from} says that ${taskId} is ${state} before its last update was taken`)
          }
          open.set(`${from} ${taskId}`, uuid)
        }
      },
    }
  },
}
