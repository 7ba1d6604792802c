import { describe, expect, it } from 'vitest'
import type { InverseOffer, Offer, TaskStatus } from '../../src/messages/index.ts'
import { ClosedError } from '../../src/model/errors.ts'
import { asked, four } from '../support/operator.ts'
import { begin, beginAll, running } from '../support/work.ts'
import { createWorld, type World } from '../support/world.ts'

const two = four.slice(0, 2)

function dutiesOf(world: World): string[] {
  return world.cluster
    .snapshot()
    .agents.map(({ name, duty }) => `${name} ${duty}`)
    .sort()
}

function whyOf(world: World): string | undefined {
  return world.cluster.explain().waiting[0]?.why
}

describe('Drain of a running cluster', () => {
  it('moves jobs to other agents, whatever their retries; the agent is drained', async () => {
    const world = await createWorld({ agents: two })
    const [work] = beginAll(world.cluster.jobs('ads'), 1)
    await world.settle()
    const { task } = work ?? begin(world.cluster.jobs('x'))
    const first = task.status?.agentId ?? ''
    expect(await asked(world, world.cluster.drainAgent(first, { maxGraceMs: 0 }))).toBe('done')
    await world.settle()
    expect(task.state).toBe('TASK_RUNNING')
    expect(task.status?.agentId).not.toBe(first)
    const drained = world.cluster.snapshot().agents.filter(({ duty }) => duty === 'drained')
    expect(drained.map(({ id }) => id)).toEqual([first])
  })

  it('ends jobs that nobody can take until somebody can; the sentence says why', async () => {
    const world = await createWorld({ agents: [{ name: 'a1', cpus: 1 }] })
    const { task } = begin(world.cluster.jobs('ads'))
    await world.settle()
    await asked(world, world.cluster.drainAgent('a1'))
    await world.settle()
    expect([task.state, dutiesOf(world)]).toEqual(['TASK_KILLED', ['a1 drained']])
    expect(whyOf(world)).toBe('it has to wait for an operator: agent a1 is drained')
    expect(await asked(world, world.cluster.reactivateAgent('a1'))).toBe('done')
    await world.settle()
    expect(task.state).toBe('TASK_RUNNING')
  })

  it('with markGone ends the agent for good', async () => {
    const world = await createWorld({ agents: two })
    const work = beginAll(world.cluster.jobs('ads'), 2)
    await world.settle()
    expect(running(work)).toHaveLength(2)
    await asked(world, world.cluster.drainAgent('a1', { markGone: true }))
    await world.settle()
    expect(dutiesOf(world)).toEqual(['a2 active'])
    expect(running(work)).toHaveLength(1)
  })

  it('of a deactivated agent ends its tasks; deactivation alone does not', async () => {
    const world = await createWorld({ agents: two })
    const work = beginAll(world.cluster.jobs('ads'), 2)
    await world.settle()
    await asked(world, world.cluster.deactivateAgent('a1'))
    await world.advance(5_000)
    expect([running(work).length, dutiesOf(world)]).toEqual([2, ['a1 deactivated', 'a2 active']])
    await asked(world, world.cluster.drainAgent('a1'))
    await world.settle()
    expect([running(work).length, dutiesOf(world)]).toEqual([1, ['a1 drained', 'a2 active']])
  })

  it('counts as a retry nowhere, being given up does', async () => {
    const world = await createWorld({ agents: two })
    const [one] = beginAll(world.cluster.jobs('ads'), 1, { cpus: 1, retries: 1 })
    await world.settle()
    for (let turn = 0; turn < 2; turn++) {
      const agentId = one?.task.status?.agentId ?? ''
      await asked(world, world.cluster.drainAgent(agentId))
      await world.settle()
      await asked(world, world.cluster.reactivateAgent(agentId))
    }
    expect(one?.task.state).toBe('TASK_RUNNING')
    for (let turn = 0; turn < 2; turn++) {
      await asked(world, world.cluster.markAgentGone(one?.task.status?.agentId ?? ''))
      await world.settle()
    }
    expect(one?.task.state).toBe('TASK_GONE_BY_OPERATOR')
  })
})

describe('Maintenance of a running cluster', () => {
  it('jobs accept inverse offers, and begin nothing in the window, but before and after', async () => {
    const world = await createWorld({ agents: [{ name: 'a1', cpus: 2 }] })
    const tenant = world.cluster.jobs('ads')
    const startMs = world.clock.now() + 10_000
    const window = { machines: ['a1'], startMs, durationMs: 20_000 }
    await asked(world, world.cluster.updateMaintenanceSchedule([window]))
    expect(world.cluster.maintenanceSchedule()).toEqual([window])
    const before = begin(tenant)
    await world.settle()
    expect(before.task.state).toBe('TASK_RUNNING')
    await world.advance(startMs - world.clock.now())
    const [{ machine, answers } = { machine: '', answers: [] }] =
      world.cluster.maintenanceStatus().draining
    expect([machine, answers.map(({ framework, status }) => `${framework} ${status}`)]).toEqual([
      'a1',
      ['ads ACCEPT'],
    ])
    const meanwhile = begin(tenant)
    await world.advance(15_000)
    expect(meanwhile.task.state).toBeUndefined()
    expect(whyOf(world)).toBe(
      'the agents that have room for it (a1) are being worked on, by the maintenance schedule',
    )
    await world.advance(15_000)
    expect(meanwhile.task.state).toBe('TASK_RUNNING')
  })

  it('a machine goes down with its agent, and up with a new one; jobs wait meanwhile', async () => {
    const world = await createWorld({ agents: [{ name: 'a1', cpus: 1 }] })
    const tenant = world.cluster.jobs('ads')
    const first = begin(tenant, { cpus: 1, retries: 1 })
    await world.settle()
    const [{ id } = { id: '' }] = world.cluster.snapshot().agents
    await asked(
      world,
      world.cluster.updateMaintenanceSchedule([{ machines: ['a1'], startMs: 1e9 }]),
    )
    expect(await asked(world, world.cluster.startMaintenance(['a1']))).toBe('done')
    await world.advance(20_000)
    expect(first.task.state).toBe('TASK_LOST')
    expect(world.cluster.snapshot().agents).toEqual([])
    expect(world.cluster.maintenanceStatus()).toEqual({ draining: [], down: ['a1'] })
    expect(whyOf(world)).toBe('no agent is connected; a1 is down for maintenance')
    expect(await asked(world, world.cluster.stopMaintenance(['a1']))).toBe('done')
    await world.advance(1_000)
    expect(world.cluster.snapshot().agents).toMatchObject([{ name: 'a1', state: 'connected' }])
    expect(world.cluster.snapshot().agents[0]?.id).not.toBe(id)
    expect(world.cluster.maintenanceSchedule()).toEqual([])
    expect(first.task.state).toBe('TASK_RUNNING')
  })

  it('an own framework is asked and told, and its offers say when', async () => {
    const world = await createWorld({ agents: [{ name: 'a1', cpus: 2 }] })
    const heard: { asked: InverseOffer[]; void: string[]; offers: Offer[]; states: TaskStatus[] } =
      {
        asked: [],
        void: [],
        offers: [],
        states: [],
      }
    world.cluster.framework(
      { name: 'own' },
      {
        offers: (offers) => void heard.offers.push(...offers),
        inverseOffers: (offers, reply) => {
          heard.asked.push(...offers)
          if (heard.asked.length === 1) reply.declineInverse(offers, { refuseSeconds: 60 })
          if (heard.asked.length === 2) reply.acceptInverse(offers)
        },
        inverseRescinded: (id) => void heard.void.push(id),
      },
    )
    await world.settle()
    const answers = () =>
      world.cluster
        .maintenanceStatus()
        .draining.flatMap((each) => each.answers.map((a) => a.status))
    const plan = (startMs: number) =>
      asked(world, world.cluster.updateMaintenanceSchedule([{ machines: ['a1'], startMs }]))
    await plan(1e9)
    expect(heard.offers.at(-1)?.unavailability).toEqual({ startMs: 1e9 })
    await world.advance(2_000)
    expect([heard.asked.length, answers()]).toEqual([1, ['DECLINE']])
    await plan(2e9)
    await world.advance(2_000)
    expect([heard.asked.length, answers()]).toEqual([2, ['ACCEPT']])
    await world.advance(10_000)
    expect([heard.asked.length, answers()]).toEqual([3, ['ACCEPT']])
    await asked(world, world.cluster.updateMaintenanceSchedule([]))
    expect(heard.void).toEqual([heard.asked[2]?.inverseOfferId])
  })
})

describe('Operators of a cluster: what cannot be is refused', () => {
  const odd = (value: unknown) => JSON.parse(JSON.stringify(value))
  const cases: [string, (world: World) => Promise<void>, string | RegExp][] = [
    ['an agent nobody knows', ({ cluster }) => cluster.drainAgent('a9'), /^there is no agent a9/],
    ['no name', ({ cluster }) => cluster.markAgentGone(''), 'give the id or the name of an agent'],
    [
      'an object for a name',
      ({ cluster }) => cluster.deactivateAgent(odd({ name: 'a1' })),
      'give the id or the name of an agent',
    ],
    [
      'an option nobody reads',
      ({ cluster }) => cluster.drainAgent('a1', odd({ markgone: true })),
      /^the drain of a1: there is no option markgone; did you mean markGone\?/,
    ],
    [
      'a grace period that is none',
      ({ cluster }) => cluster.drainAgent('a1', { maxGraceMs: -5 }),
      'the grace period is -5 ms; give zero or more',
    ],
    [
      'a word for whether',
      ({ cluster }) => cluster.drainAgent('a1', odd({ markGone: 'yes' })),
      'the drain of a1: markGone is true or false',
    ],
    [
      'a machine that is a number',
      ({ cluster }) => cluster.startMaintenance(odd([7])),
      'there is a machine without a name',
    ],
    [
      'the reactivation of an active agent',
      ({ cluster }) => cluster.reactivateAgent('a1'),
      'agent a1 is not deactivated',
    ],
    [
      'a schedule that is no list',
      ({ cluster }) => cluster.updateMaintenanceSchedule(odd({})),
      'windows: give a list',
    ],
    [
      'machines that are no list',
      ({ cluster }) => cluster.updateMaintenanceSchedule(odd([{ machines: 'a1', startMs: 1 }])),
      'maintenance window 1: machines: give a list',
    ],
    [
      'a window with a part nobody reads',
      ({ cluster }) => cluster.updateMaintenanceSchedule(odd([{ machines: ['a1'], start: 1 }])),
      /^maintenance window 1: there is no option start; did you mean startMs\?/,
    ],
    [
      'a window without a beginning',
      ({ cluster }) => cluster.updateMaintenanceSchedule(odd([{ machines: ['a1'] }])),
      'maintenance window 1 starts at undefined; give milliseconds since the epoch',
    ],
    [
      'machines that are not planned',
      ({ cluster }) => cluster.startMaintenance(['a1']),
      'the machine a1 is not in the maintenance schedule',
    ],
    [
      'machines up that are up',
      ({ cluster }) => cluster.stopMaintenance(['a1']),
      'the machine a1 is not in the maintenance schedule',
    ],
    [
      'a text for machines',
      ({ cluster }) => cluster.stopMaintenance(odd('a1')),
      'machines: give a list',
    ],
  ]
  it.each(cases)('%s', async (_what, call, sentence) => {
    const world = await createWorld({ agents: two })
    expect(await asked(world, call(world))).toMatch(sentence)
    expect(dutiesOf(world)).toEqual(['a1 active', 'a2 active'])
    expect(world.cluster.maintenanceSchedule()).toEqual([])
  })

  it('everything, once the cluster is closed', async () => {
    const world = await createWorld({ agents: two })
    await world.close()
    await expect(world.cluster.drainAgent('a1')).rejects.toThrow(ClosedError)
    await expect(world.cluster.stopMaintenance(['a1'])).rejects.toThrow(ClosedError)
  })
})
