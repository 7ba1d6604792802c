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
          if (message.type !== 'task.acknowledge' || !('frameworkId' in message)) return
          for (const { taskId, uuid } of message.acknowledgements) {
            taken.add(`${to} ${uuid}`)
            const task = `${to} ${message.frameworkId}/${taskId}`
            if (open.get(task) === uuid) open.delete(task)
          }
        }
        if (happening.type !== 'sent' || happening.envelope.to !== MASTER) return
        const { from, message } = happening.envelope
        if (message.type !== 'task.update' || !('agentId' in message)) return
        for (const { frameworkId, status } of message.updates) {
          const { taskId, uuid = '', state } = status
          if (taken.has(`${from} ${uuid}`)) continue
          const task = `${from} ${frameworkId}/${taskId}`
          const before = open.get(task)
          if (before !== undefined && before !== uuid) {
            report(`${from} says that ${taskId} is ${state} before its last update was taken`)
          }
          open.set(task, uuid)
        }
      },
    }
  },
}
