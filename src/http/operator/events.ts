import type { FrameworkInfo } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { writeFrameworkInfo } from '../wire/framework-info.ts'
import type { Json } from '../wire/json.ts'
import { encodeRecord } from '../wire/record-io.ts'
import { writeTaskStatus } from '../wire/task-status.ts'
import type { Happening, History } from './history.ts'
import { agentPicture, frameworkPicture } from './picture.ts'
import type { TaskVersion } from './task-version.ts'
import { v1Agent } from './v1-agents.ts'
import { v1FrameworkEvent } from './v1-frameworks.ts'
import { everybody, type Viewer } from './viewer.ts'

/** Reasons that are news though the state stays as it is. */
const checks: readonly (string | undefined)[] = [
  'TASK_HEALTH_CHECK_STATUS_UPDATED',
  'TASK_CHECK_STATUS_UPDATED',
]

/** An event of the operators' stream, as the record that is sent, and who may see it. */
export interface StreamEvent {
  readonly record: (viewer: Viewer) => string | undefined
}

/** Makes the events of the operators' stream from what the history tells. */
export class EventWriter {
  readonly #ledger: () => Ledger
  readonly #history: History
  readonly #version: string

  constructor(ledger: () => Ledger, history: History, version: string) {
    this.#ledger = ledger
    this.#history = history
    this.#version = version
  }

  /** What is told of it; nothing when it is no news, or when what it is about is gone already. */
  eventOf(happening: Happening): StreamEvent | undefined {
    switch (happening.type) {
      case 'taskAdded':
        return this.#taskAdded(happening.task)
      case 'taskUpdated':
        return this.#taskUpdated(happening)
      case 'frameworkAdded':
      case 'frameworkUpdated':
        return this.#framework(happening)
      case 'frameworkRemoved': {
        const { info, past } = happening.completed
        const framework_info = writeFrameworkInfo(info, past.id)
        return forFramework(info, 'FRAMEWORK_REMOVED', { framework_info })
      }
      case 'agentAdded':
        return this.#agentAdded(happening.agentId)
      case 'agentRemoved':
        return forAll('AGENT_REMOVED', { agent_id: { value: happening.agentId } })
      case 'agentUpdated':
        return undefined
    }
  }

  #taskAdded(task: TaskVersion): StreamEvent {
    // The task's text is there already, or will be asked for again.
    const json = `{"type":"TASK_ADDED","task_added":{"task":${task.v1}}}`
    return this.#forTask(task, `${Buffer.byteLength(json)}\n${json}`)
  }

  #taskUpdated({
    task,
    before,
    status,
  }: Happening & { type: 'taskUpdated' }): StreamEvent | undefined {
    // The state of the task may be ahead of what its scheduler was told: that counts, as in Mesos.
    const isRepeated = before.statuses.at(-1)?.state === status.state
    if (isRepeated && !checks.includes(status.reason)) return undefined
    const { frameworkId } = task.origin
    const update = {
      framework_id: { value: frameworkId },
      status: writeTaskStatus(status),
      state: task.state,
    }
    return this.#forTask(task, encodeRecord(eventOf('TASK_UPDATED', update)))
  }

  #forTask({ origin }: TaskVersion, record: string): StreamEvent {
    const { frameworkId } = origin
    const known = this.#ledger().frameworks.get(frameworkId)?.info
    // The book forgets a framework before its tasks are told to have ended.
    const info = known ?? this.#history.frameworks.get(frameworkId)?.info
    return {
      record: (viewer) => {
        if (info === undefined) return viewer.seesAll ? record : undefined
        return viewer.seesFramework(info) && viewer.seesTask(origin, info) ? record : undefined
      },
    }
  }

  #framework({
    type,
    frameworkId,
  }: Happening & { type: 'frameworkAdded' | 'frameworkUpdated' }): StreamEvent | undefined {
    const ledger = this.#ledger()
    const record = ledger.frameworks.get(frameworkId)
    if (record === undefined) return undefined
    const framework = v1FrameworkEvent(frameworkPicture(ledger, this.#history, record, everybody))
    const name = type === 'frameworkAdded' ? 'FRAMEWORK_ADDED' : 'FRAMEWORK_UPDATED'
    return forFramework(record.info, name, { framework })
  }

  #agentAdded(agentId: string): StreamEvent | undefined {
    const ledger = this.#ledger()
    const record = ledger.agents.get(agentId)
    if (record === undefined) return undefined
    const picture = agentPicture(ledger, this.#history, record)
    return {
      record: (viewer) => {
        const agent = v1Agent(picture, viewer, this.#version)
        return encodeRecord(eventOf('AGENT_ADDED', { agent }))
      },
    }
  }
}

/** `{ type: 'TASK_ADDED', task_added: … }` */
export function eventOf(type: string, body: Json): Json {
  return { type, [type.toLowerCase()]: body }
}

function forAll(type: string, body: Json): StreamEvent {
  const record = encodeRecord(eventOf(type, body))
  return { record: () => record }
}

function forFramework(info: FrameworkInfo, type: string, body: Json): StreamEvent {
  const record = encodeRecord(eventOf(type, body))
  return { record: (viewer) => (viewer.seesFramework(info) ? record : undefined) }
}
