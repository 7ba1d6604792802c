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
    const forget = (hostname: string): void => {
      for (const key of open.keys()) if (key.startsWith(`agent/${hostname} `)) open.delete(key)
    }
    return {
      happened: (happening) => {
        // Whatever becomes of an agent, its next life begins with what was not taken.
        if (happening.type === 'fault') return forget(happening.detail)
        if (happening.type === 'delivered' && happening.envelope.to.startsWith('agent/')) {
          const { to, message } = happening.envelope
          if (message.type !== 'task.acknowledge' || !('frameworkId' in message)) return
          for (const { taskId, uuid } of message.acknowledgements) {
            taken.add(`${to} ${uuid}`)
            const key = `${to} ${message.frameworkId} ${taskId}`
            if (open.get(key) === uuid) open.delete(key)
          }
        }
        if (happening.type !== 'sent' || happening.envelope.to !== MASTER) return
        const { from, message } = happening.envelope
        if (message.type !== 'task.update' || !('agentId' in message)) return
        for (const { status, frameworkId } of message.updates) {
          const { taskId, uuid = '', state } = status
          if (taken.has(`${from} ${uuid}`)) continue
          const key = `${from} ${frameworkId} ${taskId}`
          const before = open.get(key)
          if (before !== undefined && before !== uuid) {
            report(`${from} says that ${taskId} is ${state} before its last update was taken`)
          }
          open.set(key, uuid)
        }
      },
    }
  },
}
