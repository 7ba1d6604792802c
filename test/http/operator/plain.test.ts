import { beforeEach, describe, expect, it } from 'vitest'
import { commandOn, type FakeScheduler } from '../../support/fake-scheduler.ts'
import { scalar } from './changes.ts'
import { Desk, isRecord } from './support.ts'

const amounts = (cpus: number, mem: number, rest: object = {}) => ({
  cpus,
  mem,
  disk: 0,
  gpus: 0,
  ...rest,
})
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

describe('Plain endpoints (1 agent, 1 framework, 1 task running, 1 finished)', () => {
  let desk: Desk
  let eng: FakeScheduler
  let agentId: string

  beforeEach(() => {
    desk = new Desk()
    const { stage } = desk
    const keys = ['a', 'b']
    stage.agent('one', { cpus: 4, mem: 1_024, ports: [[31_000, 31_009]] }, { rack: 'r1', keys })
    eng = stage.scheduler('eng', { user: 'ann', labels: { team: 'web' }, principal: 'ann' })
    stage.settle()
    agentId = eng.offer.agentId
    eng.launch(eng.offer, [
      commandOn(eng.offer, 't1', { cpus: 1 }),
      commandOn(eng.offer, 't2', { cpus: 0.5, mem: 64 }),
    ])
    stage.advance(100)
    stage.puppets.exit('t2')
    stage.advance(100)
  })

  it('/state', async () => {
    const { status, body } = await desk.get('/state')
    expect(status).toBe(200)
    const agent = {
      id: agentId,
      hostname: 'one',
      attributes: { rack: 'r1', keys: '{a, b}' },
      registered_time: expect.any(Number),
      resources: amounts(4, 1_024, { ports: '[31000-31009]' }),
      used_resources: amounts(1, 0),
      offered_resources: expect.objectContaining({ gpus: 0 }),
      reserved_resources: {},
      unreserved_resources: amounts(4, 1_024, { ports: '[31000-31009]' }),
      active: true,
      deactivated: false,
      version: '1.12.0',
      capabilities: expect.arrayContaining(['MULTI_ROLE']),
    }
    const task = (id: string, state: string) => ({
      id,
      name: id,
      framework_id: eng.frameworkId,
      executor_id: '',
      slave_id: agentId,
      state,
      resources: expect.objectContaining({ gpus: 0 }),
      role: 'eng',
      statuses: expect.arrayContaining([{ state, timestamp: expect.any(Number) }]),
    })
    expect(body).toEqual({
      version: '1.12.0',
      build_date: expect.any(String),
      build_time: expect.any(Number),
      build_user: expect.any(String),
      start_time: 0,
      elected_time: 0,
      id: 'M',
      pid: 'master@127.0.0.1:5050',
      hostname: 'head',
      capabilities: ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'],
      activated_slaves: 1,
      deactivated_slaves: 0,
      unreachable_slaves: 0,
      leader: 'master@127.0.0.1:5050',
      leader_info: { id: 'M', pid: 'master@127.0.0.1:5050', port: 5050, hostname: 'head' },
      flags: { port: '5050', registry: 'memory' },
      slaves: [agent],
      recovered_slaves: [],
      frameworks: [
        {
          id: eng.frameworkId,
          name: 'eng',
          user: 'ann',
          principal: 'ann',
          hostname: '',
          webui_url: '',
          capabilities: ['PARTITION_AWARE', 'TASK_KILLING_STATE'],
          used_resources: amounts(1, 0),
          offered_resources: expect.objectContaining({ gpus: 0 }),
          resources: expect.objectContaining({ cpus: 4 }),
          active: true,
          connected: true,
          recovered: false,
          failover_timeout: 0,
          checkpoint: false,
          registered_time: expect.any(Number),
          unregistered_time: 0,
          role: 'eng',
          tasks: [task('t1', 'TASK_RUNNING')],
          unreachable_tasks: [],
          completed_tasks: [task('t2', 'TASK_FINISHED')],
          offers: [expect.objectContaining({ id: eng.offer.offerId, slave_id: agentId })],
          executors: [],
          labels: [{ key: 'team', value: 'web' }],
          offer_constraints: {},
        },
      ],
      completed_frameworks: [],
      orphan_tasks: [],
      unregistered_frameworks: [],
    })
  })

  it('/state-summary counts tasks by agent and framework', async () => {
    const counts = { TASK_RUNNING: 1, TASK_FINISHED: 1, TASK_FAILED: 0 }
    expect((await desk.get('/state-summary')).body).toMatchObject({
      hostname: 'head',
      slaves: [{ id: agentId, ...counts, framework_ids: [eng.frameworkId] }],
      frameworks: [{ id: eng.frameworkId, ...counts, slave_ids: [agentId] }],
    })
  })

  it('/slaves and /frameworks, whole or by id', async () => {
    expect((await desk.get('/slaves')).body).toMatchObject({
      slaves: [{ id: agentId, used_resources_full: [{ name: 'cpus', role: '*' }] }],
      recovered_slaves: [],
    })
    expect((await desk.get('/slaves?slave_id=x')).body).toMatchObject({ slaves: [] })
    expect((await desk.get(`/frameworks?framework_id=${eng.frameworkId}`)).body).toMatchObject({
      frameworks: [{ id: eng.frameworkId }],
      unregistered_frameworks: [],
    })
    expect((await desk.get('/frameworks?framework_id=x')).body).toMatchObject({ frameworks: [] })
    await desk.call('TEARDOWN', { framework_id: { value: eng.frameworkId } })
    expect((await desk.get('/frameworks')).body).toMatchObject({
      frameworks: [],
      completed_frameworks: [{ id: eng.frameworkId, active: false, completed_tasks: [{}, {}] }],
    })
  })

  it('/tasks in pages, by time, and by id', async () => {
    const { stage } = desk
    for (const taskId of ['t3', 't4']) {
      stage.advance(1_000)
      eng.launch(eng.offer, [commandOn(eng.offer, taskId, { cpus: 0.1 })], { refuseSeconds: 0 })
      stage.advance(1_000)
    }
    const ids = async (query: string): Promise<unknown> => {
      const { body } = await desk.get(`/tasks${query}`)
      return isRecord(body) && Array.isArray(body.tasks) && body.tasks.map(({ id }) => id)
    }
    expect(await ids('?limit=2')).toEqual(['t4', 't3'])
    expect(await ids('?order=asc&offset=2')).toEqual(['t3', 't4'])
    expect(await ids('?limit=1&offset=1')).toEqual(['t3'])
    expect(await ids('?task_id=t2')).toEqual(['t2'])
    expect(await ids('?framework_id=x')).toEqual([])
    expect(await ids('?limit=0')).toEqual([])
    expect(await ids('?limit=many&offset=-1')).toHaveLength(4)
    expect(await ids('?limit=1e9999999')).toHaveLength(4)
  })

  it('/roles, /weights and /quota', async () => {
    const weights = JSON.stringify([{ role: 'eng', weight: 2 }])
    expect((await desk.ask('PUT', '/weights', weights)).status).toBe(200)
    expect((await desk.ask('PUT', '/weights', '[{"role":"eng","weight":-1}]')).status).toBe(400)
    expect((await desk.ask('PUT', '/weights', '{"role":"eng","weight":1}')).status).toBe(400)
    expect((await desk.get('/weights')).body).toEqual([{ role: 'eng', weight: 2 }])
    const guarantee = [{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 } }]
    const quota = JSON.stringify({ role: 'eng', guarantee })
    expect((await desk.ask('POST', '/quota', quota)).status).toBe(200)
    expect((await desk.ask('POST', '/quota', quota)).status).toBe(400)
    expect((await desk.get('/quota')).body).toMatchObject({ infos: [{ role: 'eng', guarantee }] })
    expect((await desk.get('/roles')).body).toMatchObject({
      roles: [
        {
          name: 'eng',
          weight: 2,
          quota: { role: 'eng', guarantee: { cpus: 2 }, limit: { cpus: 2 }, consumed: { cpus: 1 } },
          allocated: { cpus: 1 },
          frameworks: [eng.frameworkId],
        },
      ],
    })
    expect((await desk.ask('DELETE', '/quota')).status).toBe(400)
    expect((await desk.ask('DELETE', '/quota/eng/')).status).toBe(200)
    expect((await desk.ask('DELETE', '/quota/eng')).status).toBe(400)
    expect((await desk.ask('DELETE', '/quota/%E0%A4%A')).status).toBe(400)
    expect((await desk.ask('DELETE', '/quota')).status).toBe(400)
    expect((await desk.ask('DELETE', '/quota/')).status).toBe(400)
  })

  it('/roles: what is used or reserved counts against a quota, and no offer does', async () => {
    const reserve = { ...scalar('cpus', 0.5), role: 'eng', reservation: {} }
    const resources = form({ slaveId: agentId, resources: JSON.stringify([reserve]) })
    expect((await desk.ask('POST', '/reserve', resources)).status).toBe(202)
    desk.stage.advance(1_000)
    expect(eng.offer.resources).toMatchObject({ cpus: 2.5, 'cpus(eng,)': 0.5 })
    expect((await desk.get('/roles')).body).toMatchObject({
      roles: [{ quota: { consumed: { cpus: 1.5 } }, offered: { cpus: 3 }, allocated: { cpus: 1 } }],
    })
  })

  const shown = ['/state-summary', '/slaves', '/tasks', '/frameworks', '/roles']
  it.each(shown)('%s answers to POST as to GET, with a slash at its end too', async (path) => {
    const { body } = await desk.get(path)
    for (const asked of [path, `${path}/`, `${path}/x/..`]) {
      expect(await desk.ask('POST', asked, 'anything'), asked).toMatchObject({
        status: 200,
        body,
      })
    }
  })

  it('/teardown, /reserve, /unreserve, /create-volumes, /destroy-volumes take forms', async () => {
    const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }
    const reserved = { ...cpus, role: 'ops', reservation: { principal: 'ann' } }
    const resources = form({ slaveId: agentId, resources: JSON.stringify([reserved]) })
    const status = async (path: string, body: string) => (await desk.ask('POST', path, body)).status
    expect(await status('/reserve', resources)).toBe(202)
    expect((await desk.get('/state')).body).toMatchObject({
      slaves: [{ reserved_resources: { ops: { cpus: 1 } } }],
    })
    expect(await status('/unreserve', resources)).toBe(202)
    expect(await status('/unreserve', resources)).toBe(409)
    expect(await status('/reserve', form({ slaveId: agentId }))).toBe(400)
    expect(await status('/reserve', form({ slaveId: 'x', resources: '[]' }))).toBe(400)
    expect(await status('/reserve', form({ slaveId: agentId, resources: '{}' }))).toBe(400)
    expect(await status('/reserve', form({ slaveId: agentId, resources: '[' }))).toBe(400)
    expect(await status('/create-volumes', form({ slaveId: agentId, volumes: '[]' }))).toBe(202)
    expect(await status('/destroy-volumes', form({ slaveId: agentId, volumes: '[]' }))).toBe(202)
    expect(await status('/teardown', '')).toBe(400)
    expect(await status('/teardown', form({ frameworkId: 'x' }))).toBe(400)
    expect(await status('/teardown', form({ frameworkId: eng.frameworkId }))).toBe(200)
  })

  it('/maintenance and /machine', async () => {
    const machine = { hostname: 'one' }
    const unavailability = { start: { nanoseconds: 5e9 } }
    const windows = [{ machine_ids: [machine], unavailability }]
    const post = async (path: string, body: unknown) =>
      (await desk.ask('POST', path, JSON.stringify(body))).status
    expect(await post('/machine/down', [machine])).toBe(400)
    expect(await post('/maintenance/schedule', { windows })).toBe(200)
    expect((await desk.get('/maintenance/schedule')).body).toEqual({ windows })
    expect(await post('/machine/down', [machine])).toBe(200)
    expect((await desk.get('/maintenance/status')).body).toEqual({ down_machines: [machine] })
    expect(await post('/machine/up', [machine])).toBe(200)
    expect(await post('/machine/up', machine)).toBe(400)
  })

  it('/metrics/snapshot, and /metrics as Prometheus reads them', async () => {
    expect((await desk.get('/metrics/snapshot')).body).toMatchObject({
      'master/tasks_running': 1,
      'master/cpus_percent': 0.25,
      'allocator/mesos/resources/cpus/total': 4,
    })
    expect((await desk.get('/metrics/snapshot?timeout=2secs')).status).toBe(200)
    expect((await desk.get('/metrics/snapshot?timeout=soon')).status).toBe(400)
    const { body } = await desk.get('/metrics')
    const lines = String(body).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE mesostate_tasks gauge',
        'mesostate_tasks{state="running"} 1',
        'mesostate_tasks_ended_total{state="finished"} 1',
        'mesostate_resources{resource="cpus",account="used"} 1',
        'mesostate_agents{state="active"} 1',
        `mesostate_framework_subscribed{name="eng",id="${eng.frameworkId}"} 1`,
        'mesostate_messages_total{kind="launch_tasks"} 1',
      ]),
    )
    const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines).toContainEqual(expect.stringMatching(/^process_cpu_seconds_total \d/))
    for (const sample of samples.filter((line) => line.startsWith('mesostate_'))) {
      expect(sample).toMatch(/^[a-z_]\w*(?:\{(?:\w+="[^"]*",?)+\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$/)
    }
    const heads = lines.filter((line) => line.startsWith('# TYPE'))
    expect(new Set(heads).size).toBe(heads.length)
  })

  it('/flags, and files: none', async () => {
    expect((await desk.get('/flags')).body).toEqual({
      flags: { port: '5050', registry: 'memory' },
    })
    expect((await desk.get('/files/browse?path=/')).status).toBe(404)
    expect((await desk.get('/files/read?path=/master/log&offset=0')).status).toBe(404)
    expect((await desk.get('/files/download?path=../../etc/passwd')).status).toBe(404)
    expect((await desk.get('/files/read')).status).toBe(400)
    expect((await desk.call('LIST_FILES', { path: '/' })).status).toBe(404)
    expect((await desk.call('READ_FILE', { path: '/x', offset: 0 })).status).toBe(404)
    expect((await desk.call('READ_FILE', { path: '/x' })).status).toBe(400)
  })
})
