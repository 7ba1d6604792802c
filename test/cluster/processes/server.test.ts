import { createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ServerOptions, ServerProcess } from '../../../src/cluster/processes/server.ts'
import { startServer } from '../../../src/cluster/processes/server.ts'
import { until } from '../../transports/websocket/support.ts'
import { agent, connect, token } from './support.ts'

const agents = [
  { cpus: 2, mem: 512, attributes: { rack: 'r1' } },
  { cpus: 1, mem: 128 },
]

async function server(options: ServerOptions = {}): Promise<ServerProcess> {
  const started = await startServer({ port: 0, token, agents, ...options })
  onTestFinished(() => started.close({ graceMs: 0 }))
  return started
}

async function listening(port: number): Promise<{ readonly other: Server; readonly port: number }> {
  const other = createServer()
  await new Promise<void>((resolve, reject) => {
    other.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const address = other.address()
  return { other, port: typeof address === 'object' && address !== null ? address.port : port }
}

/** A port that is free like the next one; the one after that is not. */
async function portBeforeTaken(): Promise<number> {
  const { other, port } = await listening(0)
  const next = await listening(port + 1).catch(() => undefined)
  const taken = await listening(port + 2).catch(() => undefined)
  if (taken !== undefined) onTestFinished(() => void taken.other.close())
  for (const one of [other, next?.other]) {
    if (one !== undefined) await new Promise((resolve) => one.close(resolve))
  }
  return next === undefined || taken === undefined ? portBeforeTaken() : port
}

const states = ({ agents: all }: { agents: readonly { state: string }[] }) =>
  all.map(({ state }) => state)

describe('Server: a master with agents in its process', () => {
  it('runs work on them and on agents that join it, and each answers on its own port', async () => {
    const head = await server()
    await agent(head.place, { agent: { name: 'guest', cpus: 1, mem: 64 } })
    const tenant = (await connect(head.place)).jobs('eng')
    const jobs = Array.from({ length: 4 }, () => tenant.submit({ command: 'exit 3', cpus: 1 }))
    const ends = await Promise.all(jobs.map(({ done }) => done))
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([3, 3, 3, 3])
    expect(states(head.snapshot())).toEqual(['connected', 'connected', 'connected'])
    expect(head.agents.map(({ name }) => name)).toEqual(['localhost', 'localhost'])
    const ports = head.agents.map(({ endpoint }) => endpoint.port)
    expect(new Set(ports).size).toBe(2)
    for (const port of ports) {
      const { status } = await fetch(`http://127.0.0.1:${port}/health`)
      expect(status).toBe(200)
    }
    expect(head.marks()).toEqual({})
  })

  it('has its agents at the ports that follow its own, or at others if those are taken', async () => {
    const port = await portBeforeTaken()
    const head = await server({ port })
    const ports = head.agents.map(({ endpoint }) => endpoint.port)
    expect(ports[0]).toBe(port + 1)
    expect(ports[1]).not.toBe(port + 2)
    const { status } = await fetch(`http://127.0.0.1:${ports[1]}/health`)
    expect(status).toBe(200)
  })

  it('begins agents anew after the maintenance of their machine', async () => {
    const [one] = agents
    const head = await server({ agents: [{ ...one, name: 'here' }] })
    await head.updateMaintenanceSchedule([{ machines: ['here'], startMs: 0 }])
    await head.startMaintenance(['here'])
    await until('it has ended', () => head.agents[0]?.isEnding === true)
    await head.stopMaintenance(['here'])
    await until('it is back', () => states(head.snapshot()).includes('connected'))
  })

  it('shows operators with what it was started, and nothing secret', async () => {
    const credentials = '{"credentials": [{"principal": "ops", "secret": "open-sesame"}]}'
    const head = await server({
      weights: { eng: 2 },
      minAllocatable: [{ cpus: 1 }, { mem: 64 }],
      security: { credentials, authenticateFrameworks: true },
      timeouts: { allocationIntervalMs: 250, pingsMissedMax: 3 },
    })
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    const body = '{"type": "GET_FLAGS"}'
    const answer = await fetch(`http://${head.place}/api/v1`, { method: 'POST', headers, body })
    const text = await answer.text()
    for (const [name, value] of [
      ['allocation_interval', '250ms'],
      ['agent_ping_timeout', '15secs'],
      ['max_agent_ping_timeouts', '3'],
      ['weights', 'eng=2'],
      ['min_allocatable_resources', 'cpus:1|mem:64'],
      ['authenticate_http_frameworks', 'true'],
    ]) {
      expect(text).toContain(JSON.stringify({ name, value }))
    }
    expect(text).not.toMatch(/sesame|a-token/)
  })

  it('is called by the name that it was given, as are its agents without one', async () => {
    const [one] = agents
    const head = await server({
      hostname: 'box.lan',
      agents: [{ ...one, name: 'own' }, { ...one }],
    })
    const state = await fetch(`http://${head.place}/state`)
    expect(await state.json()).toMatchObject({
      hostname: 'box.lan',
      leader_info: { hostname: 'box.lan' },
      flags: { hostname: 'box.lan' },
    })
    expect(head.agents.map(({ name }) => name)).toEqual(['own', 'box.lan'])
    await expect(server({ hostname: '//x' })).rejects.toThrow(/hostname is "\/\/x"/)
  })

  it('says what cannot be, and leaves nothing behind', async () => {
    await expect(server({ agents: [] })).rejects.toThrow(/agents: give one/)
    await expect(server({ agents: [{ cpus: 0 }] })).rejects.toThrow(/has no resources/)
    const head = await server()
    const port = Number(head.place.split(':')[1])
    await expect(server({ port })).rejects.toThrow(/somebody listens there already/)
    await head.close()
    await (await server({ port })).close()
  })
})
