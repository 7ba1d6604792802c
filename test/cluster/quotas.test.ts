import { describe, expect, it } from 'vitest'
import type { QuotaOptions } from '../../src/cluster/sharing.ts'
import { liveCluster } from '../support/live.ts'
import { asked, four, hoarder, rolesOf } from '../support/operator.ts'
import { Stage } from '../support/stage.ts'
import { beginAll, running } from '../support/work.ts'
import { createWorld } from '../support/world.ts'

describe('Quotas of a running cluster', () => {
  it('that are limits hold from the next offer on', async () => {
    const world = await createWorld({ agents: four })
    expect(await asked(world, world.cluster.updateQuotas({ eng: { limits: { cpus: 3 } } }))).toBe(
      'done',
    )
    const work = beginAll(world.cluster.jobs('ads', { role: 'eng/ads' }), 4)
    await world.settle()
    expect(running(work)).toHaveLength(3)
    await asked(world, world.cluster.updateQuotas({ eng: {} }))
    expect(running(work)).toHaveLength(4)
    expect(rolesOf(world).eng).not.toHaveProperty('quota')
  })

  it('that are guarantees keep resources free for who comes late', async () => {
    const world = await createWorld({ agents: four, quotas: { eng: { guarantees: { cpus: 3 } } } })
    const first = beginAll(world.cluster.jobs('ops'), 4)
    await world.settle()
    expect(running(first)).toHaveLength(1)
    const late = beginAll(world.cluster.jobs('eng'), 4)
    await world.settle()
    expect(running(late)).toHaveLength(3)
  })

  it('that are guarantees count what is reserved from the start as there', async () => {
    const agents = [{ cpus: 1, mem: 1_024, resources: { 'cpus(eng)': 3 } }]
    const world = await createWorld({ agents, quotas: { eng: { guarantees: { cpus: 4 } } } })
    expect(rolesOf(world).eng?.quota?.guarantees).toEqual({ cpus: 4 })
  })

  const refused: [string, Record<string, QuotaOptions>, string | RegExp][] = [
    [
      'promise more than there is',
      { eng: { guarantees: { cpus: 5 } } },
      'the guarantees of all roles come to 5 cpus, but the cluster has 4 cpus; force it if agents are to come',
    ],
    [
      'promise more than they allow',
      { eng: { guarantees: { cpus: 3 }, limits: { cpus: 2 } } },
      'eng is guaranteed 3 cpus, which is more than its limit of 2',
    ],
    [
      'are for a role below another',
      { 'eng/ads': { limits: { cpus: 2 } } },
      'the role eng/ads lies below another; only roles at the top, such as eng, have quotas',
    ],
    [
      'are for a role that cannot be',
      { 'a b': { limits: { cpus: 2 } } },
      'the role "a b" has white space in it',
    ],
    [
      'allow less than is used',
      { ops: { limits: { cpus: 1 } } },
      'ops uses or has reserved 2 cpus, which is more than the limit of 1 cpu; force it to let that shrink',
    ],
    [
      'have a part that nobody reads',
      JSON.parse('{ "eng": { "limit": { "cpus": 2 } } }'),
      /^the quota of eng: there is no option limit; did you mean limits\?/,
    ],
    ['are nothing', JSON.parse('{ "eng": null }'), /^the quota of eng: give an object/],
  ]
  it.each(refused)(
    'that %s are refused, and nothing of the call counts',
    async (_what, quotas, sentence) => {
      const world = await createWorld({ agents: four })
      const work = beginAll(world.cluster.jobs('ops'), 2)
      await world.settle()
      const all = { other: { limits: { cpus: 1 } }, ...quotas }
      expect(await asked(world, world.cluster.updateQuotas(all))).toMatch(sentence)
      expect(world.cluster.explain().roles.filter(({ quota }) => quota !== undefined)).toEqual([])
      expect(running(work)).toHaveLength(2)
    },
  )

  it('of nothing are refused, and the master lives on', async () => {
    const cluster = await liveCluster()
    const quotas = JSON.parse('{ "eng": { "limits": null } }')
    await expect(cluster.updateQuotas(quotas)).rejects.toThrow(
      'the limits of eng: give amounts by name, such as { cpus: 4 }',
    )
    expect(await cluster.jobs('ops').call(() => 'alive')).toBe('alive')
  })

  it('twice for one role in a message: the last one counts', () => {
    const stage = new Stage()
    const operator = stage.mailbox('operator')
    const quotas = [1, 2].map((cpus) => ({ role: 'eng', limits: { cpus } }))
    operator.say({ type: 'allocation.updateQuotas', requestId: 'R1', quotas })
    stage.settle()
    expect(operator.heard('allocation.updated')).toMatchObject([{ requestId: 'R1' }])
    expect(stage.ledger.roles.get('eng')?.quota?.limits).toEqual({ cpus: 2_000 })
  })

  it('that are forced may promise what is to come: nothing else is given away meanwhile', async () => {
    const world = await createWorld({ agents: four })
    const forced = world.cluster.updateQuotas({ eng: { guarantees: { cpus: 5 } } }, { force: true })
    expect(await asked(world, forced)).toBe('done')
    const others = beginAll(world.cluster.jobs('ops'), 4)
    const own = beginAll(world.cluster.jobs('eng'), 5)
    await world.settle()
    expect([running(own).length, running(others).length]).toEqual([4, 0])
  })

  it('that allow less than a role was offered take offers back, no more than it needs', async () => {
    const world = await createWorld({ agents: [...four, { name: 'm1', mem: 64 }] })
    const role = hoarder(world, 'ops')
    await world.settle()
    expect(role.hosts()).toHaveLength(5)
    const limits = { cpus: 3, mem: 64 }
    expect(await asked(world, world.cluster.updateQuotas({ ops: { limits } }))).toBe('done')
    expect(role.hosts()).toContain('m1')
    expect(role.hosts()).toHaveLength(4)
    expect(world.sent('allocation.rescind').flatMap(({ offerIds }) => offerIds)).toHaveLength(1)
  })

  it('that are forced below what a role uses take back all its offers, and let tasks be', async () => {
    const world = await createWorld({ agents: four })
    const tenant = world.cluster.jobs('ops')
    const work = beginAll(tenant, 2)
    await world.settle()
    const role = hoarder(world, 'more', 'ops')
    await world.settle()
    expect(role.hosts()).toHaveLength(2)
    const lower = { ops: { limits: { cpus: 1 } } }
    expect(await asked(world, world.cluster.updateQuotas(lower, { force: true }))).toBe('done')
    expect([running(work).length, role.hosts()]).toEqual([2, []])
    const more = beginAll(tenant, 1)
    work[0]?.held.finish('done')
    await world.advance(2_000)
    expect(running(more)).toEqual([])
    work[1]?.held.finish('done')
    await world.advance(2_000)
    expect(running(more).length + role.hosts().length).toBe(1)
  })

  it('that promise something take back what others have been offered, as far as it is needed', async () => {
    const world = await createWorld({ agents: four })
    const others = hoarder(world, 'ops')
    await world.settle()
    expect(others.hosts()).toHaveLength(4)
    await asked(world, world.cluster.updateQuotas({ eng: { guarantees: { cpus: 3 } } }))
    expect(others.hosts()).toHaveLength(1)
    const work = beginAll(world.cluster.jobs('eng'), 3)
    await world.settle()
    expect(running(work)).toHaveLength(3)
  })
})
