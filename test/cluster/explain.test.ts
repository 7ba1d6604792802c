import { expect, it } from 'vitest'
import { asked, four, hoarder } from '../support/operator.ts'
import { begin, beginAll } from '../support/work.ts'
import { createWorld, type World } from '../support/world.ts'

/** Why jobs wait, by their frameworks. */
function reasons(world: World): Record<string, string> {
  const { waiting } = world.cluster.explain()
  return Object.fromEntries(waiting.map(({ framework, why }) => [framework, why]))
}

it('Explanation: who has what, and what waits, as plain data', async () => {
  const world = await createWorld({
    agents: [{ cpus: 4, mem: 100 }],
    weights: { eng: 2 },
    priorities: { ops: 1 },
    quotas: { eng: { limits: { cpus: 2 } } },
  })
  const ads = world.cluster.jobs('ads', { role: 'eng/ads' })
  beginAll(ads, 3, { cpus: 1, mem: 10, name: 'train' })
  begin(world.cluster.jobs('ops'), { mem: 50 })
  await world.settle()
  const explanation = world.cluster.explain()
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
  expect(explanation).toEqual({
    policy: 'drf',
    roles: expect.arrayContaining([
      {
        role: 'eng',
        weight: 2,
        priority: 0,
        dominantResource: 'cpus',
        dominantShare: 0.5,
        quota: { guarantees: {}, limits: { cpus: 2 } },
      },
      {
        role: 'eng/ads',
        weight: 1,
        priority: 0,
        dominantResource: 'cpus',
        dominantShare: 0.5,
      },
      { role: 'ops', weight: 1, priority: 1, dominantResource: 'mem', dominantShare: 0.5 },
    ]),
    frameworks: [
      {
        framework: 'ads',
        role: 'eng/ads',
        allocated: { cpus: 2, mem: 20 },
        wantsOffers: true,
        dominantResource: 'cpus',
        dominantShare: 0.5,
      },
      {
        framework: 'ops',
        role: 'ops',
        allocated: { mem: 50 },
        wantsOffers: false,
        dominantResource: 'mem',
        dominantShare: 0.5,
      },
    ],
    waiting: [
      {
        framework: 'ads',
        role: 'eng/ads',
        count: 1,
        jobs: ['train-3'],
        demand: { cpus: 1, mem: 10 },
        queuedAtMs: 1_000,
        why: 'the quota of eng is used up: 2 of 2 cpus taken',
      },
    ],
  })
})

it('Explanation: a tenant that was made a moment ago', async () => {
  const world = await createWorld()
  begin(world.cluster.jobs('ads'))
  expect(reasons(world)).toEqual({ ads: 'the master does not know its framework yet' })
})

it('Explanation: a job for a tenant that had nothing to do until a moment ago', async () => {
  const world = await createWorld()
  const ads = world.cluster.jobs('ads')
  await world.until(ads.call(() => 'done'))
  begin(ads)
  expect(reasons(world)).toEqual({
    ads: 'its framework has asked for no offers in the role ads',
  })
  await world.settle()
  expect(reasons(world)).toEqual({})
})

it('Explanation: who comes first where every agent is taken', async () => {
  const world = await createWorld({ agents: four })
  beginAll(world.cluster.jobs('ads'), 6)
  await world.settle()
  beginAll(world.cluster.jobs('web'), 2)
  await world.settle()
  const full = 'it needs 1 cpu on one agent, none is free'
  expect(reasons(world)).toEqual({
    ads: `${full}; second in line behind web at share 0.00`,
    web: full,
  })
})

it('Explanation: an agent whose offer somebody thinks about', async () => {
  const world = await createWorld()
  const slow = hoarder(world, 'slow')
  await world.settle()
  expect(slow.hosts()).toEqual(['agent-1'])
  begin(world.cluster.jobs('ads'))
  await world.settle()
  expect(reasons(world)).toEqual({ ads: 'agent-1 is offered to slow at the moment' })
})

it('Explanation: a job waits for the agent that it prefers, though another is free', async () => {
  const world = await createWorld({ agents: four.slice(0, 2) })
  const ads = world.cluster.jobs('ads')
  begin(ads, { cpus: 1, prefers: { agents: 'a1' } })
  await world.settle()
  begin(ads, { cpus: 1, prefers: { agents: 'a1' }, preferWaitMs: 3_000 })
  await world.settle()
  expect(reasons(world).ads).toMatch(
    /^it waits for an agent that it prefers, 3\.0 s more; its framework refused a2 a while ago: filtered for \d\.\d s more$/,
  )
  await world.advance(4_000)
  expect(reasons(world)).toEqual({})
})

it('Explanation: constraints, the whitelist and guarantees keep jobs away', async () => {
  const world = await createWorld({ agents: four })
  const rack = [[{ attributeName: 'rack', exists: true as const }]]
  begin(world.cluster.jobs('picky', { offerConstraints: { picky: rack } }))
  await world.settle()
  await asked(world, world.cluster.updateWhitelist(['a1']))
  begin(world.cluster.jobs('ads'))
  await world.settle()
  begin(world.cluster.jobs('web'))
  await asked(world, world.cluster.updateQuotas({ eng: { guarantees: { cpus: 4 } } }))
  expect(reasons(world)).toEqual({
    picky: expect.stringContaining("meets its framework's constraints: on a"),
    web: 'what is free is kept for guarantees of eng: 3 cpus of it',
  })
  await asked(world, world.cluster.updateWhitelist([]))
  expect(reasons(world).web).toMatch(
    /^the agents that have room for it \(a\d, a\d, a\d and 1 more\) are not on the whitelist$/,
  )
})

it('Explanation: what is free is too little for the least offer that a tenant wants', async () => {
  const world = await createWorld({ agents: [{ cpus: 2 }] })
  begin(world.cluster.jobs('greedy', { minAllocatable: [{ cpus: 4 }] }))
  await world.settle()
  expect(reasons(world)).toEqual({
    greedy: 'what is free is less than the least that is worth an offer',
  })
})
