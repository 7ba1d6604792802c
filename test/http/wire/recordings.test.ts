import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSchedulerCall } from '../../../src/http/wire/calls.ts'
import { isObject, type Json } from '../../../src/http/wire/json.ts'
import { readOffer, writeOffer } from '../../../src/http/wire/offers.ts'
import { formFor } from '../../../src/http/wire/resources.ts'
import { readTaskInfo, writeTaskInfo } from '../../../src/http/wire/task-info.ts'
import { readTaskStatus, writeTaskStatus } from '../../../src/http/wire/task-status.ts'
import { uuidToWire } from '../../../src/http/wire/uuid.ts'

/** Conversations recorded from a real Mesos, where somebody has them: a folder of JSON files. */
const folder = process.env.MESOSTATE_RECORDINGS ?? ''
const hasRecordings = existsSync(folder)

interface Entry {
  readonly call?: Json
  readonly event?: Json
  readonly status?: number
}

/** In recordings the same placeholder stands for the same bytes. */
function withUuids(text: string): string {
  return text.replace(/<uuid(\d+)>/g, (_, count: string) =>
    uuidToWire(`00000000-0000-4000-8000-${count.padStart(12, '0')}`),
  )
}

function entriesOf(file: string): Entry[] {
  const recording: unknown = JSON.parse(withUuids(readFileSync(join(folder, file), 'utf8')))
  if (!isObject(recording) || !Array.isArray(recording.wire)) return []
  return recording.wire.filter(isObject)
}

function* findAll(value: unknown, field: string): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* findAll(item, field)
  if (!isObject(value)) return
  for (const [name, part] of Object.entries(value)) {
    if (name === field) yield* (Array.isArray(part) ? part : [part]).filter(isObject)
    yield* findAll(part, field)
  }
}

const schedulerCalls = new Set(
  'ACCEPT ACKNOWLEDGE DECLINE SUBSCRIBE KILL REVIVE SUPPRESS RECONCILE MESSAGE SHUTDOWN'.split(' '),
)

function formOf(resources: unknown) {
  const all = [...findAll({ resources }, 'resources')]
  const role = all.map(({ allocation_info }) => allocation_info).find(isObject)?.role
  return {
    refined: all.every((resource) => resource.role === undefined),
    ...(typeof role === 'string' && { allocatedTo: role }),
  }
}

const files = hasRecordings ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []

describe.skipIf(!hasRecordings)('Recordings of Mesos (needs a folder of recordings)', () => {
  it.each(files)('%s: each call that Mesos took is read', (file) => {
    for (const { call, status } of entriesOf(file)) {
      if (call === undefined || !schedulerCalls.has(String(call.type))) continue
      if (status !== undefined && status >= 400) continue
      expect(() => readSchedulerCall(call)).not.toThrow()
    }
  })

  it.each(files)('%s: each status survives being read and written', (file) => {
    for (const { event } of entriesOf(file)) {
      for (const status of findAll(event, 'status')) {
        if (!isObject(status.task_id)) continue
        const { timestamp: _, ...rest } = writeTaskStatus(readTaskStatus(status, 'status'))
        expect(rest).toEqual(status)
      }
    }
  })

  it.each(files)('%s: each offer survives being read and written', (file) => {
    for (const { event } of entriesOf(file)) {
      for (const offer of findAll(event, 'offers')) {
        if (!isObject(offer.id)) continue
        const { url: _, ...rest } = offer
        expect(writeOffer(readOffer(offer, 'offer'), formOf(offer.resources))).toEqual(rest)
      }
    }
  })

  it.each(files)('%s: each task that is legal survives being read and written', (file) => {
    for (const { call } of entriesOf(file)) {
      for (const json of findAll(call, 'task_infos')) {
        const task = readTaskInfo(json, 'task')
        if (task.problem !== undefined) continue
        const form = formFor({ name: '', roles: [], capabilities: ['RESERVATION_REFINEMENT'] })
        const again = writeTaskInfo(task, form, 'F')
        const executor = task.executor && { ...task.executor, frameworkId: 'F' }
        expect(readTaskInfo(again, 'task')).toEqual({ ...task, executor })
      }
    }
  })
})
