import { describe, expect, it } from 'vitest'
import { Desk, isRecord } from './support.ts'

describe('Operators who may not do everything (1 agent, 1 framework)', () => {
  it('whoever may see or do nothing sees nothing, and is refused (403)', async () => {
    const closed = new Desk({ authorizer: { may: () => false } })
    const { stage } = closed
    stage.agent('one', { cpus: 4, 'cpus(ops)': 2 })
    const other = stage.scheduler('eng')
    const state = await closed.get('/state')
    expect(state.body).toMatchObject({
      frameworks: [],
      slaves: [{ reserved_resources: {}, unreserved_resources: { cpus: 4 } }],
    })
    expect(isRecord(state.body) && 'flags' in state.body).toBe(false)
    expect((await closed.get('/flags')).status).toBe(403)
    expect((await closed.call('GET_FLAGS')).status).toBe(403)
    expect((await closed.get('/metrics/snapshot')).status).toBe(403)
    expect(await closed.query('GET_ROLES')).toEqual({})
    const framework_id = { value: other.frameworkId }
    const agent_id = { value: 'M-S0' }
    const machine_ids = [{ hostname: 'one' }]
    const windows = [{ machine_ids, unavailability: { start: { nanoseconds: 1 } } }]
    const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }
    const resources = [{ ...cpus, reservations: [{ type: 'DYNAMIC', role: 'ops' }] }]
    const calls: [string, object][] = [
      ['TEARDOWN', { framework_id }],
      ['UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 1 }] }],
      ['UPDATE_QUOTA', { quota_configs: [{ role: 'eng' }] }],
      ['SET_QUOTA', { quota_request: { role: 'eng', guarantee: [cpus] } }],
      ['REMOVE_QUOTA', { role: 'eng' }],
      ['DRAIN_AGENT', { agent_id }],
      ['DEACTIVATE_AGENT', { agent_id }],
      ['REACTIVATE_AGENT', { agent_id }],
      ['MARK_AGENT_GONE', { agent_id }],
      ['UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } }],
      ['START_MAINTENANCE', { machines: machine_ids }],
      ['STOP_MAINTENANCE', { machines: machine_ids }],
      ['RESERVE_RESOURCES', { agent_id, resources }],
      ['UNRESERVE_RESOURCES', { agent_id, resources }],
    ]
    for (const [type, part] of calls) {
      expect([type, (await closed.call(type, part)).status]).toEqual([type, 403])
    }
    expect(stage.ledger.frameworks.size).toBe(1)
  })
})
