import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { agent } from '../../cluster/processes/support.ts'
import { ownCertificate } from '../../support/certificate.ts'
import { cluster, commandTask, launching, TestScheduler } from '../scheduler/support.ts'

const credentials = JSON.stringify({
  credentials: [
    { principal: 'web', secret: 'one' },
    { principal: 'ops', secret: 'two' },
  ],
})
const shows = (principal: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`,
})
const json = { 'content-type': 'application/json' }

async function operator(place: string, call: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://${place}/api/v1`, {
    method: 'POST',
    body: JSON.stringify(call),
    headers: { ...json, ...headers },
  })
  return { status: answer.status, headers: answer.headers, body: await answer.text() }
}

describe('Security: who is let in', () => {
  it('schedulers: 401 before everything else, and then their own framework only', async () => {
    const head = await cluster(0, { security: { credentials, authenticateFrameworks: true } })
    const stranger = new TestScheduler(head)
    const refused = await stranger.send('no JSON', { 'content-type': 'text/html' })
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="mesos-master-scheduler"',
    ])
    const scheduler = new TestScheduler(head, shows('web', 'one'))
    await scheduler.subscribe({ failover_timeout: 600 })
    const { body } = await operator(head.place, { type: 'GET_FRAMEWORKS' })
    const [framework] = JSON.parse(body).get_frameworks.frameworks
    expect(framework.framework_info.principal).toBe('web')
    expect(await scheduler.call('REVIVE')).toBe(202)
    expect(await scheduler.call('REVIVE', undefined, shows('ops', 'two'))).toBe(400)
    expect(await scheduler.call('REVIVE', undefined, shows('web', 'two'))).toBe(401)
    const wrong = { type: 'SUBSCRIBE', subscribe: { framework_info: infoOf('ops') } }
    expect((await scheduler.send(wrong)).status).toBe(400)
    expect((await operator(head.place, { type: 'GET_HEALTH' })).status).toBe(200)
  })

  it('operators show who they are, in their realm; what tells nothing is open to all', async () => {
    const security = { credentials, authenticateOperators: true }
    const { place } = await cluster(0, { security })
    const { status, headers } = await operator(place, { type: 'GET_STATE' })
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="mesos-master-readwrite"',
    ])
    expect((await operator(place, { type: 'GET_STATE' }, shows('ops', 'two'))).status).toBe(200)
    expect((await fetch(`http://${place}/health`)).status).toBe(200)
  })

  it('an endpoint is guarded however its path is written', async () => {
    const everybody = { type: 'ANY' }
    const hidden = { principals: everybody, paths: { values: ['/metrics/snapshot'] } }
    const acls = JSON.stringify({
      get_endpoints: [
        { ...hidden, principals: { values: ['ops'] } },
        { ...hidden, principals: { type: 'NONE' } },
      ],
      permissive: false,
    })
    const rateLimits = '{"limits":[{"principal":"web","qps":0.1}],"aggregate_default_qps":1000}'
    const security = { credentials, authenticateOperators: true, acls, rateLimits }
    const { place } = await cluster(0, { security })
    const status = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(`http://${place}${path}`, init)).status
    for (const path of ['/state/', '/slaves/x', '//state', '/master/state/', '/api/v1/operator']) {
      expect([path, await status(path)]).toEqual([path, 401])
    }
    expect(await status('/metrics/snapshot/', { headers: shows('web', 'one') })).toBe(403)
    expect(await status('/metrics/snapshot/', { headers: shows('ops', 'two') })).toBe(200)
    expect(await status('/state/', { headers: shows('web', 'one') })).toBe(429)
  })

  it('calls beyond the limit get 429 and the time to wait, whoever makes them', async () => {
    const rateLimits = '{"limits":[{"principal":"web","qps":0.1}],"aggregate_default_qps":1000}'
    const security = { credentials, authenticateOperators: true, rateLimits }
    const { place } = await cluster(0, { security })
    const ask = (principal: string, secret: string) =>
      operator(place, { type: 'GET_HEALTH' }, shows(principal, secret))
    expect((await ask('web', 'one')).status).toBe(200)
    const { status, headers } = await ask('web', 'one')
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(5)
    expect((await ask('ops', 'two')).status).toBe(200)
  })

  it('nobody beyond this machine without authentication, unless that is said to be meant', async () => {
    const ip = '0.0.0.0'
    await expect(cluster(0, { ip })).rejects.toThrow(/anybody's calls over HTTP/)
    const half = { credentials, authenticateFrameworks: true }
    await expect(cluster(0, { ip, security: half })).rejects.toThrow(/anybody's calls over HTTP/)
    await cluster(0, { ip, security: { ...half, authenticateOperators: true } })
    await cluster(0, { ip, insecure: true })
  })
})

describe('Security: what callers may do', () => {
  const everybody = { type: 'ANY' }
  const web = { values: ['web'] }

  it('register_frameworks: an ERROR for the role that is not theirs; 403 for a change to it', async () => {
    const acls = JSON.stringify({
      register_frameworks: [
        { principals: web, roles: { values: ['eng'] } },
        { principals: web, roles: { type: 'NONE' } },
      ],
    })
    const security = { credentials, authenticateFrameworks: true, acls }
    const head = await cluster(0, { security })
    const refused = new TestScheduler(head, shows('web', 'one'))
    const first = await refused.subscribe({ roles: ['eng', 'ads'] })
    expect(first.error?.message).toBe('web may not register in the role ads')
    await refused.closed()
    const scheduler = new TestScheduler(head, shows('web', 'one'))
    await scheduler.subscribe({ roles: ['eng'] })
    const framework_info = {
      ...infoOf('web'),
      roles: ['ads'],
      id: { value: scheduler.frameworkId },
    }
    expect(await scheduler.call('UPDATE_FRAMEWORK', { framework_info })).toBe(403)
  })

  it('run_tasks and reserve_resources: told as TASK_ERROR and OPERATION_ERROR', async () => {
    const acls = JSON.stringify({
      run_tasks: [
        { principals: everybody, users: { values: ['root'] } },
        { principals: everybody, users: { type: 'NONE' } },
      ],
      reserve_resources: [{ principals: everybody, roles: { type: 'NONE' } }],
    })
    const head = await cluster(1, { security: { acls } })
    const scheduler = new TestScheduler(head)
    await scheduler.subscribe()
    const offer = await scheduler.offer()
    const forbidden = {
      ...commandTask('no', offer, 'true'),
      command: { value: 'true', user: 'alice' },
    }
    const reservation = { type: 'DYNAMIC', role: 'eng' }
    const cpu = { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } }
    const reserve = { resources: [{ ...cpu, reservations: [reservation] }] }
    const accept = launching(offer, [forbidden, commandTask('yes', offer, 'sleep 100')])
    const operations = [{ type: 'RESERVE', id: { value: 'o' }, reserve }, ...accept.operations]
    await scheduler.call('ACCEPT', { ...accept, operations })
    const { reason, source } = await scheduler.state('no', 'TASK_ERROR')
    expect([reason, source]).toEqual(['REASON_TASK_UNAUTHORIZED', 'SOURCE_MASTER'])
    const told = await scheduler.until(({ type }) => type === 'UPDATE_OPERATION_STATUS')
    expect(told.update_operation_status?.status.state).toBe('OPERATION_ERROR')
    await scheduler.state('yes', 'TASK_STARTING')
  })

  it('run_tasks: a group is also judged by as whom its executor would run', async () => {
    const users = { values: ['root'] }
    const acls = JSON.stringify({ run_tasks: [{ principals: { type: 'NONE' }, users }] })
    const head = await cluster(1, { security: { acls } })
    const scheduler = new TestScheduler(head)
    await scheduler.subscribe({ user: 'nobody' })
    const offer = await scheduler.offer()
    const { resources, ...task } = commandTask('no', offer, 'true')
    const executor = {
      executor_id: { value: 'e' },
      framework_id: { value: scheduler.frameworkId },
      type: 'CUSTOM',
      command: { value: 'sleep 100', user: 'root' },
    }
    const launch_group = { executor, task_group: { tasks: [{ ...task, resources }] } }
    const operations = [{ type: 'LAUNCH_GROUP', launch_group }]
    await scheduler.call('ACCEPT', { ...launching(offer, []), operations })
    const { reason } = await scheduler.state('no', 'TASK_ERROR')
    expect(reason).toBe('REASON_TASK_GROUP_UNAUTHORIZED')
  })

  it('where there are rules a framework has to name its user: they would not judge nobody', async () => {
    const nameless = new TestScheduler(await cluster(0, { security: { acls: '{}' } }))
    const { error } = await nameless.subscribe({ user: '' })
    expect(error?.message).toMatch(/^the framework names no user/)
    const anybody = new TestScheduler(await cluster(0, {}))
    expect((await anybody.subscribe({ user: '' })).error).toBeUndefined()
  })
})

describe('Security: TLS', () => {
  it('a master with a key and a certificate answers over HTTPS, and agents link up over it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesostate-tls-'))
    const { key, cert } = ownCertificate(folder)
    const head = await cluster(0, { security: { tls: { key, cert } } })
    const { place } = head
    const status = await new Promise((answered, failed) => {
      const ca = readFileSync(cert)
      const call = request(`https://${place}/health`, { ca }, ({ statusCode }) =>
        answered(statusCode),
      )
      call.on('error', failed).end()
    })
    expect(status).toBe(200)
    await agent(`https://${place}`, { tlsCa: cert })
    expect(head.snapshot().agents.map(({ state }) => state)).toEqual(['connected'])
    writeFileSync(key, 'no key')
    await expect(cluster(0, { security: { tls: { key, cert: '/nowhere' } } })).rejects.toThrow(
      /certificate \(\/nowhere\) cannot be read: there is no such file/,
    )
  })
})

function infoOf(principal: string) {
  const capabilities = [{ type: 'MULTI_ROLE' }]
  return { user: 'root', name: 'test', roles: ['eng'], capabilities, principal }
}
