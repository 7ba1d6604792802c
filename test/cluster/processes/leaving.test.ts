import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../../transports/websocket/support.ts'
import { agent, master } from './support.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mesostate-leaving-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('Several processes: an agent that keeps what its next life is to know', () => {
  it('is no agent of the cluster any more when it has left (1 agent, idle)', async () => {
    const head = await master({ workDir: folder() })
    const machine = await agent(head.place, { workDir: folder() })
    await machine.stop()
    await until('the master knows', () => head.snapshot().agents[0]?.state !== 'connected')
    expect(head.snapshot().agents).toEqual([])
  })

  it('may offer something else in its next life when it has left (1 agent, twice)', async () => {
    const workDir = folder()
    const head = await master({ workDir: folder() })
    const first = await agent(head.place, { workDir })
    await first.stop()
    const second = await agent(head.place, { workDir, agent: { name: 'a', cpus: 1, mem: 64 } })
    expect(second.offered).toMatchObject({ cpus: 1, mem: 64 })
  })
})
