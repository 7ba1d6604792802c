import { availableParallelism, hostname, totalmem } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { ClusterOptions, FrameworkOptions } from '../../src/cluster/options.ts'
import { Cluster } from '../../src/cluster.ts'
import type { AttributeConstraint, Attributes } from '../../src/messages/index.ts'
import { InvalidInputError } from '../../src/model/errors.ts'
import { createWorld } from '../support/world.ts'

/** What a caller in plain JavaScript may pass, whatever the types say. */
function untyped<Options extends object>(options: object): Options {
  const copy: Options = Object.assign(Object.create(null), options)
  return copy
}

describe('Cluster options', () => {
  const bad: [string, ClusterOptions, RegExp][] = [
    ['no agent at all', { agents: [] }, /needs at least one agent; leave `agents` out/],
    ['an agent without resources', { agents: [{}] }, /agent agent-1 has no resources/],
    ['an agent with nothing of each', { agents: [{ cpus: 0, mem: 0 }] }, /has no resources/],
    ['negative cpus', { agents: [{ cpus: -4 }] }, /agent agent-1: cpus is -4/],
    ['memory that is no number', { agents: [{ cpus: 1, mem: Number.NaN }] }, /mem is NaN/],
    ['infinite memory', { agents: [{ cpus: 1, mem: 1 / 0 }] }, /mem is Infinity/],
    ['absurd cpus', { agents: [{ cpus: 1e18 }] }, /is surely a slip/],
    [
      'two agents of one name',
      { agents: [{ name: 'a', cpus: 1 }, { name: 'a', cpus: 2 }] }, // biome-ignore format: one line reads better
      /two agents are named a; names must differ/,
    ],
    ['an illegal name', { agents: [{ name: 'a/b', cpus: 1 }] }, /the name of an agent "a\/b"/],
    [
      'a misspelt key of an agent',
      { agents: [untyped({ cpu: 4 })] },
      /agent agent-1: there is no option cpu; did you mean cpus\?/,
    ],
    [
      'a misspelt key of the cluster',
      untyped({ agnets: [] }),
      /the cluster: there is no option agnets; did you mean agents\?/,
    ],
    [
      'an unknown policy',
      { policy: 'fare' },
      /there is no policy fare; did you mean fair\?; known are drf, priority/,
    ],
    [
      'an attribute that is none',
      { agents: [{ cpus: 1, attributes: untyped({ rack: true }) }] },
      /agent agent-1: the attribute rack is true; give a text, a number, ranges/,
    ],
    [
      'attributes that are a text',
      { agents: [untyped({ cpus: 1, attributes: 'rack:r1' })] },
      /agent agent-1: attributes are values by name/,
    ],
    [
      'an agent that begins with a volume',
      { agents: [{ cpus: 1, resources: { 'disk(eng)[db:data]': 1 } }] },
      /agent agent-1 begins with the volume db; frameworks create those/,
    ],
    [
      'an agent with a reservation that cannot be read',
      { agents: [{ resources: { 'cpus(eng': 1 } }] },
      /agent agent-1: cpus\(eng is no resource; write cpus, cpus\(role\)/,
    ],
    ['a weight of nothing', { weights: { eng: 0 } }, /the weight of eng is 0; .* above zero/],
    ['a negative weight', { weights: { eng: -1 } }, /the weight of eng is -1/],
    ['a weight that is no number', { weights: { eng: Number.NaN } }, /the weight of eng is NaN/],
    [
      'a misspelt timeout',
      untyped({ timeouts: { offerTimeout: 1 } }),
      /did you mean offerTimeoutMs\?/,
    ],
    ['a negative timeout', { timeouts: { killGraceMs: -1 } }, /killGraceMs is -1/],
    [
      'an interval of nothing',
      { timeouts: { pingIntervalMs: 0 } },
      /pingIntervalMs is 0; give more than zero/,
    ],
    ['a timeout that is no number', { timeouts: { offerTimeoutMs: Number.NaN } }, /is NaN/],
  ]
  for (const [what, options, sentence] of bad) {
    it(`${what}: it says so, and nothing is started`, () => {
      expect(() => new Cluster(options)).toThrow(InvalidInputError)
      expect(() => new Cluster(options)).toThrow(sentence)
    })
  }

  it('without agents there is one with all that this machine has', async () => {
    const world = await createWorld(untyped({ agents: undefined }))
    expect(world.cluster.snapshot().agents).toMatchObject([
      {
        name: hostname() || 'localhost',
        state: 'connected',
        total: {
          cpus: availableParallelism(),
          mem: Math.floor(totalmem() / 2 ** 20),
          ports: [[31_000, 32_000]],
        },
      },
    ])
  })

  it('agents keep their names, attributes and whatever resources they name', async () => {
    const attributes: Attributes = { rack: 'r1', level: 2, keys: [[1, 5]], disks: ['sda', 'sdb'] }
    const agents = [
      { cpus: 1, attributes },
      { name: 'big', cpus: 8, ports: [[80, 90]] as const, resources: { licences: 3 } },
    ]
    const world = await createWorld({ agents })
    const found = new Map(world.cluster.snapshot().agents.map((agent) => [agent.name, agent]))
    expect(found.get('agent-1')?.total).toEqual({ cpus: 1 })
    expect(found.get('big')?.total).toEqual({ cpus: 8, ports: [[80, 90]], licences: 3 })
    const offers: unknown[] = []
    world.cluster.framework({ name: 'mine' }, { offers: (fresh) => void offers.push(...fresh) })
    await world.settle()
    expect(offers).toContainEqual(expect.objectContaining({ attributes }))
  })
})

describe('Framework options', () => {
  const rackOne: AttributeConstraint[][] = [[{ attributeName: 'rack', textEquals: 'r1' }]]
  const bad: [string, FrameworkOptions, RegExp][] = [
    ['an empty name', { name: '' }, /the name of a framework is empty/],
    ['a name with a slash', { name: 'a/b' }, /the name of a framework "a\/b" is not legal/],
    ['a name with a space, when it is the role too', { name: 'a b' }, /the role "a b" has white/],
    ['a role that begins with a dash', { name: 'a', role: '-x' }, /begins with a dash/],
    ['a role that goes up', { name: 'a', role: 'eng/..' }, /the part "\.\."/],
    ['a role and roles', { name: 'a', role: 'b', roles: ['b'] }, /framework a: give role or roles/],
    ['no roles', { name: 'a', roles: [] }, /roles are a list with at least one role/],
    ['roles that are a text', untyped({ name: 'a', roles: 'eng' }), /roles are a list/],
    ['a role twice', { name: 'a', roles: ['b', 'c', 'b'] }, /the role b is listed twice/],
    ['a bad role among others', { name: 'a', roles: ['b', '-x'] }, /begins with a dash/],
    ['an empty principal', { name: 'a', principal: '' }, /framework a: the principal is a text/],
    ['a weight of nothing', { name: 'a', weight: 0 }, /the weight of a is 0/],
    ['an infinite weight', { name: 'a', weight: 1 / 0 }, /the weight of a is Infinity/],
    ['a negative failover time', { name: 'a', failoverTimeoutMs: -1 }, /failoverTimeoutMs is -1/],
    ['a misspelt key', untyped({ name: 'a', weigth: 2 }), /did you mean weight\?/],
    [
      'offer constraints for another role than its own',
      { name: 'a', role: 'eng', offerConstraints: { a: rackOne } },
      /framework a: there are offer constraints for the role a, which is not among/,
    ],
    [
      'offer constraints for no role at all',
      untyped({ name: 'a', offerConstraints: rackOne }),
      /framework a: offer constraints are groups by role, such as/,
    ],
    [
      'an offer constraint that cannot be read',
      { name: 'a', offerConstraints: { a: [[{ attributeName: 'rack', textMatches: '[' }]] } },
      /framework a: offer constraints: the pattern `\[` cannot be read: missing closing \]/,
    ],
  ]
  for (const [what, options, sentence] of bad) {
    it(`${what}: it says so, for a tenant and for an own scheduler`, async () => {
      const { cluster } = await createWorld()
      const { name, ...rest } = options
      expect(() => cluster.jobs(name, rest)).toThrow(InvalidInputError)
      expect(() => cluster.jobs(name, rest)).toThrow(sentence)
      expect(() => cluster.framework(options, { offers: () => {} })).toThrow(sentence)
    })
  }

  it('an id from before: only of an own scheduler, and a legal one', async () => {
    const { cluster } = await createWorld()
    const own = (frameworkId: string) =>
      cluster.framework({ name: 'a', frameworkId }, { offers: () => {} })
    expect(() => own('a/b')).toThrow(/the id of a framework "a\/b" is not legal/)
    expect(() => own('')).toThrow(/the id of a framework is empty/)
    expect(() => cluster.jobs('a', untyped({ frameworkId: 'F' }))).toThrow(
      /framework a: there is no option frameworkId/,
    )
  })

  it('a name that is taken, by a tenant or by an own scheduler', async () => {
    const { cluster } = await createWorld()
    cluster.jobs('one')
    cluster.framework({ name: 'two' }, { offers: () => {} })
    for (const name of ['one', 'two']) {
      const sentence = `there is a framework named ${name} already; names must differ`
      expect(() => cluster.jobs(name)).toThrow(sentence)
      expect(() => cluster.framework({ name }, { offers: () => {} })).toThrow(sentence)
    }
  })

  it('the master learns of which agents they want offers, as was said when they came', async () => {
    const world = await createWorld()
    const eng = structuredClone(rackOne)
    world.cluster.jobs('one', { role: 'eng', offerConstraints: { eng } })
    world.cluster.framework({ name: 'two', offerConstraints: { two: eng } }, { offers: () => {} })
    eng.push([{ attributeName: 'rack', exists: true }])
    await world.settle()
    const infos = [...world.ledger.frameworks.values()].map(({ info }) => info)
    expect(infos).toMatchObject([
      { name: 'one', offerConstraints: { eng: rackOne } },
      { name: 'two', offerConstraints: { two: rackOne } },
    ])
  })

  it('the master learns of all its roles, which its weight is for, and of its principal', async () => {
    const world = await createWorld()
    world.cluster.jobs('one', { roles: ['eng', 'ads'], principal: 'ops', weight: 3 })
    await world.settle()
    const infos = [...world.ledger.frameworks.values()].map(({ info }) => info)
    expect(infos).toMatchObject([{ roles: ['eng', 'ads'], principal: 'ops' }])
    expect([...world.ledger.weights]).toEqual([
      ['eng', 3],
      ['ads', 3],
    ])
  })

  it('two tenants may share a role', async () => {
    const world = await createWorld()
    const tenants = ['ads', 'search'].map((name) => world.cluster.jobs(name, { role: 'eng' }))
    const values = tenants.map((tenant) => tenant.call(() => tenant.name))
    expect(await world.until(Promise.all(values))).toEqual(['ads', 'search'])
  })
})
