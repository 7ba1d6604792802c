import type { TaskState } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import { isMasterDeath } from '../happenings.ts'
import { rogueAddress } from '../world/rogue.ts'
import type { Property } from './property.ts'

interface End {
  readonly state: TaskState
  /** The master concluded it from silence: the agent is unreachable, and may come back. */
  readonly isConclusion: boolean
  /** No agent said so. */
  readonly isOfMaster: boolean
}

/** What the master answers about a task that it knows nothing of any more. */
const shrugs: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_GONE',
  'TASK_UNKNOWN',
  'TASK_UNREACHABLE',
  'TASK_LOST',
])

/** One that uses the ids of its tasks again, and those of others, cannot tell them apart either. */
function isHonest(address: string): boolean {
  return address.startsWith('scheduler/') && address !== rogueAddress
}

/**
 * A framework may hear of an end several times, but never of two different ones, and never that a
 * task which has ended goes on. Only a framework that does not know of partitions may hear that a
 * task of an unreachable agent is lost, and more of it when the agent returns; and what a master
 * concluded that crashed since, its successor does not know. Who asks about a
 * task that is over and acknowledged hears that the master does not know it.
 */
export const oneTerminalState: Property = {
  name: 'safety-one-terminal-state',
  promise:
    'a task comes to one terminal state, as its framework sees it; only with an unreachable agent may a loss be taken back',
  hears: ['task.update', 'fault'],
  observe: (_view, report) => {
    const ends = new Map<string, End>()
    const heard = new Set<string>()
    const forgetWordsOfMaster = (): void => {
      for (const [taskId, end] of ends) {
        if (end.isOfMaster) ends.set(taskId, { ...end, isConclusion: true })
      }
    }
    return {
      happened: (happening) => {
        if (isMasterDeath(happening)) forgetWordsOfMaster()
        if (happening.type !== 'delivered') return
        const { to, message } = happening.envelope
        if (message.type !== 'task.update' || !isHonest(to)) return
        for (const update of message.updates) {
          if ('status' in update) continue
          const { taskId, state, source, reason, unreachableTimeMs, uuid } = update
          // One that arrives again is known by its id, and no news.
          if (uuid !== undefined && heard.has(uuid)) continue
          if (uuid !== undefined) heard.add(uuid)
          const end = ends.get(taskId)
          const isAnswer = reason === 'RECONCILIATION' && source === 'MASTER'
          const mayDiffer = end === undefined || end.isConclusion || (isAnswer && shrugs.has(state))
          if (!mayDiffer && end.state !== state) {
            report(`${to} hears of ${taskId} that it is ${state}, and heard before: ${end.state}`)
          }
          const isFirst = end === undefined || end.isConclusion
          if (!isTerminal(state) || !isFirst) continue
          const isGuess = isAnswer && state === 'TASK_LOST'
          const isConclusion = unreachableTimeMs !== undefined || isGuess
          ends.set(taskId, { state, isConclusion, isOfMaster: source === 'MASTER' })
        }
      },
    }
  },
}
