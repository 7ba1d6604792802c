import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { startAgent } from '../../../src/cluster/processes/agent.ts'
import { startMaster } from '../../../src/cluster/processes/master.ts'
import {
  leaveForNeighbours,
  tokenFromNeighbour,
} from '../../../src/cluster/processes/neighbours.ts'
import { connectTo } from '../../../src/cluster/processes/remote.ts'
import { until } from '../../transports/websocket/support.ts'
import { connect, token } from './support.ts'

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'neighbours-'))

/** The only place where these tests look. */
let runtime = ''

beforeEach(() => {
  runtime = temporaryFolder()
  vi.stubEnv('XDG_RUNTIME_DIR', runtime)
  vi.stubEnv('TMPDIR', temporaryFolder())
  return () => vi.unstubAllEnvs()
})

const folder = () => join(runtime, 'mesostate')
const file = (port: number) => join(folder(), `master-${port}`)

describe('Token of a master that was given none: found by processes of the same user', () => {
  it('an agent and a tenant without one join, and the next master of the port is found, too', async () => {
    const workDir = temporaryFolder()
    const first = await startMaster({ port: 0, workDir, registry: 'memory' })
    const port = Number(first.place.split(':')[1])
    expect(statSync(folder()).mode & 0o777).toBe(0o700)
    expect(statSync(file(port)).mode & 0o777).toBe(0o600)
    const one = await startAgent({
      master: `localhost:${port}`,
      agent: { name: 'a', cpus: 1 },
      timeouts: { registrationBackoffMs: 20 },
    })
    await (await connectTo(first.place, {})).close()
    expect(first.snapshot().agents.map(({ state }) => state)).toEqual(['connected'])
    await first.close()
    expect(readdirSync(folder())).toEqual([])

    const second = await startMaster({ port, workDir: temporaryFolder() })
    expect(second.token).not.toBe(first.token)
    await until('the agent is back', () => second.snapshot().agents[0]?.state === 'connected')
    expect(second.marks()).toEqual({})
    await one.stop({ graceMs: 0 })
    await second.close()
  })

  it('what was given is not left, and a token of their own counts', async () => {
    const given = await startMaster({ port: 0, token })
    expect(readdirSync(runtime)).toEqual([])
    await given.close()
    const made = await startMaster({ port: 0, workDir: temporaryFolder() })
    await expect(connect(made.place)).rejects.toThrow(/the token is not that of this master/)
    await made.close()
  })

  it('it goes away with its master, but not the one of the next', () => {
    const takeBack = leaveForNeighbours(1, 'the-first-token')
    expect(tokenFromNeighbour(1)).toBe('the-first-token')
    const takeBackNext = leaveForNeighbours(1, 'the-next-token')
    takeBack()
    expect(tokenFromNeighbour(1)).toBe('the-next-token')
    takeBackNext()
    expect(tokenFromNeighbour(1)).toBeUndefined()
  })
})

describe('Token of a master that was given none: what is not believed', () => {
  it('a folder or a file that others can read, and a link', () => {
    leaveForNeighbours(1, 'a-token-of-mine')
    chmodSync(folder(), 0o755)
    expect(tokenFromNeighbour(1)).toBeUndefined()
    chmodSync(folder(), 0o700)
    chmodSync(file(1), 0o640)
    expect(tokenFromNeighbour(1)).toBeUndefined()
    chmodSync(file(1), 0o600)
    expect(tokenFromNeighbour(1)).toBe('a-token-of-mine')
  })

  it('where it would lie open, it is left elsewhere', () => {
    mkdirSync(folder(), { mode: 0o755 })
    const takeBack = leaveForNeighbours(1, 'a-token-of-mine')
    expect(readdirSync(folder())).toEqual([])
    expect(tokenFromNeighbour(1)).toBe('a-token-of-mine')
    takeBack()
  })

  it('the token of a process that is gone', () => {
    leaveForNeighbours(1, 'a-token-of-mine')
    const left = JSON.parse(readFileSync(file(1), 'utf8'))
    writeFileSync(file(1), JSON.stringify({ ...left, startTime: left.startTime + 1 }))
    expect(tokenFromNeighbour(1)).toBeUndefined()
  })

  it('what is no token', () => {
    mkdirSync(folder(), { mode: 0o700 })
    for (const text of ['', 'null', '{}', '{"token":1,"pid":1,"startTime":1}', '[']) {
      writeFileSync(file(1), text, { mode: 0o600 })
      expect(tokenFromNeighbour(1)).toBeUndefined()
    }
  })
})
