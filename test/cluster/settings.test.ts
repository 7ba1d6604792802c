import { describe, expect, it } from 'vitest'
import { ClosedError, InvalidInputError } from '../../src/model/errors.ts'
import { liveCluster } from '../support/live.ts'
import { asked, four, hoarder, rolesOf } from '../support/operator.ts'
import { beginAll, running } from '../support/work.ts'
import { createWorld } from '../support/world.ts'

describe('Settings: what is worth an offer', () => {
  it('is less or more than by default, when the cluster is told so', async () => {
    const agents = [{ cpus: 0.5, mem: 16 }]
    for (const [minAllocatable, offers] of [
      [[{ cpus: 1 }], 0],
      [[{ cpus: 1 }, { mem: 16 }], 1],
    ] as const) {
      const world = await createWorld({ agents, minAllocatable })
      const ads = hoarder(world, 'ads')
      await world.settle()
      expect(ads.ids()).toHaveLength(offers)
    }
  })

  it('cannot be a list', async () => {
    const minAllocatable = [{ ports: 1, cpus: Number.NaN }]
    await expect(createWorld({ minAllocatable })).rejects.toThrow(InvalidInputError)
  })
})

describe('Settings: weights', () => {
  it('count from the next offer on', async () => {
    const world = await createWorld({ agents: [...four, ...four].map(({ cpus }) => ({ cpus })) })
    const [ads, web] = [world.cluster.jobs('ads'), world.cluster.jobs('web')]
    const work = [beginAll(ads, 20), beginAll(web, 20)]
    await world.settle()
    expect(work.map((each) => running(each).length)).toEqual([4, 4])
    expect(await asked(world, world.cluster.updateWeights({ ads: 3 }))).toBe('done')
    for (const each of work.flat()) if (each.held.started > 0) each.held.finish('done')
    await world.settle()
    expect(work.map((each) => running(each).length)).toEqual([6, 2])
    expect(rolesOf(world).ads).toMatchObject({ weight: 3 })
  })

  it('that change take back the offers of those roles, and of those below, alone', async () => {
    const world = await createWorld({ agents: four })
    const [ads, web, ops] = [
      hoarder(world, 'ads', 'eng/ads'),
      hoarder(world, 'web', 'eng/web'),
      hoarder(world, 'ops'),
    ]
    await world.settle()
    const before = [ads.ids(), web.ids(), ops.ids()]
    expect(before.every((ids) => ids.length > 0)).toBe(true)
    await asked(world, world.cluster.updateWeights({ ops: 1, 'eng/web': 2 }))
    expect([ads.ids(), ops.ids()]).toEqual([before[0], before[2]])
    expect(web.ids()).not.toEqual(before[1])
    await asked(world, world.cluster.updateWeights({ eng: 2 }))
    expect(ops.ids()).toEqual(before[2])
    expect(ads.ids()).not.toEqual(before[0])
  })

  it.each([
    ['of nothing', { ads: 2, web: 0 }, 'the weight of web is 0; give a number above zero'],
    ['below nothing', { ads: 2, web: -1 }, 'the weight of web is -1; give a number above zero'],
    [
      'of a role that cannot be',
      { ads: 2, 'a/../b': 2 },
      'the role "a/../b" has the part "..", which is not allowed',
    ],
    ['of a role with white space', { ads: 2, 'a b': 2 }, 'the role "a b" has white space in it'],
  ])('%s are refused, and nothing of the call counts', async (_what, weights, sentence) => {
    const world = await createWorld()
    hoarder(world, 'ads')
    await world.settle()
    expect(await asked(world, world.cluster.updateWeights(weights))).toBe(sentence)
    expect(rolesOf(world).ads).toMatchObject({ weight: 1 })
    expect(world.sent('allocation.rescind')).toEqual([])
  })

  it('that are no numbers are refused', async () => {
    const cluster = await liveCluster()
    await expect(cluster.updateWeights({ ads: Number.NaN })).rejects.toThrow(
      'the weight of ads is NaN; give a number above zero',
    )
    await expect(cluster.updateWeights(JSON.parse('{ "ads": "2" }'))).rejects.toThrow(
      InvalidInputError,
    )
  })
})

describe('Settings: priorities', () => {
  const strict = { agents: four, policy: 'priority', priorities: { high: 1 } } as const

  it('are strict: the lower role gets what the higher one has no use for', async () => {
    const world = await createWorld(strict)
    const low = beginAll(world.cluster.jobs('low'), 4)
    const high = beginAll(world.cluster.jobs('high'), 3)
    await world.settle()
    expect([running(high).length, running(low).length]).toEqual([3, 1])
  })

  it('let a lower role have what every higher one refused, as long as it refuses', async () => {
    const world = await createWorld(strict)
    const picky = world.cluster.framework(
      { name: 'high' },
      { offers: (offers, reply) => reply.decline(offers, { refuseSeconds: 10 }) },
    )
    await world.until(picky.registered)
    const low = hoarder(world, 'low')
    await world.settle()
    expect(low.hosts()).toHaveLength(4)
  })

  it('count from the next offer on', async () => {
    const world = await createWorld(strict)
    const low = beginAll(world.cluster.jobs('low'), 8)
    await world.settle()
    const high = beginAll(world.cluster.jobs('high'), 8)
    expect(await asked(world, world.cluster.updatePriorities({ high: 0, low: 1 }))).toBe('done')
    for (const { held } of low.slice(0, 4)) held.finish('done')
    await world.settle()
    expect([running(high).length, running(low).length]).toEqual([0, 4])
    expect(rolesOf(world)).toMatchObject({ high: { priority: 0 }, low: { priority: 1 } })
  })

  it('that are no finite numbers, or of roles that cannot be, are refused as a whole', async () => {
    const cluster = await liveCluster({ priorities: { a: 1 } })
    cluster.jobs('a')
    const wrong: [Record<string, number>, string][] = [
      [{ a: 5, b: Number.NaN }, 'the priority of b is NaN; give a finite number'],
      [{ a: 5, b: Number.POSITIVE_INFINITY }, 'the priority of b is Infinity; give a finite'],
      [{ a: 5, '-b': 1 }, 'the role "-b" has a part that begins with a dash'],
    ]
    for (const [priorities, sentence] of wrong) {
      await expect(cluster.updatePriorities(priorities)).rejects.toThrow(sentence)
    }
    expect(cluster.explain().roles).toMatchObject([{ role: 'a', priority: 1 }])
  })
})

describe('Settings: the whitelist', () => {
  it('names the agents that are offered; offers of others are taken back', async () => {
    const world = await createWorld({ agents: four })
    const role = hoarder(world, 'ops')
    await world.settle()
    expect(await asked(world, world.cluster.updateWhitelist(['a1', 'a3', 'stranger']))).toBe('done')
    expect(role.hosts()).toEqual(['a1', 'a3'])
    await asked(world, world.cluster.updateWhitelist())
    expect(role.hosts()).toEqual(['a1', 'a2', 'a3', 'a4'])
  })

  it('without names offers nothing; what runs goes on', async () => {
    const world = await createWorld({ agents: four })
    const work = beginAll(world.cluster.jobs('ops'), 6)
    await world.settle()
    await asked(world, world.cluster.updateWhitelist([]))
    expect(running(work)).toHaveLength(4)
    work[0]?.held.finish('done')
    await world.advance(5_000)
    expect(running(work)).toHaveLength(3)
  })

  it('that is a text is refused: it would be a list of letters', async () => {
    const world = await createWorld({ agents: four })
    const wrong = world.cluster.updateWhitelist(JSON.parse('"a1"'))
    expect(await asked(world, wrong)).toBe('whitelist: give a list of agent names')
    expect(rolesOf(world)).toEqual({})
  })
})

describe('Settings: a closed cluster', () => {
  it('answers that it is closed, whatever is asked', async () => {
    const world = await createWorld()
    await world.until(world.cluster.close())
    const { cluster } = world
    for (const answer of [
      cluster.updateWeights({ ads: 2 }),
      cluster.updatePriorities({ ads: 2 }),
      cluster.updateQuotas({ ads: { limits: { cpus: 1 } } }),
      cluster.updateWhitelist(),
    ]) {
      await expect(answer).rejects.toThrow(ClosedError)
    }
  })
})
