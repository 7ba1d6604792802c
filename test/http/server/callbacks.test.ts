import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../executors/harness.ts'
import { startAgent } from '../executor/support.ts'
import { Desk } from '../operator/support.ts'

const script = { 'content-type': 'text/javascript' }

describe('Plain endpoints with ?jsonp=NAME (1 agent, 1 framework)', () => {
  it.each([
    ...['/state', '/state-summary', '/slaves', '/frameworks', '/tasks', '/roles', '/flags'],
    ...['/quota', '/weights', '/maintenance/schedule', '/maintenance/status', '/files/debug'],
  ])('%s is a script that calls the function with its JSON', async (path) => {
    const desk = new Desk()
    desk.stage.agent('one', { cpus: 4 })
    desk.stage.scheduler('eng')
    const { body: plain } = await desk.get(path)
    const { status, headers, body } = await desk.get(`${path}?jsonp=app.on_$[0]`)
    expect([status, headers]).toEqual([200, script])
    const [, json = ''] = /^app\.on_\$\[0\]\((.*)\);$/.exec(String(body)) ?? []
    expect(JSON.parse(json)).toEqual(plain)
  })

  it('what is no name of a function is 400', async () => {
    const desk = new Desk()
    for (const name of ['', 'alert(1)', 'a;b', '<b>', 'a b', "a'", 'ä', 'a\n']) {
      const { status } = await desk.get(`/state?jsonp=${encodeURIComponent(name)}`)
      expect([name, status]).toEqual([name, 400])
    }
  })

  it('refusals and what is no JSON stay as they are, and so do changes', async () => {
    const desk = new Desk()
    expect((await desk.get('/files/browse?path=/&jsonp=cb')).body).toMatch(/^A master/)
    expect((await desk.get('/metrics?jsonp=cb')).body).toMatch(/^# HELP/)
    expect(await desk.ask('PUT', '/weights?jsonp=a;b', '[]')).toMatchObject({ status: 200 })
  })

  it('the version, and what agents show', async () => {
    const { endpoint } = await startAgent({ workDir: temporaryFolder() })
    for (const path of ['/version', '/state', '/flags', '/containers', '/metrics/snapshot']) {
      const answer = await fetch(`http://127.0.0.1:${endpoint.port}${path}?jsonp=cb`)
      const { status, headers } = answer
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/javascript'])
      expect(await answer.text()).toMatch(/^cb\([[{].*[\]}]\);$/)
    }
  })
})
