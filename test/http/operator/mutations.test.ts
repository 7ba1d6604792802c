import { beforeEach, describe, expect, it } from 'vitest'
import { commandOn, type FakeScheduler } from '../../support/fake-scheduler.ts'
import { Desk, isRecord } from './support.ts'

const scalar = (name: string, value: number, rest: object = {}) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...rest,
})
const dynamic = (role: string, principal?: string) => ({
  reservations: [{ type: 'DYNAMIC', role, ...(principal && { principal }) }],
})
const volume = { persistence: { id: 'db' }, volume: { mode: 'RW', container_path: 'data' } }

/** A call and its status; the calls of one list are made in order. */
type Row = readonly [what: string, type: string, part: object, status: number]

describe('Operator API: changes (1 agent, 1 framework with 1 task)', () => {
  let desk: Desk
  let eng: FakeScheduler
  let agent_id: { value: string }
  let framework_id: { value: string }

  beforeEach(() => {
    desk = new Desk()
    desk.stage.agent('one', { cpus: 4, mem: 1_024, disk: 1_000 })
    eng = desk.stage.scheduler('eng')
    eng.launch(eng.offer, [commandOn(eng.offer, 't1', { cpus: 1 })], { refuseSeconds: 0 })
    desk.stage.advance(1_000)
    agent_id = { value: eng.offer.agentId }
    framework_id = { value: eng.frameworkId }
  })

  async function play(rows: readonly Row[]): Promise<void> {
    for (const [what, type, part, status] of rows) {
      const reply = await desk.call(type, part)
      expect(reply.status, `${what}: ${JSON.stringify(reply.body)}`).toBe(status)
      if (status >= 400) expect(reply.body, what).toMatch(/\w/)
      else expect(reply.body, what).toBe('')
    }
  }

  it('every change without its own part is 400', async () => {
    for (const type of [
      'TEARDOWN',
      'KILL_TASK',
      'UPDATE_WEIGHTS',
      'UPDATE_QUOTA',
      'SET_QUOTA',
      'REMOVE_QUOTA',
      'UPDATE_MAINTENANCE_SCHEDULE',
      'START_MAINTENANCE',
      'STOP_MAINTENANCE',
      'DRAIN_AGENT',
      'DEACTIVATE_AGENT',
      'REACTIVATE_AGENT',
      'MARK_AGENT_GONE',
      'RESERVE_RESOURCES',
      'UNRESERVE_RESOURCES',
      'CREATE_VOLUMES',
      'DESTROY_VOLUMES',
      'GROW_VOLUME',
      'SHRINK_VOLUME',
      'GET_METRICS',
      'LIST_FILES',
      'READ_FILE',
    ]) {
      const { status, body } = await desk.call(type)
      expect([type, status, body]).toEqual([type, 400, expect.stringContaining('is missing')])
    }
  })

  it('calls that nobody knows are 400, whatever they are called', async () => {
    for (const type of ['DANCE', 'UNKNOWN', 'constructor', '__proto__', 'toString', '']) {
      expect((await desk.call(type)).status, type).toBe(400)
    }
  })

  it('TEARDOWN kills the tasks, and the framework is over', async () => {
    await play([
      ['unknown', 'TEARDOWN', { framework_id: { value: 'nobody' } }, 400],
      ['known', 'TEARDOWN', { framework_id }, 200],
      ['again', 'TEARDOWN', { framework_id }, 400],
    ])
    expect(await desk.query('GET_TASKS')).toMatchObject({
      tasks: [],
      completed_tasks: [
        {
          task_id: { value: 't1' },
          state: 'TASK_KILLED',
          status_update_state: 'TASK_RUNNING',
          statuses: [
            { state: 'TASK_STARTING' },
            { state: 'TASK_RUNNING' },
            { state: 'TASK_KILLED', source: 'SOURCE_MASTER', reason: 'REASON_FRAMEWORK_REMOVED' },
          ],
        },
      ],
    })
    expect(await desk.query('GET_FRAMEWORKS')).toMatchObject({
      frameworks: [],
      completed_frameworks: [{ active: false, connected: false, unregistered_time: {} }],
    })
  })

  it('KILL_TASK asks a task to end in the name of its framework', async () => {
    const of = (task: string, framework: unknown = framework_id) => ({
      framework_id: framework,
      task_id: { value: task },
    })
    await play([
      ['unknown', 'KILL_TASK', of('t7'), 400],
      ['of nobody', 'KILL_TASK', of('t1', { value: 'nobody' }), 400],
      ['known', 'KILL_TASK', of('t1'), 202],
    ])
    desk.stage.settle()
    expect(desk.stage.puppets.asked).toEqual(['terminate t1'])
  })

  it('UPDATE_WEIGHTS and GET_WEIGHTS', async () => {
    await play([
      ['zero', 'UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 0 }] }, 400],
      ['bad role', 'UPDATE_WEIGHTS', { weight_infos: [{ role: '/eng', weight: 1 }] }, 400],
      ['no role', 'UPDATE_WEIGHTS', { weight_infos: [{ weight: 1 }] }, 400],
      ['good', 'UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: '2.5' }] }, 200],
    ])
    expect(await desk.query('GET_WEIGHTS')).toEqual({
      weight_infos: [{ role: 'eng', weight: 2.5 }],
    })
  })

  it('UPDATE_QUOTA and GET_QUOTA', async () => {
    const of = (role: string, guarantees: object, limits: object = {}, force = false) => ({
      force,
      quota_configs: [{ role, guarantees, limits }],
    })
    const cpus = (value: number) => ({ cpus: { value } })
    await play([
      ['above its limit', 'UPDATE_QUOTA', of('x', cpus(2), cpus(1)), 400],
      ['above the cluster', 'UPDATE_QUOTA', of('x', cpus(200)), 400],
      ['nested', 'UPDATE_QUOTA', of('a/b', {}, cpus(1)), 400],
      ['less than is used', 'UPDATE_QUOTA', of('eng', {}, cpus(0.5)), 400],
      ['less, but forced', 'UPDATE_QUOTA', of('eng', {}, cpus(0.5), true), 200],
      ['above the cluster, forced', 'UPDATE_QUOTA', of('x', cpus(200), {}, true), 200],
      ['no number', 'UPDATE_QUOTA', of('x', { cpus: {} }), 400],
    ])
    expect(await desk.query('GET_QUOTA')).toEqual({
      status: {
        infos: [{ role: 'eng' }, { role: 'x', guarantee: [scalar('cpus', 200)] }],
        configs: [
          { role: 'eng', limits: cpus(0.5) },
          { role: 'x', guarantees: cpus(200) },
        ],
      },
    })
  })

  it('SET_QUOTA and REMOVE_QUOTA, the older form', async () => {
    const request = { quota_request: { role: 'x', guarantee: [scalar('cpus', 1)] } }
    const ports = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } }
    await play([
      ['not set yet', 'REMOVE_QUOTA', { role: 'x' }, 400],
      ['a list', 'SET_QUOTA', { quota_request: { role: 'x', guarantee: [ports] } }, 400],
      ['good', 'SET_QUOTA', request, 200],
      ['twice', 'SET_QUOTA', request, 400],
    ])
    const amounts = { cpus: { value: 1 } }
    expect(await desk.query('GET_QUOTA')).toMatchObject({
      status: { configs: [{ role: 'x', guarantees: amounts, limits: amounts }] },
    })
    await play([['removed', 'REMOVE_QUOTA', { role: 'x' }, 200]])
    expect(await desk.query('GET_QUOTA')).toEqual({ status: { infos: [], configs: [] } })
  })

  it('DRAIN_AGENT: from draining to drained, and back', async () => {
    await play([
      ['unknown', 'DRAIN_AGENT', { agent_id: { value: 'nowhere' } }, 400],
      ['a host name is no id', 'DRAIN_AGENT', { agent_id: { value: 'one' } }, 400],
      ['grace as a text', 'DRAIN_AGENT', { agent_id, max_grace_period: '2s' }, 400],
      [
        'good',
        'DRAIN_AGENT',
        { agent_id, max_grace_period: { seconds: 2, nanos: 500_000_000 } },
        200,
      ],
    ])
    desk.stage.advance(100)
    expect(await desk.query('GET_AGENTS')).toMatchObject({
      agents: [
        {
          active: false,
          deactivated: true,
          drain_info: {
            state: 'DRAINED',
            config: { max_grace_period: { nanoseconds: 2_500_000_000 }, mark_gone: false },
          },
          estimated_drain_start_time: { nanoseconds: expect.any(Number) },
        },
      ],
    })
    await play([
      ['back', 'REACTIVATE_AGENT', { agent_id }, 200],
      ['twice', 'REACTIVATE_AGENT', { agent_id }, 400],
      ['off', 'DEACTIVATE_AGENT', { agent_id }, 200],
      ['unknown', 'DEACTIVATE_AGENT', { agent_id: { value: 'x' } }, 400],
    ])
    const agents = await desk.query('GET_AGENTS')
    expect(agents).toMatchObject({ agents: [{ active: false, deactivated: true }] })
    expect(JSON.stringify(agents)).not.toContain('drain_info')
  })

  it('MARK_AGENT_GONE: 404 when it was never there, 200 when it is gone already', async () => {
    await play([
      ['unknown', 'MARK_AGENT_GONE', { agent_id: { value: 'nowhere' } }, 404],
      ['good', 'MARK_AGENT_GONE', { agent_id }, 200],
      ['again', 'MARK_AGENT_GONE', { agent_id }, 200],
      ['too late', 'DRAIN_AGENT', { agent_id }, 400],
    ])
    expect(await desk.query('GET_AGENTS')).toEqual({ agents: [], recovered_agents: [] })
  })

  it('maintenance: planned, under way, over', async () => {
    const machine = { hostname: 'ONE', ip: '10.0.0.1' }
    const unavailability = { start: { nanoseconds: 5e9 }, duration: { nanoseconds: 1e9 } }
    const windows = [{ machine_ids: [machine], unavailability }]
    const machines = { machines: [machine] }
    const none = [{ machine_ids: [{}], unavailability }]
    const twice = [{ machine_ids: [machine, machine], unavailability }]
    await play([
      ['not planned', 'START_MAINTENANCE', machines, 400],
      ['nothing named', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: none } }, 400],
      ['twice', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: twice } }, 400],
      ['good', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } }, 200],
    ])
    expect(await desk.query('GET_MAINTENANCE_SCHEDULE')).toEqual({
      schedule: { windows: [{ machine_ids: [{ hostname: 'ONE' }], unavailability }] },
    })
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toEqual({
      status: { draining_machines: [{ id: { hostname: 'ONE' } }] },
    })
    const inverseOfferIds = eng
      .heard('allocation.inverseOffer')
      .flatMap(({ inverseOffers }) => inverseOffers.map(({ inverseOfferId }) => inverseOfferId))
    eng.say({ type: 'allocation.acceptInverse', inverseOfferIds })
    desk.stage.settle()
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toMatchObject({
      status: { draining_machines: [{ statuses: [{ status: 'ACCEPT', framework_id }] }] },
    })
    await play([
      ['down', 'START_MAINTENANCE', machines, 200],
      ['must stay', 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: [] } }, 400],
    ])
    expect(await desk.query('GET_MAINTENANCE_STATUS')).toEqual({
      status: { down_machines: [{ hostname: 'ONE' }] },
    })
    await play([
      ['up', 'STOP_MAINTENANCE', machines, 200],
      ['up already', 'STOP_MAINTENANCE', machines, 400],
    ])
  })

  it('reservations and volumes: 202, 409 when it is in use, 400 when it cannot be', async () => {
    const cpus = (value: number) => ({
      agent_id,
      resources: [scalar('cpus', value, dynamic('ops'))],
    })
    const disk = scalar('disk', 100, dynamic('ops'))
    const volumes = { agent_id, volumes: [{ ...disk, disk: volume }] }
    await play([
      ['unknown agent', 'RESERVE_RESOURCES', { ...cpus(1), agent_id: { value: 'x' } }, 400],
      ['what is offered', 'RESERVE_RESOURCES', cpus(3), 202],
      ['what the task uses', 'RESERVE_RESOURCES', cpus(1), 409],
      ['not reserved', 'RESERVE_RESOURCES', { agent_id, resources: [scalar('mem', 1)] }, 400],
      ['nothing', 'RESERVE_RESOURCES', { agent_id, resources: [] }, 400],
      ['given back', 'UNRESERVE_RESOURCES', cpus(3), 202],
      ['twice', 'UNRESERVE_RESOURCES', cpus(3), 409],
      ['a volume of nothing', 'CREATE_VOLUMES', volumes, 409],
      ['disk', 'RESERVE_RESOURCES', { agent_id, resources: [disk] }, 202],
      ['a volume', 'CREATE_VOLUMES', volumes, 202],
      ['no agent', 'SHRINK_VOLUME', { volume: volumes.volumes[0], subtract: { value: 1 } }, 400],
      [
        'shrunk',
        'SHRINK_VOLUME',
        { agent_id, volume: volumes.volumes[0], subtract: { value: 50 } },
        202,
      ],
      [
        'grown',
        'GROW_VOLUME',
        { agent_id, volume: volumes.volumes[0], addition: { ...disk, scalar: { value: 50 } } },
        202,
      ],
      ['destroyed', 'DESTROY_VOLUMES', volumes, 202],
      ['twice', 'DESTROY_VOLUMES', volumes, 409],
    ])
    const answer = await desk.query('GET_AGENTS')
    expect(isRecord(answer) && answer.agents).toMatchObject([
      {
        total_resources: expect.arrayContaining([
          { ...disk, role: 'ops', reservation: {} },
          { ...scalar('disk', 900), role: '*' },
        ]),
      },
    ])
  })

  it('whoever is known by name reserves in that name', async () => {
    const cpus = (principal?: string) => ({
      agent_id,
      resources: [scalar('cpus', 1, dynamic('ops', principal))],
    })
    expect((await desk.call('RESERVE_RESOURCES', cpus(), 'ann')).status).toBe(400)
    expect((await desk.call('RESERVE_RESOURCES', cpus('bob'), 'ann')).status).toBe(400)
    expect((await desk.call('RESERVE_RESOURCES', cpus('ann'), 'ann')).status).toBe(202)
  })
})
