import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Held } from '../../support/held.ts'
import { liveCluster } from '../../support/live.ts'
import { createWorld } from '../../support/world.ts'

const agents = [{ cpus: 4, mem: 4_096, ports: [[31_000, 31_005]] as const }]

describe('Ports by number: a job', () => {
  it('that is a command finds them in its environment, and its result tells them', async () => {
    const cluster = await liveCluster({ agents })
    const task = cluster.jobs('web').submit({
      command: 'echo $PORT0 $PORT1 $PORTS $PORT',
      ports: 2,
      env: { PORT0: '1', PORTS: 'lies' },
    })
    expect(task.ports).toEqual([])
    const { sandbox = '' } = await task.done
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe('31000 31001 31000,31001 31000\n')
    expect(task.ports).toEqual([31_000, 31_001])
    expect(task.resources).toEqual({ ports: [[31_000, 31_001]] })
  })

  it('that is a module is told them', async () => {
    const cluster = await liveCluster({ agents })
    const module = new URL('../../support/fixtures/told-task.js', import.meta.url)
    const run = cluster.jobs('web').run(module, { ports: 2, mem: 64 })
    expect(await run).toEqual({
      taskId: run.task.id,
      agentId: expect.any(String),
      resources: { mem: 64, ports: [[31_000, 31_001]] },
      ports: [31_000, 31_001],
    })
  })

  it('that is a function is told them', async () => {
    const world = await createWorld({ agents })
    const web = world.cluster.jobs('web')
    const told = web.call((_signal, { ports, resources }) => ({ ports, resources }), { ports: 1 })
    expect(await world.until(told)).toEqual({
      ports: [31_000],
      resources: { ports: [[31_000, 31_000]] },
    })
  })

  it('that is a lease holds them, and nobody else has them meanwhile', async () => {
    const world = await createWorld({ agents })
    const web = world.cluster.jobs('web')
    const leases = await world.until(
      Promise.all([web.acquire({ ports: 2 }), web.acquire({ ports: 4, cpus: 1 })]),
    )
    expect(leases.map(({ ports }) => ports)).toEqual([
      [31_000, 31_001],
      [31_002, 31_003, 31_004, 31_005],
    ])
    const next = web.acquire({ ports: 1 })
    await world.settle()
    expect(web.counts).toEqual({ waiting: 1, launched: 2 })
    leases[0]?.release()
    expect((await world.until(next)).ports).toEqual([31_000])
  })

  it('and one that names the very ports share what there is', async () => {
    const world = await createWorld({ agents })
    const web = world.cluster.jobs('web')
    const [named, counted] = [new Held(), new Held()]
    const calls = [
      web.call(named.work, { ports: [[31_000, 31_003]] }),
      web.call(counted.work, { ports: 2 }),
    ]
    await world.settle()
    expect(calls.map(({ task }) => task.ports)).toEqual([
      [31_000, 31_001, 31_002, 31_003],
      [31_004, 31_005],
    ])
    named.finish('done')
    counted.finish('done')
    await world.until(Promise.all(calls))
  })

  it('that is tried again gets ports anew, and has none between', async () => {
    const world = await createWorld({ agents: [{ cpus: 1, ports: [[31_000, 31_001]] }] })
    const web = world.cluster.jobs('web')
    const held = new Held()
    const call = web.call(held.work, { ports: 1, cpus: 1, retries: 1 })
    await world.settle()
    const other = web.acquire({ ports: 2, cpus: 1 })
    held.fail(new Error('the first try fails'))
    const lease = await world.until(other)
    expect(call.task.ports).toEqual([])
    lease.release()
    await world.settle()
    expect(call.task.ports).toEqual([31_000])
    held.finish('second')
    expect(await world.until(call)).toBe('second')
  })

  it('of zero ports is one that says nothing of ports', async () => {
    const world = await createWorld({ agents })
    const call = world.cluster.jobs('web').call((_signal, task) => task.resources, { ports: 0 })
    expect(await world.until(call)).toEqual({ cpus: 1 })
  })

  it('that no agent could ever hold says how many there are', async () => {
    const world = await createWorld({ agents })
    const task = world.cluster.jobs('web').submit({ command: 'true', ports: 7 })
    expect((await task.done).message).toMatch(
      /can never run: it needs 7 ports, the largest agent has 6/,
    )
  })
})
