import { describe, expect, it } from 'vitest'
import { masterRecord } from '../../../src/model/master/keep.ts'
import { deskWithTask, scalar } from './changes.ts'

describe('Operator API: changes (1 agent, 1 framework with 1 task)', () => {
  it('every change without its own part is 400', async () => {
    const { desk } = deskWithTask()
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

  it('a timeout that is no duration is 400, and there are no logging levels (501)', async () => {
    const { desk } = deskWithTask()
    expect((await desk.call('GET_METRICS', { timeout: '2secs' })).status).toBe(400)
    expect((await desk.call('GET_METRICS', { timeout: null })).status).toBe(200)
    const level = { level: 1, duration: { nanoseconds: 1 } }
    expect((await desk.call('SET_LOGGING_LEVEL', level)).status).toBe(501)
  })

  it('calls that nobody knows are 400, whatever they are called; UNKNOWN is 501', async () => {
    const { desk } = deskWithTask()
    expect((await desk.call('UNKNOWN')).status).toBe(501)
    for (const type of ['DANCE', 'constructor', '__proto__', 'toString', '']) {
      expect((await desk.call(type)).status, type).toBe(400)
    }
  })

  it('TEARDOWN kills the tasks, and the framework is over', async () => {
    const { desk, framework_id, play } = deskWithTask()
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
      completed_frameworks: [
        {
          active: false,
          connected: false,
          registered_time: { nanoseconds: expect.any(Number) },
          unregistered_time: { nanoseconds: expect.any(Number) },
        },
      ],
    })
  })

  it('KILL_TASK asks a task to end in the name of its framework', async () => {
    const { desk, framework_id, play } = deskWithTask()
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
    const { desk, play } = deskWithTask()
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
    const { desk, play } = deskWithTask()
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
      [
        'a role twice: the last one counts',
        'UPDATE_QUOTA',
        { force: true, quota_configs: [{ role: 'x' }, ...of('x', cpus(200)).quota_configs] },
        200,
      ],
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

  it('a quota that says nothing is listed until it is removed, or a new master begins', async () => {
    const { desk, play } = deskWithTask()
    const limits = { cpus: { value: 1 } }
    await play([
      ['limited', 'UPDATE_QUOTA', { quota_configs: [{ role: 'q', limits }] }, 200],
      ['no more', 'UPDATE_QUOTA', { quota_configs: [{ role: 'q' }] }, 200],
    ])
    const status = { infos: [{ role: 'q' }], configs: [{ role: 'q' }] }
    expect(await desk.query('GET_QUOTA')).toEqual({ status })
    const roles = (...names: string[]) => ({ roles: names.map((name) => ({ name })) })
    expect(await desk.query('GET_ROLES')).toMatchObject(roles('eng', 'q'))
    expect(masterRecord(desk.stage.ledger, 'settings')).toMatchObject({ quotas: [] })
    await play([['removed', 'REMOVE_QUOTA', { role: 'q' }, 200]])
    expect(await desk.query('GET_ROLES')).toMatchObject(roles('eng'))
  })

  it('SET_QUOTA and REMOVE_QUOTA, the older form', async () => {
    const { desk, play } = deskWithTask()
    const of = (role: string, ...guarantee: object[]) => ({ quota_request: { role, guarantee } })
    const request = of('x', scalar('cpus', 1))
    const ports = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } }
    await play([
      ['not set yet', 'REMOVE_QUOTA', { role: 'x' }, 400],
      ['a list', 'SET_QUOTA', of('x', ports), 400],
      ['empty', 'SET_QUOTA', of('x'), 400],
      ['left out', 'SET_QUOTA', { quota_request: { role: 'x' } }, 400],
      ['a name twice', 'SET_QUOTA', of('x', scalar('cpus', 1), scalar('cpus', 1)), 400],
      ['above the cluster, nested', 'SET_QUOTA', of('x/y', scalar('cpus', 200)), 400],
      ['above the cluster', 'SET_QUOTA', of('x', scalar('cpus', 200)), 409],
      ['less than is used', 'SET_QUOTA', of('eng', scalar('cpus', 0.5)), 200],
      ['good', 'SET_QUOTA', request, 200],
      ['twice', 'SET_QUOTA', request, 400],
    ])
    const amounts = { cpus: { value: 1 } }
    expect(await desk.query('GET_QUOTA')).toMatchObject({
      status: { configs: [{ role: 'eng' }, { role: 'x', guarantees: amounts, limits: amounts }] },
    })
    const { quota_request } = of('y', scalar('cpus', 200))
    await play([
      ['removed', 'REMOVE_QUOTA', { role: 'x' }, 200],
      ['forced', 'SET_QUOTA', { quota_request: { ...quota_request, force: true } }, 200],
      ['removed beside what is too much', 'REMOVE_QUOTA', { role: 'eng' }, 200],
      ['the last one', 'REMOVE_QUOTA', { role: 'y' }, 200],
    ])
    const none = { quota_request: { role: 'x', guarantee: [scalar('cpus', 0)] } }
    await play([['no cpus at all', 'SET_QUOTA', none, 200]])
    expect(await desk.query('GET_QUOTA')).toMatchObject({
      status: { configs: [{ role: 'x', limits: { cpus: { value: 0 } } }] },
    })
    await play([['removed', 'REMOVE_QUOTA', { role: 'x' }, 200]])
    expect(await desk.query('GET_QUOTA')).toEqual({ status: {} })
  })
})
