import { MASTER, type TaskState, type TaskStatus } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Property } from './property.ts'

/** The states that a framework which is aware of partitions is told of what is in no book. */
const absent: ReadonlySet<TaskState> = new Set(['TASK_GONE', 'TASK_UNREACHABLE', 'TASK_UNKNOWN'])

/** What the master answers of tasks that it does not have follows from what became of the agent. */
export const answersAreTrue: Property = {
  name: 'safety-answers-are-true',
  promise:
    'an answer about a task in no book says gone, unreachable or unknown, as its agent is known',
  hears: ['task.update'],
  observe: (view, report) => ({
    happened: (happening) => {
      if (happening.type !== 'sent' || happening.envelope.from !== MASTER) return
      const { to, message } = happening.envelope
      if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return
      for (const status of message.updates) {
        if ('status' in status || status.reason !== 'RECONCILIATION') continue
        if (status.source !== 'MASTER' || !absent.has(status.state)) continue
        const due = stateOf(view.ledger, status)
        if (due === status.state) continue
        report(`${to} is told that ${status.taskId} is ${status.state}; by the book it is ${due}`)
      }
    },
  }),
}

function stateOf({ agents }: Ledger, { agentId }: TaskStatus): TaskState {
  const agent = agentId === undefined ? undefined : agents.get(agentId)
  if (agent?.state === 'connected' || agent?.state === 'disconnected') return 'TASK_GONE'
  return agent?.state === 'unreachable' ? 'TASK_UNREACHABLE' : 'TASK_UNKNOWN'
}
