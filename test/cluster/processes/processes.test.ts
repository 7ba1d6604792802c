import { describe, expect, it } from 'vitest'
import { startMaster } from '../../../src/cluster/processes/master.ts'
import { connectTo } from '../../../src/cluster/processes/remote.ts'
import { createCluster } from '../../../src/index.ts'
import { startHub, until } from '../../transports/websocket/support.ts'
import { agent, connect, master, token } from './support.ts'

describe('Several processes: a master, agents and tenants', () => {
  it('jobs run on the agents, and the snapshot shows them (1 master, 2 agents, 2 tenants)', async () => {
    const head = await master()
    await agent(head.place)
    await agent(head.place, { agent: { name: 'b', cpus: 2, mem: 512 } })
    const one = await connect(head.place)
    const two = await connect(head.place)
    const jobs = [one.jobs('eng'), two.jobs('ads', { weight: 2 })].flatMap((tenant) =>
      Array.from({ length: 4 }, () => tenant.submit({ command: 'exit 0', cpus: 1, mem: 64 })),
    )
    const ends = await Promise.all(jobs.map((job) => job.done))
    expect(ends.map(({ state }) => state)).toEqual(Array(8).fill('TASK_FINISHED'))
    expect(head.snapshot().agents.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a connected',
      'b connected',
    ])
    expect(head.explain().roles.find(({ role }) => role === 'ads')?.weight).toBe(2)
    await Promise.all([one.close(), two.close()])
    await until('the frameworks are gone', () => head.snapshot().frameworks.length === 0)
    expect([head.marks(), one.marks(), two.marks()]).toEqual([{}, {}, {}])
  })

  it('an own scheduler gets offers and launches, as in an embedded cluster', async () => {
    const head = await master()
    await agent(head.place)
    const far = await connect(head.place)
    const near = await createCluster({ agents: [{ name: 'a', cpus: 2, mem: 512 }] })
    for (const cluster of [far, near]) {
      const states: string[] = []
      const framework = cluster.framework(
        { name: 'own' },
        {
          offers: ([offer, ...others], reply) => {
            if (offer === undefined) return
            reply.launch(offer, { id: 'T', command: 'exit 3', cpus: 1 })
            if (others.length > 0) reply.decline(others)
            reply.suppress()
          },
          update: ({ state }) => void states.push(state),
        },
      )
      await until('the task has ended', () => states.includes('TASK_FAILED'))
      expect(states).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED'])
      await framework.stop()
    }
    await near.close()
  })

  it('what waits for room costs no storm of messages', async () => {
    const head = await master()
    await agent(head.place)
    const cluster = await connect(head.place)
    const tenant = cluster.jobs('eng')
    let messages = 0
    head.messages(() => messages++)
    const running = tenant.submit({ command: 'sleep 100', cpus: 2 })
    for (let count = 0; count < 20; count++) tenant.submit({ command: 'true', cpus: 2 })
    await until('one runs', () => running.state === 'TASK_RUNNING')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(messages).toBeLessThan(60)
  })
})

describe('Several processes: what cannot be is said at once', () => {
  it('functions, modules and leases need their agent in this process', async () => {
    const head = await master()
    const tenant = (await connect(head.place)).jobs('eng')
    const calls = [
      () => tenant.call(() => 1),
      () => tenant.run('./module.js'),
      () => tenant.acquire({ cpus: 1 }),
    ]
    for (const call of calls) expect(call).toThrow(/over a connection submit a command/)
  })

  it('a demand that no agent can meet waits, because a larger one may come', async () => {
    const head = await master()
    await agent(head.place)
    const tenant = (await connect(head.place)).jobs('eng')
    const job = tenant.submit({ command: 'exit 0', cpus: 8 })
    await until('the framework is known', () => head.snapshot().frameworks.length === 1)
    expect(job.state).not.toBe('TASK_ERROR')
    await agent(head.place, { agent: { name: 'large', cpus: 8, mem: 512 } })
    expect((await job.done).state).toBe('TASK_FINISHED')
  })

  it('a wrong token', async () => {
    const head = await master()
    const wrong = { token: 'another-token' }
    const sentence =
      /does not want it: the master answers 401: the token is not that of this master/
    await expect(connect(head.place, wrong)).rejects.toThrow(sentence)
    await expect(agent(head.place, wrong)).rejects.toThrow(sentence)
    expect(head.marks()).toEqual({ 'link.denied': 2 })
  })

  it('an agent of a name that is taken', async () => {
    const head = await master()
    await agent(head.place)
    await expect(agent(head.place)).rejects.toThrow(
      /refuses agent\/a: agent\/a is taken by another/,
    )
    expect(head.snapshot().agents.map(({ state }) => state)).toEqual(['connected'])
  })

  it('a tenant of a name that another process has', async () => {
    const head = await master()
    const [one, two] = [await connect(head.place), await connect(head.place)]
    one.jobs('eng')
    await until('it is known', () => head.snapshot().frameworks.length === 1)
    const job = two.jobs('eng').submit({ command: 'true' })
    expect((await job.done).message).toMatch(
      /refuses scheduler\/eng: .* is taken by another process/,
    )
    expect(() => one.jobs('eng')).toThrow(/there is a framework named eng already/)
  })

  it('a master that is not there', async () => {
    const connecting = connect('127.0.0.1:1', { timeoutMs: 1_000 })
    await expect(connecting).rejects.toThrow(
      'the master at 127.0.0.1:1 was not reached in 1000 ms: nobody listens there',
    )
  })

  it('an agent that the master sends away', async () => {
    const { hub, place } = await startHub({ token })
    hub.subscribe('master', (envelopes) => {
      for (const { from: to, message } of envelopes) {
        if (message.type !== 'lifecycle.registerAgent') continue
        hub.send({
          from: 'master',
          to,
          message: { type: 'lifecycle.shutdown', message: 'no room' },
        })
      }
    })
    await expect(agent(place)).rejects.toThrow('the master sent agent a away: no room')
  })

  const wrong: [string, () => Promise<unknown>, RegExp][] = [
    ['a place without sense', () => connect('ftp://here'), /expected host:port/],
    ['a place that is a number', () => connect('5050'), /expected host:port/],
    ['a port without sense', () => master({ port: 70_000 }), /the port of the master is 70000/],
    ['an option nobody reads', () => master(Object.assign({ prot: 1 })), /no option prot/],
    ['an illegal token', () => master({ token: 'a b' }), /the token is not legal/],
    [
      'a token twice',
      () => connect('x', { token, tokenFile: 'y' }),
      /give token or tokenFile, not both/,
    ],
    [
      'a token file that is not there',
      () => connectTo('x', { tokenFile: '/nowhere/token' }),
      /the token file .* cannot be read: there is no such file/,
    ],
    [
      'everybody on every interface',
      () => startMaster({ port: 0, ip: '0.0.0.0', withoutToken: true }),
      /would run anybody's commands/,
    ],
    ['a token and none', () => master({ withoutToken: true }), /withoutToken: there is a token/],
  ]
  for (const [what, start, sentence] of wrong) {
    it(what, async () => {
      await expect(start()).rejects.toThrow(sentence)
    })
  }

  it('a port that is taken', async () => {
    const { place } = await master()
    const port = Number(place.split(':')[1])
    await expect(master({ port })).rejects.toThrow(/cannot listen on .*: somebody listens there/)
  })
})
