import { describe, expect, it } from 'vitest'
import { readAcls } from '../../../src/http/security/acls.ts'
import { LocalAuthorizer } from '../../../src/http/security/authorizer.ts'
import { commandOn } from '../../support/fake-scheduler.ts'
import { Desk, isRecord } from './support.ts'

/** A desk where ann may do what the rules let her, and all the rest is allowed. */
function deskWith(acls: object): Desk {
  return new Desk({ authorizer: new LocalAuthorizer(readAcls(JSON.stringify(acls))) })
}

const ann = { values: ['ann'] }
/** Rules by which ann has these, and none of the others. */
const only = (objects: string, ...values: string[]) => [
  { principals: ann, [objects]: { values } },
  { principals: ann, [objects]: { type: 'NONE' } },
]

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

describe('Operators who may see a part (rules for ann)', () => {
  it('quotas are shown by get_quotas, whatever roles may be seen', async () => {
    const desk = deskWith({
      get_quotas: only('roles', 'eng'),
      view_roles: only('roles', 'ads'),
    })
    const limits = { cpus: { value: 1 } }
    const quota_configs = ['eng', 'ads'].map((role) => ({ role, limits }))
    expect((await desk.call('UPDATE_QUOTA', { quota_configs })).status).toBe(200)
    const rolesIn = (status: unknown) =>
      isRecord(status) && Array.isArray(status.configs)
        ? status.configs.map(({ role }: { role: string }) => role)
        : []
    const ask = async (principal: string) => {
      const answer = await desk.query('GET_QUOTA', undefined, principal)
      const { body } = await desk.get('/quota', principal)
      return [rolesIn(isRecord(answer) && answer.status), rolesIn(body)]
    }
    expect(await ask('ann')).toEqual([['eng'], ['eng']])
    expect(await ask('bob')).toEqual([
      ['eng', 'ads'],
      ['eng', 'ads'],
    ])
  })

  it('a schedule is shown of machines of get_maintenance_schedules; empty windows are not', async () => {
    const desk = deskWith({ get_maintenance_schedules: only('machines', 'one') })
    const window = (...hostnames: string[]) => ({
      machine_ids: hostnames.map((hostname) => ({ hostname })),
      unavailability: { start: { nanoseconds: 5e9 } },
    })
    const schedule = { windows: [window('one', 'two'), window('three')] }
    expect((await desk.call('UPDATE_MAINTENANCE_SCHEDULE', { schedule })).status).toBe(200)
    const seen = { windows: [window('one')] }
    expect(await desk.query('GET_MAINTENANCE_SCHEDULE', undefined, 'ann')).toEqual({
      schedule: seen,
    })
    expect((await desk.get('/maintenance/schedule', 'ann')).body).toEqual(seen)
    expect((await desk.get('/maintenance/schedule', 'bob')).body).toEqual(schedule)
    // What is planned and how it stands are two rights.
    const status = await desk.get('/maintenance/status', 'ann')
    expect(status.body).toMatchObject({ draining_machines: [{}, {}, {}] })
  })

  it('machines are shown as draining or down by get_maintenance_statuses', async () => {
    const desk = deskWith({ get_maintenance_statuses: only('machines', 'one', 'three') })
    const machine_ids = ['one', 'two', 'three', 'four'].map((hostname) => ({ hostname }))
    const windows = [{ machine_ids, unavailability: { start: { nanoseconds: 5e9 } } }]
    await desk.call('UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } })
    const machines = machine_ids.slice(2)
    expect((await desk.call('START_MAINTENANCE', { machines })).status).toBe(200)
    const seen = {
      draining_machines: [{ id: { hostname: 'one' } }],
      down_machines: [{ hostname: 'three' }],
    }
    expect(await desk.query('GET_MAINTENANCE_STATUS', undefined, 'ann')).toEqual({ status: seen })
    expect((await desk.get('/maintenance/status', 'ann')).body).toEqual(seen)
    const all = (await desk.get('/maintenance/status', 'bob')).body
    expect(all).toMatchObject({ draining_machines: [{}, {}], down_machines: [{}, {}] })
  })

  it('GET_OPERATIONS hides what names a role that may not be seen', async () => {
    const desk = deskWith({ view_roles: only('roles', 'eng', 'ops/db') })
    const { stage } = desk
    stage.agent('one', { cpus: 4 })
    const eng = stage.scheduler('eng', { roles: ['eng', 'eng/ads', 'ops', 'ops/db'] })
    stage.settle()
    const keys = ['cpus(eng,)', 'cpus(ops,)', 'cpus(ops,)(ops/db,)', 'cpus(eng,)(eng/ads,)']
    const reserved = ['eng', 'ops', 'ops/db', 'eng/ads']
    const { agentId } = eng.offer
    const agent = stage.ledger.agents.get(agentId)
    for (const [at, key] of keys.entries()) {
      const operation = { type: 'RESERVE', resources: { [key]: 1 } } as const
      agent?.operations.set(100 + at, { frameworkId: eng.frameworkId, operation })
    }
    const shown = async (principal: string) => {
      const text = JSON.stringify(await desk.query('GET_OPERATIONS', undefined, principal))
      return reserved.filter((role) => text.includes(`"role":"${role}"`))
    }
    expect(await shown('bob')).toEqual(reserved)
    expect(await shown('ann')).toEqual(['eng'])
  })

  it('/slaves shows in full what is used and offered in roles that may be seen', async () => {
    const desk = deskWith({ view_roles: only('roles', 'eng') })
    const { stage } = desk
    stage.agent('one', { cpus: 4 })
    const hidden = stage.scheduler('ops')
    stage.settle()
    hidden.launch(hidden.offer, [commandOn(hidden.offer, 't1', { cpus: 1 })])
    stage.advance(10_000)
    const shown = async (principal: string) => {
      const { body } = await desk.get('/slaves', principal)
      const [agent] = isRecord(body) && Array.isArray(body.slaves) ? body.slaves : []
      const { used_resources_full: used, offered_resources_full: offered } = agent
      return { used, offered }
    }
    const ops = { name: 'cpus', allocation_info: { role: 'ops' } }
    expect(await shown('bob')).toMatchObject({ used: [ops], offered: [ops] })
    expect(await shown('ann')).toEqual({ used: [], offered: [] })
  })
})
