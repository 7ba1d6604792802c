import { describe, expect, it } from 'vitest'
import { serve, Wire } from '../server/support.ts'
import { Desk } from './support.ts'

const api = { path: '/api/v1', type: 'application/json', accept: 'application/json' }

describe('Operator API over HTTP', () => {
  it('refuses what is no call, in the order of Mesos', async () => {
    const { url } = await serve({ routes: new Desk().door.routes })
    const status = async (init: RequestInit): Promise<number> =>
      (await fetch(url + api.path, { method: 'POST', ...init })).status
    const body = '{"type":"GET_HEALTH"}'
    const json = { 'content-type': api.type }
    const bytes = Buffer.from(body)
    expect(await status({ method: 'GET' })).toBe(405)
    expect(await status({ body: bytes })).toBe(400)
    expect(await status({ body, headers: { 'content-type': 'text/plain' } })).toBe(415)
    expect(await status({ body: '{', headers: json })).toBe(400)
    expect(await status({ body, headers: { ...json, accept: 'text/html' } })).toBe(406)
    expect(await status({ body, headers: { ...json, accept: 'text/html, */*' } })).toBe(200)
    expect(await status({ body, headers: json })).toBe(200)
    for (const [path, expected] of [
      ['/api/v1/', 200],
      ['/api/v1/operator', 200],
      ['/api/v1/more', 404],
      ['/api/v1/operator/more', 404],
      ['/api/v2', 404],
      ['/api', 404],
    ] as const) {
      const { status: heard } = await fetch(url + path, { method: 'POST', body, headers: json })
      expect([path, heard]).toEqual([path, expected])
    }
  })

  it('files, of which a master shows none, are asked for by POST as by GET', async () => {
    const { url } = await serve({ routes: new Desk().door.routes })
    for (const method of ['GET', 'POST']) {
      const shown = await fetch(`${url}/files/browse?path=/`, { method })
      const debug = await fetch(`${url}/files/debug`, { method })
      expect([method, shown.status, debug.status]).toEqual([method, 404, 200])
    }
  })

  it('a long answer arrives whole, and says that it is JSON (100 agents)', async () => {
    const desk = new Desk()
    desk.stage.agents(100, { cpus: 1 })
    const { url } = await serve({ routes: desk.door.routes })
    const answer = await fetch(`${url}/slaves`)
    expect(answer.headers.get('content-type')).toBe('application/json')
    const { slaves } = (await answer.json()) as { slaves: unknown[] }
    expect(slaves.length).toBe(100)
  })

  it('each event is a chunk of its own, and there is no stream id', async () => {
    const desk = new Desk()
    const { port } = await serve({ routes: desk.door.routes })
    const body = '{"type":"SUBSCRIBE"}'
    const head = [
      'POST /api/v1 HTTP/1.1',
      'host: head',
      `content-type: ${api.type}`,
      `content-length: ${body.length}`,
    ]
    const wire = new Wire(port).send(`${head.join('\r\n')}\r\n\r\n${body}`)
    await wire.until((text) => text.includes('HEARTBEAT'))
    expect(wire.text).toMatch(/^HTTP\/1.1 200/)
    expect(wire.text.toLowerCase()).not.toContain('mesos-stream-id')
    desk.stage.agent('one', { cpus: 4 })
    const text = await wire.until((all) => all.includes('AGENT_ADDED'))
    const [, chunk = '', rest = ''] =
      /\r\n([0-9a-f]+)\r\n(\d+\n\{"type":"AGENT_ADDED.*)$/s.exec(text) ?? []
    expect(Buffer.byteLength(rest.trimEnd())).toBe(Number.parseInt(chunk, 16))
    desk.door.close()
    await wire.until((all) => all.endsWith('0\r\n\r\n'))
  })
})
