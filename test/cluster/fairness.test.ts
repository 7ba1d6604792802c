import { describe, expect, it } from 'vitest'
import type { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import { Held } from '../support/held.ts'
import { createWorld } from '../support/world.ts'

/** Hands over many one-cpu jobs that go on until they are told to end. */
function flood(tenant: Jobs, count: number): Held[] {
  return Array.from({ length: count }, () => {
    const held = new Held()
    tenant.call(held.work, { cpus: 1 }).catch(() => {})
    return held
  })
}

function running(work: readonly Held[]): number {
  return work.filter(({ started }) => started > 0).length
}

const smallAgents = Array.from({ length: 12 }, (_, index) => ({ name: `a${index}`, cpus: 1 }))

describe('Fairness: two tenants that both want everything', () => {
  it('of equal weight get the same', async () => {
    const world = await createWorld({ agents: smallAgents })
    const [ads, search] = [world.cluster.jobs('ads'), world.cluster.jobs('search')]
    const work = [flood(ads, 30), flood(search, 30)]
    await world.settle()
    expect(work.map(running)).toEqual([6, 6])
  })

  it('of weights 2 and 1 get two thirds and one third', async () => {
    const world = await createWorld({ agents: smallAgents })
    const ads = world.cluster.jobs('ads', { weight: 2 })
    const work = [flood(ads, 30), flood(world.cluster.jobs('search'), 30)]
    await world.settle()
    expect(work.map(running)).toEqual([8, 4])
  })

  it('keep their proportion while work ends and other work begins', async () => {
    const world = await createWorld({ agents: smallAgents, weights: { ads: 2 } })
    const [ads, search] = [world.cluster.jobs('ads'), world.cluster.jobs('search')]
    const work = [...flood(ads, 100), ...flood(search, 100)]
    await world.settle()
    for (let round = 0; round < 10; round++) {
      const ended = work.filter(({ started }) => started > 0)
      for (const [index, held] of ended.entries()) if (index % 3 === round % 3) held.finish('done')
      await world.settle()
      expect([ads.counts.launched, search.counts.launched]).toEqual([8, 4])
    }
  })

  it('on one machine share it over time, by what each of them got', async () => {
    const world = await createWorld({ agents: [{ cpus: 3 }] })
    const ads = flood(world.cluster.jobs('ads', { weight: 2 }), 300)
    const search = flood(world.cluster.jobs('search'), 300)
    await world.settle()
    let [adsTime, searchTime] = [0, 0]
    for (let round = 0; round < 60; round++) {
      // Each job runs for three rounds; one of them ends in each.
      const now = [...ads, ...search].filter((held) => held.started > 0 && !isOver.has(held))
      adsTime += now.filter((held) => ads.includes(held)).length
      searchTime += now.filter((held) => search.includes(held)).length
      const [oldest] = now
      if (oldest !== undefined) {
        isOver.add(oldest)
        oldest.finish('done')
      }
      await world.settle()
    }
    expect(adsTime / searchTime).toBeGreaterThan(1.4)
    expect(adsTime / searchTime).toBeLessThan(2.8)
  })

  it('lend what they do not use: one that is idle leaves everything to the other', async () => {
    const world = await createWorld({ agents: smallAgents })
    world.cluster.jobs('ads', { weight: 100 })
    const work = flood(world.cluster.jobs('search'), 30)
    await world.settle()
    expect(running(work)).toBe(12)
  })

  it('over several resources: each is measured by what it has most of', async () => {
    const agents = Array.from({ length: 10 }, (_, index) => ({
      name: `a${index}`,
      cpus: 1,
      mem: 1_000,
    }))
    const world = await createWorld({ agents })
    const [thinkers, hoarders] = [world.cluster.jobs('thinkers'), world.cluster.jobs('hoarders')]
    for (let index = 0; index < 20; index++) {
      thinkers.call(new Held().work, { cpus: 1, mem: 10 }).catch(() => {})
      hoarders.call(new Held().work, { cpus: 0.1, mem: 900 }).catch(() => {})
    }
    await world.settle()
    expect(thinkers.counts.launched).toBe(5)
    expect(hoarders.counts.launched).toBe(5)
  })
})

/** Work that the test has ended. */
const isOver: WeakSet<Held> = new WeakSet()
