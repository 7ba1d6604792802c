import { setup } from 'xstate'
import { type TaskState, taskStates } from '../messages/index.ts'
import { deriveTable } from './support/table.ts'

/** `reported`: a status says so. `returned`: an agent that was away says so at its return. */
export type TaskEvent = `reported.${TaskState}` | `returned.${TaskState}`

const reported = taskStates.map((state): TaskEvent => `reported.${state}`)
const returned = taskStates.map((state): TaskEvent => `returned.${state}`)

/** Mesos enforces no order among these; an executor of a user may report them as it likes. */
const active = {
  'reported.TASK_STARTING': 'TASK_STARTING',
  'reported.TASK_RUNNING': 'TASK_RUNNING',
  'reported.TASK_KILLING': 'TASK_KILLING',
} as const

const ended = {
  'reported.TASK_FINISHED': 'TASK_FINISHED',
  'reported.TASK_FAILED': 'TASK_FAILED',
  'reported.TASK_KILLED': 'TASK_KILLED',
  'reported.TASK_ERROR': 'TASK_ERROR',
  'reported.TASK_LOST': 'TASK_LOST',
  'reported.TASK_DROPPED': 'TASK_DROPPED',
  'reported.TASK_GONE': 'TASK_GONE',
  'reported.TASK_GONE_BY_OPERATOR': 'TASK_GONE_BY_OPERATOR',
} as const

const outOfSight = {
  'reported.TASK_UNREACHABLE': 'TASK_UNREACHABLE',
  'reported.TASK_UNKNOWN': 'TASK_UNKNOWN',
} as const

/** What an agent may say about a task when it comes back: anything but what only masters say. */
const back = {
  'returned.TASK_STAGING': 'TASK_STAGING',
  'returned.TASK_STARTING': 'TASK_STARTING',
  'returned.TASK_RUNNING': 'TASK_RUNNING',
  'returned.TASK_KILLING': 'TASK_KILLING',
  'returned.TASK_FINISHED': 'TASK_FINISHED',
  'returned.TASK_FAILED': 'TASK_FAILED',
  'returned.TASK_KILLED': 'TASK_KILLED',
  'returned.TASK_ERROR': 'TASK_ERROR',
  'returned.TASK_LOST': 'TASK_LOST',
  'returned.TASK_DROPPED': 'TASK_DROPPED',
  'returned.TASK_GONE': 'TASK_GONE',
  'returned.TASK_GONE_BY_OPERATOR': 'TASK_GONE_BY_OPERATOR',
} as const

const moving = { ...active, ...ended, ...outOfSight } as const

/** A task, as anyone who tracks it sees it (Mesos v1: TaskState in mesos.proto). */
export const taskMachine = setup({
  types: { events: {} as { type: TaskEvent } },
}).createMachine({
  id: 'task',
  initial: 'TASK_STAGING',
  states: {
    TASK_STAGING: { description: 'Accepted by the master; no executor has it yet.', on: moving },
    TASK_STARTING: { description: 'Its executor has it.', on: moving },
    TASK_RUNNING: { description: 'Repeated when its health changes.', on: moving },
    TASK_KILLING: { description: 'Asked to end; may still finish or fail.', on: moving },
    TASK_UNREACHABLE: {
      description: 'Its agent is out of sight; it may come back in any state.',
      on: { ...moving, ...back },
    },
    TASK_UNKNOWN: {
      description: 'The master knows nothing of it: the answer to a question, no proof of death.',
      on: { ...moving, ...back },
    },
    TASK_LOST: {
      tags: 'terminal',
      description: 'What a framework that is not partition-aware hears; can be taken back.',
      on: back,
    },
    TASK_GONE_BY_OPERATOR: {
      tags: 'terminal',
      description: 'An operator says that its agent is gone.',
      on: back,
    },
    TASK_FINISHED: { type: 'final', tags: 'terminal', description: 'Came to its own good end.' },
    TASK_FAILED: { type: 'final', tags: 'terminal' },
    TASK_KILLED: { type: 'final', tags: 'terminal' },
    TASK_ERROR: {
      type: 'final',
      tags: 'terminal',
      description: 'Its description is bad; trying it again unchanged is pointless.',
    },
    TASK_DROPPED: {
      type: 'final',
      tags: 'terminal',
      description: 'It never ran; it may be launched again under a new id.',
    },
    TASK_GONE: { type: 'final', tags: 'terminal', description: 'It ran, and surely no longer.' },
  },
})

/** Events nobody produces: a task is not staged by a report, and masters alone lose sight. */
const unsaid: readonly TaskEvent[] = [
  'reported.TASK_STAGING',
  'returned.TASK_UNREACHABLE',
  'returned.TASK_UNKNOWN',
]

export const taskTable = deriveTable(taskMachine, {
  states: taskStates,
  events: [...reported, ...returned].filter((event) => !unsaid.includes(event)),
  timers: [],
})
