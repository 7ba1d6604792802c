import { describe, expect, it } from 'vitest'
import { agentMemoryOf } from '../../src/storage/memories.ts'

const agent = {
  agentId: 'm-S0',
  info: { hostname: 'a', resources: { cpus: 1 } },
  resources: { cpus: 1 },
}
const task = { frameworkId: 'F', executorId: 'T', state: 'TASK_RUNNING', queue: [] }
const info = { taskId: 'T', name: 'T', agentId: 'm-S0', resources: { cpus: 1 } }

describe('What an agent kept', () => {
  it('is sorted by kind', () => {
    const damages: string[] = []
    const records = new Map<string, unknown>([
      ['agent', agent],
      ['framework/F', { frameworkId: 'F', info: { name: 'f', roles: ['*'] } }],
      ['task/F/T', { ...task, info }],
    ])
    const memory = agentMemoryOf(records, damages)
    expect(memory).toMatchObject({
      agent,
      frameworks: [{ frameworkId: 'F' }],
      executors: [],
      tasks: [{ info: { taskId: 'T' } }],
    })
    expect(damages).toEqual([])
  })

  it('may hold fields that a later version added', () => {
    const damages: string[] = []
    const memory = agentMemoryOf(new Map([['agent', { ...agent, colour: 'red' }]]), damages)
    expect([memory.agent?.agentId, damages]).toEqual(['m-S0', []])
  })

  it('is left out, and said, where it is not as it should be', () => {
    const damages: string[] = []
    const records = new Map<string, unknown>([
      ['agent', { ...agent, resources: 7 }],
      ['task/F/T', task],
      ['task/F/U', { ...task, info: { ...info, taskId: 'U' } }],
    ])
    const memory = agentMemoryOf(records, damages)
    expect([memory.agent, memory.tasks.length]).toEqual([undefined, 1])
    expect(damages).toEqual([
      'the record agent/resources must be object',
      'the record task/F/T must have required properties info',
    ])
  })
})
