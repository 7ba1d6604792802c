import { describe, expect, it } from 'vitest'
import { Desk, isRecord } from './support.ts'

async function lists(desk: Desk, type: string): Promise<Record<string, unknown[]>> {
  const answer = await desk.query(type)
  if (!isRecord(answer)) throw new Error(`${type} is no object`)
  return Object.fromEntries(
    Object.entries(answer).flatMap(([key, list]) => (Array.isArray(list) ? [[key, list]] : [])),
  )
}

describe('Operator API: what there is none of', () => {
  it('lists that are empty are left out, but for those of which the answer consists', async () => {
    const empty = new Desk()
    empty.stage.scheduler('eng', { capabilities: [] })
    const { frameworks: [framework] = [] } = await lists(empty, 'GET_FRAMEWORKS')
    expect(framework).toEqual({
      framework_info: {
        id: expect.anything(),
        name: 'eng',
        user: '',
        role: 'eng',
        checkpoint: false,
        failover_timeout: 0,
      },
      active: true,
      connected: true,
      recovered: false,
      registered_time: { nanoseconds: expect.any(Number) },
      reregistered_time: { nanoseconds: expect.any(Number) },
      offer_constraints: {},
    })
    expect(await empty.query('GET_WEIGHTS')).toEqual({})
    expect(await empty.query('GET_QUOTA')).toEqual({ status: {} })
    expect(await empty.query('GET_MAINTENANCE_SCHEDULE')).toEqual({ schedule: {} })
    const tasks = { tasks: [], unreachable_tasks: [], completed_tasks: [] }
    expect(await empty.query('GET_TASKS')).toEqual(tasks)
  })

  it('an agent of which nothing is used or offered says nothing of that', async () => {
    const quiet = new Desk()
    quiet.stage.agent('one', { cpus: 1 })
    const text = JSON.stringify(await quiet.query('GET_AGENTS'))
    expect(text).toContain('total_resources')
    expect(text).not.toMatch(/allocated_resources|offered_resources|attributes/)
  })
})
