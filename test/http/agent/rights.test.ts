import { describe, expect, test } from 'vitest'
import { readAcls } from '../../../src/http/security/acls.ts'
import { LocalAuthorizer } from '../../../src/http/security/authorizer.ts'
import { temporaryFolder } from '../../executors/harness.ts'
import { program, startAgent, taskOf } from '../executor/support.ts'
import { asked, shown } from './support.ts'

describe('Operators of an agent who may not see everything', () => {
  test('containers are shown by view_containers, and by no other right', async () => {
    const view_containers = [{ principals: { type: 'ANY' }, users: { values: ['ann'] } }]
    const none = [{ principals: { type: 'ANY' }, users: { type: 'NONE' } }]
    const acls = {
      view_containers: [...view_containers, ...none],
      view_frameworks: none,
      view_executors: none,
      view_tasks: none,
    }
    const authorizer = new LocalAuthorizer(readAcls(JSON.stringify(acls)))
    const started = await startAgent({ workDir: temporaryFolder(), http: { authorizer } })
    const { master } = started
    for (const user of ['ann', 'bob']) {
      const { command } = program()
      const executor = program(user, { command: { value: '', ...command, carried: { user } } })
      master.launch(taskOf(`of-${user}`, executor))
    }
    await master.reaches('of-ann', 'TASK_RUNNING')
    await master.reaches('of-bob', 'TASK_RUNNING')
    const { containers } = await asked(started, 'GET_CONTAINERS')
    expect(containers).toMatchObject([
      { executor_id: { value: 'ann' }, resource_statistics: { cpus_limit: 0.1 } },
    ])
    expect(containers).toHaveLength(1)
    for (const path of ['/containers', '/monitor/statistics']) {
      const list: { executor_id: string }[] = await shown(started, path)
      expect([path, list.map(({ executor_id }) => executor_id)]).toEqual([path, ['ann']])
    }
    expect((await asked(started, 'GET_FRAMEWORKS')).frameworks).toEqual([])
  })

  test('get_endpoints guards metrics and statistics, however the path is written (403)', async () => {
    const guarded = ['/metrics', '/metrics/snapshot', '/monitor/statistics', '/containers']
    const get_endpoints = [{ principals: { type: 'NONE' }, paths: { values: guarded } }]
    const authorizer = new LocalAuthorizer(readAcls(JSON.stringify({ get_endpoints })))
    const started = await startAgent({ workDir: temporaryFolder(), http: { authorizer } })
    const base = `http://127.0.0.1:${started.endpoint.port}`
    const others = ['/slave(1)/containers', '/slave(1)/monitor/statistics', '/containers/']
    for (const path of [...guarded, ...others]) {
      expect([path, (await fetch(`${base}${path}`)).status]).toEqual([path, 403])
    }
    expect((await fetch(`${base}/state`)).status).toBe(200)
  })
})
