import type { TaskState } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { Property } from './property.ts'

/**
 * A framework may hear an end several times, but never of two different ends, and never that a
 * task which has ended goes on.
 */
export const oneTerminalState: Property = {
  name: 'safety-one-terminal-state',
  promise: 'a task comes to exactly one terminal state, as its framework sees it',
  observe: (_view, report) => {
    const ends = new Map<string, TaskState>()
    return {
      happened: (happening) => {
        if (happening.type !== 'delivered') return
        const { to, message } = happening.envelope
        if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return
        for (const update of message.updates) {
          if ('status' in update) continue
          const { taskId, state } = update
          const end = ends.get(taskId)
          if (end !== undefined && end !== state) {
            report(`${to} hears of ${taskId} that it is ${state}, and heard before: ${end}`)
          }
          if (isTerminal(state) && end === undefined) ends.set(taskId, state)
        }
      },
    }
  },
}
