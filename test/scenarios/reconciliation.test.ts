import { describe, expect, it } from 'vitest'
import type { FrameworkCallbacks } from '../../src/frameworks/framework.ts'
import type { TaskStatus } from '../../src/messages/index.ts'
import { Stage, stageWithTasks } from '../support/stage.ts'

const info = { roles: ['first'], failoverTimeoutMs: 600_000 }

/** A scheduler that takes over from one that crashed, and everything that it sees. */
function heirOf(stage: Stage, frameworkId: string) {
  const seen: (TaskStatus & { readonly atMs: number })[] = []
  const callbacks: FrameworkCallbacks = {
    offers: (offers, reply) => reply.decline(offers, { refuseSeconds: 3_600 }),
    update: (status) => void seen.push({ ...status, atMs: stage.clock.now() }),
  }
  const heir = stage.framework('heir', callbacks, info, frameworkId)
  return { heir, seen }
}

describe('Scheduler failover', () => {
  it('brings the updates that wait at once, however long the next retry would take', () => {
    const { stage, first } = stageWithTasks(['T1', 'T2'], info)
    first.crash()
    stage.puppets.exit('T1')
    stage.advance(200_000)
    const { seen } = heirOf(stage, first.frameworkId)
    const since = stage.clock.now()
    stage.settle()
    const ends = seen.filter(({ taskId, uuid }) => taskId === 'T1' && uuid !== undefined)
    expect(ends).toMatchObject([{ state: 'TASK_FINISHED', atMs: since }])
    expect([...stage.puppets.running.keys()]).toEqual(['T2'])
    stage.advance(300_000)
    expect(ends).toHaveLength(1)
    expect([...stage.ledger.frameworks.values()].map(({ tasks }) => [...tasks.keys()])).toEqual([
      ['T2'],
    ])
  })

  it('frees what ended while nobody listened, without waiting for anybody', () => {
    const { stage, first } = stageWithTasks(['T1'], info)
    first.acknowledges = false
    stage.puppets.manner = 'stubborn'
    first.kill('T1')
    stage.advance(2_000)
    first.crash()
    stage.advance(1_100)
    expect(first.states('T1').at(-1)).toBe('TASK_KILLING')
    expect([...stage.ledger.agents.values()].map(({ used }) => used)).toEqual([{}])
    const { seen } = heirOf(stage, first.frameworkId)
    stage.settle()
    const states = seen.filter(({ uuid }) => uuid !== undefined).map(({ state }) => state)
    expect(states).toEqual(['TASK_KILLING', 'TASK_KILLED'])
  })

  it('shows the heir the tasks that it never heard of, and fences the old instance', async () => {
    const { stage, first } = stageWithTasks(['T1', 'T2'], info)
    const { heir, seen } = heirOf(stage, first.frameworkId)
    stage.settle()
    expect(first.heard('lifecycle.error')).toHaveLength(1)
    const answers = seen.map(({ taskId, state, reason }) => [taskId, state, reason])
    expect(answers.sort()).toEqual([
      ['T1', 'TASK_RUNNING', 'RECONCILIATION'],
      ['T2', 'TASK_RUNNING', 'RECONCILIATION'],
    ])
    first.kill('T2')
    stage.settle()
    expect([...stage.puppets.running.keys()]).toEqual(['T1', 'T2'])
    heir.kill('T1')
    stage.advance(1_000)
    expect(seen.at(-1)).toMatchObject({ taskId: 'T1', state: 'TASK_KILLED' })
  })

  it('whose word to the agents is lost costs the wait for their next retry, and nothing else', () => {
    const { stage, first } = stageWithTasks(['T1'], info)
    first.crash()
    stage.puppets.exit('T1')
    stage.advance(35_000)
    stage.road.drop('lifecycle.updateFramework')
    const { seen } = heirOf(stage, first.frameworkId)
    stage.settle()
    expect(seen.filter(({ uuid }) => uuid !== undefined)).toEqual([])
    stage.advance(40_000)
    const told = seen.filter(({ uuid }) => uuid !== undefined)
    expect(told.map(({ state }) => state)).toEqual(['TASK_FINISHED'])
  })
})

describe('Reconciliation', () => {
  it('finds out about a launch that never reached the master', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 2 })
    const jobs = stage.jobs('reports')
    const heal = stage.road.drop('task.launch', 'master')
    const [once, twice] = [0, 1].map((retries) => jobs.submit({ command: 'true', retries }))
    stage.settle()
    heal()
    stage.advance(899_000)
    expect([once?.state, twice?.state]).toEqual(['TASK_STAGING', 'TASK_STAGING'])
    stage.advance(2_000)
    expect([once?.state, twice?.state]).toEqual(['TASK_GONE', 'TASK_RUNNING'])
    expect(jobs.counts).toEqual({ waiting: 0, launched: 1 })
  })

  it('asks until it is answered: lost questions and lost answers cost time only', () => {
    for (const [type, to] of [
      ['task.reconcile', 'master'],
      ['task.update', 'scheduler'],
    ] as const) {
      const stage = new Stage()
      stage.agent('agent-1', { cpus: 1 })
      const jobs = stage.jobs('reports', { failoverTimeoutMs: 600_000 })
      const handle = jobs.submit({ command: 'true', cpus: 1 })
      stage.settle()
      stage.road.drop('lifecycle.heartbeat')
      const heal = stage.road.drop(type, to)
      stage.advance(75_000 + 12_000)
      stage.log.clear()
      heal()
      stage.advance(5_000)
      expect(stage.sent('task.reconcile').map(({ tasks }) => tasks.length)).toEqual([1, 0])
      expect(handle.state).toBe('TASK_RUNNING')
    }
  })

  it('shows a job no state twice, however often it is asked for', async () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const jobs = stage.jobs('reports')
    const handle = jobs.submit({ command: 'true', cpus: 1 })
    stage.advance(3_600_000)
    expect(stage.sent('task.reconcile').filter(({ tasks }) => tasks.length > 0)).toHaveLength(4)
    stage.puppets.exit('job-1')
    stage.settle()
    const states: string[] = []
    for await (const { state } of handle.updates) states.push(state)
    expect(states).toEqual(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'])
  })

  it('repeats a kill of a job that got lost', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const jobs = stage.jobs('reports')
    const handle = jobs.submit({ command: 'true', cpus: 1 })
    stage.settle()
    const heal = stage.road.drop('task.kill', 'master')
    handle.kill({ graceMs: 700 })
    stage.settle()
    heal()
    stage.advance(901_000)
    expect(handle.state).toBe('TASK_KILLED')
    const [kill] = stage.sent('task.kill', 'scheduler')
    expect(kill?.kills).toMatchObject([{ killPolicy: { gracePeriodMs: 700 } }])
  })

  it('ends a task that its tenant gave up, when its agent comes back with it', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 1 })
    const jobs = stage.jobs('reports', { capabilities: [] })
    const handle = jobs.submit({ command: 'true', cpus: 1, retries: 1 })
    stage.settle()
    const heal = stage.road.drop('lifecycle.pong')
    stage.advance(100_000)
    expect(handle.state).toBe('TASK_LOST')
    heal()
    stage.advance(100_000)
    expect(stage.puppets.begun).toEqual(['job-1', 'job-1.2'])
    expect([...stage.puppets.running.keys()]).toEqual(['job-1.2'])
    expect(handle.state).toBe('TASK_RUNNING')
  })
})
