import { describe, expect, it } from 'vitest'
import { type Happening, History, type HistoryOptions } from '../../../src/http/operator/history.ts'
import type { TaskState, TaskStatus } from '../../../src/messages/index.ts'
import { createLedger } from '../../../src/model/ledger/ledger.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'
import { isRecord } from './support.ts'

const ledger = createLedger({ masterId: 'M', timeouts: defaultTimeouts })
const info = { name: 'eng', roles: ['eng'] }

/** A history that hears of one framework, `F`. */
class Chronicle {
  readonly told: Happening[] = []
  readonly history: History
  at = 1_000

  constructor(options: HistoryOptions = {}) {
    this.history = new History(() => ledger, { now: () => this.at }, options)
    this.history.watch((happening) => this.told.push(happening))
    this.history.take({ type: 'frameworkAdded', frameworkId: 'F' })
  }

  add(...taskIds: string[]): this {
    for (const taskId of taskIds) {
      const task = { taskId, name: taskId, agentId: 'S', resources: { cpus: 1 }, data: 'bG9uZw==' }
      const from = { frameworkId: 'F', agentId: 'S', role: 'eng', executorId: taskId }
      this.history.take({ type: 'taskAdded', ...from, task })
    }
    return this
  }

  say(state: TaskState, uuid?: string, rest: Partial<TaskStatus> = {}, latest = state): this {
    const status: TaskStatus = {
      taskId: 't1',
      state,
      source: 'EXECUTOR',
      timestampMs: this.at,
      ...(uuid !== undefined && { uuid }),
      ...rest,
    }
    this.history.take({
      type: 'taskUpdated',
      frameworkId: 'F',
      taskId: 't1',
      state: latest,
      status,
    })
    return this
  }

  forget(...taskIds: string[]): this {
    for (const taskId of taskIds) {
      this.history.take({ type: 'taskForgotten', frameworkId: 'F', taskId })
    }
    return this
  }

  /** Its task t1 as the API tells it. */
  get task() {
    const text = this.history.frameworks.get('F')?.tasks.get('t1')?.v1 ?? '{}'
    const json: unknown = JSON.parse(text)
    if (!isRecord(json) || !Array.isArray(json.statuses)) throw new Error(text)
    return { ...json, states: json.statuses.map(({ state }) => state) }
  }
}

describe('History: tasks', () => {
  it('keeps a status per state, the last of neighbours about the same one', () => {
    const one = new Chronicle().add('t1').say('TASK_RUNNING', 'u1').say('TASK_RUNNING', 'u2')
    expect(one.task.states).toEqual(['TASK_RUNNING'])
    one.say('TASK_KILLING', 'u3').say('TASK_RUNNING', 'u4')
    expect(one.task.states).toEqual(['TASK_RUNNING', 'TASK_KILLING', 'TASK_RUNNING'])
  })

  it('a repeated status changes nothing and is no news', () => {
    const one = new Chronicle().add('t1').say('TASK_RUNNING', 'u1')
    const { length } = one.told
    one.say('TASK_RUNNING', 'u1')
    expect(one.told.length).toBe(length)
    expect(one.task.states).toEqual(['TASK_RUNNING'])
  })

  it('a repeated status that comes with a newer state moves the task on', () => {
    const one = new Chronicle().add('t1').say('TASK_RUNNING', 'u1')
    one.say('TASK_RUNNING', 'u1', {}, 'TASK_FINISHED')
    expect(one.task).toMatchObject({ state: 'TASK_FINISHED', states: ['TASK_RUNNING'] })
    expect(one.history.counts.ended('TASK_FINISHED')).toBe(1)
  })

  it('what was delivered last is what has to be acknowledged, not what the master says', () => {
    const one = new Chronicle().add('t1').say('TASK_RUNNING', 'u1')
    one.say('TASK_UNREACHABLE', undefined, { source: 'MASTER' })
    expect(one.task).toMatchObject({
      state: 'TASK_UNREACHABLE',
      status_update_state: 'TASK_RUNNING',
    })
  })

  it('tasks and statuses lose their data, and there are no more than 16', () => {
    const one = new Chronicle().add('t1')
    one.say('TASK_RUNNING', 'u0', { carried: { data: 'c2VjcmV0', labels: { labels: [] } } })
    expect(JSON.stringify(one.history.frameworks.get('F')?.tasks.get('t1'))).not.toMatch(
      /c2VjcmV0|bG9uZw/,
    )
    for (let turn = 0; turn < 20; turn++) {
      one.say('TASK_KILLING', `k${turn}`).say('TASK_RUNNING', `r${turn}`)
    }
    expect(one.task.states.length).toBe(16)
  })

  it('a picture that was taken does not change when the task does', () => {
    const one = new Chronicle().add('t1')
    const taken = one.history.frameworks.get('F')?.tasks.get('t1')
    one.say('TASK_RUNNING', 'u1')
    expect(taken?.state).toBe('TASK_STAGING')
    expect(taken?.v1).toContain('TASK_STAGING')
  })

  it('only so many ended tasks are remembered, the oldest first', () => {
    const one = new Chronicle({ completedTasksMax: 2 }).add('t1', 't2', 't3', 't4')
    one.forget('t1', 't2', 't3')
    const past = one.history.frameworks.get('F')
    expect([...(past?.completed ?? [])].map(({ taskId }) => taskId)).toEqual(['t2', 't3'])
    one.forget('t4')
    expect([...(past?.completed ?? [])].map(({ taskId }) => taskId)).toEqual(['t3', 't4'])
    expect(past?.tasks.size).toBe(0)
  })

  it('nothing is remembered where nothing is to be', () => {
    const one = new Chronicle({ completedTasksMax: 0 }).add('t1').forget('t1')
    expect([...(one.history.frameworks.get('F')?.completed ?? ['unknown'])]).toEqual([])
  })

  it('counts tasks by state, and ends by source and reason', () => {
    const one = new Chronicle().add('t1', 't2').say('TASK_RUNNING', 'u1')
    const { counts } = one.history
    expect([counts.living('TASK_STAGING'), counts.living('TASK_RUNNING')]).toEqual([1, 1])
    one.say('TASK_FAILED', 'u2', { source: 'AGENT', reason: 'EXECUTOR_TERMINATED' }).forget('t1')
    expect([counts.living('TASK_RUNNING'), counts.ended('TASK_FAILED')]).toEqual([0, 1])
    expect([...counts.reasons]).toEqual([
      ['task_failed/source_slave/reason_executor_terminated', 1],
    ])
    one.add('t1').say('TASK_LOST', 'u3', { source: 'MASTER', reason: 'AGENT_REMOVED' })
    one.add('t1').say('TASK_FINISHED', 'u4')
    expect([...counts.reasons.keys()].slice(1)).toEqual([
      'task_lost/source_master/reason_slave_removed',
    ])
    expect(counts.living('TASK_FAILED')).toBe(0)
  })

  it('news of tasks and frameworks that nobody knows is passed over', () => {
    const one = new Chronicle().say('TASK_RUNNING', 'u1').forget('t9')
    one.history.take({ type: 'taskForgotten', frameworkId: 'G', taskId: 't1' })
    expect(one.told.map(({ type }) => type)).toEqual(['frameworkAdded'])
  })
})

describe('History: frameworks', () => {
  it('what a framework leaves running is killed, and it is remembered with its tasks', () => {
    const one = new Chronicle({ completedFrameworksMax: 1 }).add('t1', 't2')
    one.say('TASK_FINISHED', 'u1')
    one.at = 2_000
    one.history.take({ type: 'frameworkRemoved', frameworkId: 'F', info })
    const [completed] = one.history.completed
    expect(completed?.past.unregisteredAtMs).toBe(2_000)
    expect(
      [...(completed?.past.completed ?? [])].map(({ taskId, state }) => [taskId, state]),
    ).toEqual([
      ['t1', 'TASK_FINISHED'],
      ['t2', 'TASK_KILLED'],
    ])
    expect(one.told.map(({ type }) => type).slice(-2)).toEqual(['taskUpdated', 'frameworkRemoved'])
    one.history.take({ type: 'frameworkAdded', frameworkId: 'G' })
    one.history.take({ type: 'frameworkRemoved', frameworkId: 'G', info })
    expect([...one.history.completed].map(({ past }) => past.id)).toEqual(['G'])
    expect(one.history.frameworks.size).toBe(0)
  })
})
