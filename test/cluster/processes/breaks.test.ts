import { describe, expect, it } from 'vitest'
import { startRoad, until } from '../../transports/websocket/support.ts'
import { agent, connect, master } from './support.ts'

describe('Several processes: when a link breaks', () => {
  it('a tenant comes back under its id, and its task has run on (1 agent, 1 tenant)', async () => {
    const head = await master()
    await agent(head.place)
    const road = await startRoad(head.place)
    const cluster = await connect(road.place)
    const tenant = cluster.jobs('eng')
    const job = tenant.submit({ command: 'sleep 100' })
    await until('it runs', () => job.state === 'TASK_RUNNING')
    const [{ id = '' } = {}] = head.snapshot().frameworks
    road.cut()
    await until('the master knows', () => head.marks()['link.lost'] === 1)
    await until('it is back', () => head.snapshot().frameworks[0]?.state === 'connected')
    expect(head.snapshot().frameworks.map((framework) => framework.id)).toEqual([id])
    const late = tenant.submit({ command: 'true' })
    expect((await late.done).state).toBe('TASK_FINISHED')
    job.kill()
    expect(await job.done).toMatchObject({ state: 'TASK_KILLED', attempts: 1 })
  })

  it('an own scheduler hears at once that its offers are void (1 agent, 1 framework)', async () => {
    const head = await master()
    await agent(head.place)
    const road = await startRoad(head.place)
    const told: string[] = []
    const cluster = await connect(road.place)
    const framework = cluster.framework(
      { name: 'own' },
      {
        registered: () => void told.push('registered'),
        offers: () => void told.push('offers'),
        rescinded: () => void told.push('rescinded'),
        disconnected: (message) => void told.push(message),
      },
    )
    await until('it has an offer', () => told.includes('offers'))
    road.cut()
    await until('it has another one', () => told.length >= 6)
    expect(told).toEqual([
      'registered',
      'offers',
      'rescinded',
      'the link to the master broke; registering again',
      'registered',
      'offers',
    ])
    await framework.stop()
  })

  it('a scheduler whose process died goes on in another one, under its id (1 agent)', async () => {
    const head = await master()
    await agent(head.place)
    const road = await startRoad(head.place)
    const states = (told: string[]) => (status: { state: string }) => void told.push(status.state)
    const [before, after]: [string[], string[]] = [[], []]
    const first = (await connect(road.place)).framework(
      { name: 'own' },
      {
        offers: (offers, reply) => reply.launch(offers, { id: 'T', command: 'sleep 100' }),
        update: states(before),
      },
    )
    const frameworkId = await first.registered
    await until('its task runs', () => before.includes('TASK_RUNNING'))
    road.close()
    const second = (await connect(head.place)).framework(
      { name: 'own', frameworkId },
      { offers: () => {}, update: states(after) },
    )
    expect(await second.registered).toBe(frameworkId)
    await until('it hears of the task', () => after.includes('TASK_RUNNING'))
    second.kill('T')
    await until('the task has ended', () => after.includes('TASK_KILLED'))
  })

  it('an agent comes back by itself, and what was lost is tried again', async () => {
    const head = await master()
    const road = await startRoad(head.place)
    await agent(road.place)
    const tenant = (await connect(head.place)).jobs('eng')
    const job = tenant.submit({
      command: 'if [ -e ../again ]; then exit 0; fi; touch ../again; sleep 100',
      retries: 3,
    })
    await until('it runs', () => job.state === 'TASK_RUNNING')
    road.cut()
    await until('the master knows', () => head.marks()['link.lost'] === 1)
    expect((await job.done).state).toBe('TASK_FINISHED')
    expect(head.snapshot().agents.map(({ state }) => state)).toEqual(['connected'])
  })

  it('a tenant that comes back too late: its tasks were ended, and it is told', async () => {
    const head = await master()
    await agent(head.place)
    const road = await startRoad(head.place)
    const cluster = await connect(road.place)
    const job = cluster.jobs('eng', { failoverTimeoutMs: 1 }).submit({ command: 'sleep 100' })
    await until('it runs', () => job.state === 'TASK_RUNNING')
    road.cut()
    await until('its framework is gone', () => head.snapshot().frameworks.length === 0)
    const used = () => Object.keys(head.snapshot().agents[0]?.used ?? {})
    await until('its room is free', () => used().length === 0)
    expect((await job.done).message).toMatch(/has been removed/)
  })

  it('a master that is started anew at the same place finds agents and tenants again', async () => {
    const first = await master()
    await agent(first.place)
    const cluster = await connect(first.place)
    const tenant = cluster.jobs('eng')
    await tenant.submit({ command: 'true' }).done
    await first.close()
    const second = await master({ port: Number(first.place.split(':')[1]) })
    expect((await tenant.submit({ command: 'exit 7' }).done).exitCode).toBe(7)
    const { agents, frameworks } = second.snapshot()
    expect(agents.map(({ name, state }) => `${name} ${state}`)).toEqual(['a connected'])
    expect(frameworks.map(({ name, state }) => `${name} ${state}`)).toEqual(['eng connected'])
  })
})
