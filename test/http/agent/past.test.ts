import { describe, expect, test } from 'vitest'
import { AgentPast } from '../../../src/http/agent/past.ts'
import type { AgentTask, ExecutorRecord, FrameworkOnAgent } from '../../../src/model/agent/book.ts'

function frameworkOf(id: string): FrameworkOnAgent {
  return {
    id,
    info: { name: id, roles: ['eng'] },
    isKept: false,
    executors: new Map(),
    tasks: new Map(),
    completed: new Map(),
    terminating: false,
  }
}

function executorOf(frameworkId: string, id: string): ExecutorRecord {
  return {
    id,
    frameworkId,
    address: `executor/${id}`,
    kind: 'COMMAND',
    graceMs: 0,
    state: 'terminated',
    queued: [],
    isUsed: true,
    tasks: new Set(),
    unreported: 0,
  }
}

function taskOf(taskId: string, executor?: ExecutorRecord): AgentTask {
  return {
    info: { taskId, name: taskId, agentId: 'S', resources: {} },
    executorId: executor?.id ?? taskId,
    ...(executor && { executor }),
    state: 'TASK_FINISHED',
    updates: { state: 'closed', queue: [], taken: [], attempts: 0, sentAtMs: 0 },
  }
}

/** An agent's past that has heard of so many ends, one executor with a task each. */
function past(lives: (frameworkId: string) => boolean = () => false) {
  const told = new AgentPast(lives)
  const end = (framework: FrameworkOnAgent, id: string): ExecutorRecord => {
    const executor = executorOf(framework.id, id)
    told.take({ what: 'taskEnded', framework, task: taskOf(id, executor) })
    told.take({ what: 'executorEnded', framework, executor })
    return executor
  }
  const namesOf = (id: string): string[] =>
    [...(told.frameworks.get(id)?.executors ?? [])].map((executor) => executor.id)
  return { told, end, namesOf }
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at}`)

describe('Past of an agent: what is remembered', () => {
  test('a framework with executors without end pushes nothing of another one out', () => {
    const { told, end, namesOf } = past()
    const [quiet, busy] = [frameworkOf('quiet'), frameworkOf('busy')]
    const first = end(quiet, 'only')
    for (const name of numbered(1_000)) end(busy, name)
    expect(namesOf('quiet')).toEqual(['only'])
    expect(told.tasksOf(first).map(({ info }) => info.taskId)).toEqual(['only'])
    expect(namesOf('busy')).toEqual(numbered(1_000).slice(-150))
    expect([told.executorsEnded, told.counts.get('TASK_FINISHED')]).toEqual([1_001, 1_001])
  })

  test('an executor with tasks without end pushes nothing of another one out', () => {
    const { told } = past()
    const framework = frameworkOf('F')
    const [quiet, busy] = [executorOf('F', 'quiet'), executorOf('F', 'busy')]
    told.take({ what: 'taskEnded', framework, task: taskOf('only', quiet) })
    for (const name of numbered(500)) {
      told.take({ what: 'taskEnded', framework, task: taskOf(name, busy) })
    }
    told.take({ what: 'taskEnded', framework, task: taskOf('of nobody') })
    const idsOf = (executor: ExecutorRecord) =>
      told.tasksOf(executor).map(({ info }) => info.taskId)
    expect(idsOf(quiet)).toEqual(['only'])
    expect(idsOf(busy)).toEqual(numbered(500).slice(-200))
    expect(told.counts.get('TASK_FINISHED')).toBe(502)
  })

  test('of frameworks that are gone the last 50 stay, and all of which something lives', () => {
    const { told, end, namesOf } = past((id) => id === 'F0' || id === 'F5')
    const ids = numbered(120).map((number) => `F${number}`)
    for (const id of ids) end(frameworkOf(id), 'E')
    expect([...told.frameworks.keys()]).toEqual(['F0', 'F5', ...ids.slice(-50)])
    end(frameworkOf('F70'), 'E2')
    end(frameworkOf('new'), 'E')
    expect(told.frameworks.has('F71')).toBe(false)
    expect(namesOf('F70')).toEqual(['E', 'E2'])
  })
})
