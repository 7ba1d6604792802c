import type { Message, TaskState } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { Property } from './property.ts'

interface End {
  readonly state: TaskState
  /** The master concluded it from silence: the agent was out of sight. */
  readonly isConclusion: boolean
  /** The framework had asked before it heard of this end: the answer may be about nothing. */
  wasAsked: boolean
  readonly atMs: number
}

/**
 * A framework may hear of an end several times, but never of two different ones, and never that a
 * task which has ended goes on. Only what the master concluded without a word from the agent may
 * prove wrong, once, when the agent returns; and a question that crosses with the end is answered.
 */
export const oneTerminalState: Property = {
  name: 'safety-one-terminal-state',
  promise:
    'a task comes to one terminal state, as its framework sees it; only the loss of an agent may be taken back',
  observe: (view, report) => {
    const ends = new Map<string, End>()
    const asked = new Set<string>()
    return {
      happened: (happening) => {
        if (happening.type === 'sent') {
          for (const taskId of questionsIn(happening.envelope.message)) {
            asked.add(taskId)
            // What was decided before a scheduler listens again is said just after.
            const end = ends.get(taskId)
            if (end?.atMs === view.now) end.wasAsked = true
          }
        }
        if (happening.type !== 'delivered') return
        const { to, message } = happening.envelope
        if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return
        for (const update of message.updates) {
          if ('status' in update) continue
          const { taskId, state, source, reason } = update
          const end = ends.get(taskId)
          const isAnswer = reason === 'RECONCILIATION' && source === 'MASTER'
          const mayDiffer = end === undefined || end.isConclusion || (isAnswer && end.wasAsked)
          if (!mayDiffer && end.state !== state) {
            report(`${to} hears of ${taskId} that it is ${state}, and heard before: ${end.state}`)
          }
          const isFirst = end === undefined || end.isConclusion
          if (isTerminal(state) && isFirst) {
            const isConclusion = source === 'MASTER'
            ends.set(taskId, { state, isConclusion, wasAsked: asked.has(taskId), atMs: view.now })
          }
        }
      },
    }
  },
}

/** The tasks that a scheduler asks about; a kill of an unknown one is answered like a question. */
function questionsIn(message: Message): string[] {
  if (message.type === 'task.reconcile') return message.tasks.map(({ taskId }) => taskId)
  return message.type === 'task.kill' ? message.kills.map(({ taskId }) => taskId) : []
}
