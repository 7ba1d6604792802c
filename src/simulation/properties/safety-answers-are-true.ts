import { type Envelope, MASTER, type TaskState, type TaskStatus } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Property } from './property.ts'

/** The states that a framework which is aware of partitions is told of what is in no book. */
const absent: ReadonlySet<TaskState> = new Set(['TASK_GONE', 'TASK_UNREACHABLE', 'TASK_UNKNOWN'])

/** What a master says waits until all that it is based on is stored, and leaves after that. */
const heldMs = 10_000

/** What the master answers of tasks that it does not have follows from what became of the agent. */
export const answersAreTrue: Property = {
  name: 'safety-answers-are-true',
  promise:
    'an answer about a task in no book says gone, unreachable or unknown, as its agent is known',
  hears: ['task.update', 'task.reconcile'],
  observe: (view, report) => {
    /** What was due when somebody asked, by agent and state. */
    const dueAtMs = new Map<string, number>()
    const asked = ({ message }: Envelope): void => {
      if (message.type !== 'task.reconcile' || !view.ledger.durable) return
      for (const task of message.tasks) {
        dueAtMs.set(`${task.agentId} ${stateOf(view.ledger, task)}`, view.now)
      }
    }
    const wasDue = ({ agentId, state }: TaskStatus): boolean => {
      const atMs = dueAtMs.get(`${agentId} ${state}`)
      return atMs !== undefined && view.now - atMs <= heldMs
    }
    const said = ({ to, message }: Envelope): void => {
      if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return
      for (const status of message.updates) {
        if ('status' in status || status.reason !== 'RECONCILIATION') continue
        if (status.source !== 'MASTER' || !absent.has(status.state)) continue
        const due = stateOf(view.ledger, status)
        if (due === status.state || wasDue(status)) continue
        report(`${to} is told that ${status.taskId} is ${status.state}; by the book it is ${due}`)
      }
    }
    return {
      happened: (happening) => {
        if (!('envelope' in happening)) return
        const { type, envelope } = happening
        if (type === 'delivered' && envelope.to === MASTER) asked(envelope)
        if (type === 'sent' && envelope.from === MASTER) said(envelope)
      },
    }
  },
}

function stateOf({ agents }: Ledger, { agentId }: Pick<TaskStatus, 'agentId'>): TaskState {
  const agent = agentId === undefined ? undefined : agents.get(agentId)
  if (agent?.state === 'connected' || agent?.state === 'disconnected') return 'TASK_GONE'
  return agent?.state === 'unreachable' ? 'TASK_UNREACHABLE' : 'TASK_UNKNOWN'
}
