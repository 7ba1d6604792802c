import { describe, expect, it } from 'vitest'
import { readSubscribe, writeFrameworkInfo } from '../../../src/http/wire/framework-info.ts'
import { WireError } from '../../../src/http/wire/json.ts'

const json = (rest: object = {}) => ({ framework_info: { user: 'root', name: 'one', ...rest } })
const multiRole = { capabilities: [{ type: 'MULTI_ROLE' }] }
const info = (rest: object = {}) => ({
  user: 'root',
  name: 'one',
  roles: ['*'],
  checkpoint: false,
  failoverTimeoutMs: 0,
  capabilities: [],
  ...rest,
})
const able = { capabilities: ['MULTI_ROLE'] }

function read(framework: object) {
  return readSubscribe(framework, 'subscribe')
}

describe('A framework that subscribes', () => {
  it.each<[string, object, object]>([
    ['has the role of all unless it says more', {}, {}],
    ['may have one role, old style', { role: 'old' }, { roles: ['old'], carried: { role: 'old' } }],
    ['may say the default and no roles', { role: '*', roles: [] }, { carried: { role: '*' } }],
    ['may have several roles', { ...multiRole, roles: ['a', 'b'] }, { ...able, roles: ['a', 'b'] }],
    ['may have none yet', { ...multiRole, roles: [] }, { ...able, roles: [] }],
    ['may say null', { ...multiRole, roles: ['a'], role: null }, { ...able, roles: ['a'] }],
    ['may have no name', { name: '' }, { name: '' }],
    [
      'may say how little is too little for roles that it has not',
      {
        offer_filters: {
          a: {
            min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 1 } } }] },
          },
        },
      },
      { minAllocatable: {} },
    ],
    [
      'may know what is unknown here',
      { capabilities: [{ type: 'FLYING' }, {}, { type: 'PARTITION_AWARE' }] },
      { capabilities: ['PARTITION_AWARE'] },
    ],
    ['waits for its return', { failover_timeout: '3.5' }, { failoverTimeoutMs: 3500 }],
    ['may not wait less than not at all', { failover_timeout: -1 }, {}],
    ['may outlive agents', { checkpoint: true }, { checkpoint: true }],
    [
      'carries what is for people',
      { hostname: 'h', webui_url: 'http://h', labels: { labels: [{ key: 'a' }] } },
      { carried: { hostname: 'h', webui_url: 'http://h', labels: { labels: [{ key: 'a' }] } } },
    ],
    ['may have labels', { labels: { labels: [{ key: 'a', value: 'b' }] } }, { labels: { a: 'b' } }],
    [
      'may say how much an offer must hold',
      {
        offer_filters: {
          '*': {
            min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 1 } } }] },
          },
        },
      },
      { minAllocatable: { '*': [{ cpus: 1 }] } },
    ],
  ])('%s', (_what, given, expected) => {
    expect(read(json(given))).toEqual({ info: info(expected), suppressedRoles: [] })
  })

  it('may have an id, suppressed roles and constraints', () => {
    const constraint = {
      selector: { pseudoattribute_type: 'HOSTNAME' },
      predicate: { text_matches: { regex: 'a.*' } },
    }
    const given = {
      ...json({ id: { value: 'my-own-id' }, role: 'old' }),
      suppressed_roles: ['old'],
      offer_constraints: {
        role_constraints: { old: { groups: [{ attribute_constraints: [constraint] }] } },
      },
    }
    expect(read(given)).toEqual({
      id: 'my-own-id',
      suppressedRoles: ['old'],
      info: info({
        roles: ['old'],
        carried: { role: 'old' },
        offerConstraints: { old: [[{ pseudoattributeType: 'HOSTNAME', textMatches: 'a.*' }]] },
      }),
    })
  })

  it.each<[string, object, string]>([
    ['a role although it can have several', { ...multiRole, role: 'a' }, 'not in `role`'],
    ['the role of all although it can have several', { ...multiRole, role: '*' }, 'not in `role`'],
    [
      'at least something, but not what',
      { offer_filters: { '*': { min_allocatable_resources: { quantities: [{}] } } } },
      'quantities without a quantity',
    ],
    ['roles although it can have one', { roles: ['a'] }, 'not in `roles`'],
    [
      'to wait longer than time can be counted',
      { failover_timeout: 1e18 },
      'no more than 292 years',
    ],
    ['to wait without end', { failover_timeout: 'Infinity' }, 'no more than 292 years'],
    ['an id that is no name', { id: { value: 'a/b' } }, 'the framework id "a/b" is not legal'],
  ])('has a problem when it wants %s, and hears it in an ERROR', (_what, given, problem) => {
    expect(read(json(given)).problem).toContain(problem)
  })

  it('may select by what nobody knows, for the master to refuse', () => {
    const constraint = { selector: { pseudoattribute_type: 'MOOD' }, predicate: { exists: {} } }
    const groups = [{ attribute_constraints: [constraint] }]
    const given = { ...json(), offer_constraints: { role_constraints: { '*': { groups } } } }
    expect(read(given).info.offerConstraints).toEqual({ '*': [[{ exists: true }]] })
  })

  it('has a problem when a constraint has a name that is taken', () => {
    const constraints = { role_constraints: { constructor: { groups: [] } } }
    expect(read({ ...json(), offer_constraints: constraints }).problem).toContain('not allowed')
  })

  it.each<[string, object, string]>([
    ['framework', {}, 'subscribe.framework_info is missing'],
    ['user', { framework_info: { name: 'x' } }, 'subscribe.framework_info.user is missing'],
    ['name', { framework_info: { user: 'x' } }, 'subscribe.framework_info.name is missing'],
    ['text as user', json({ user: 7 }), 'subscribe.framework_info.user is 7'],
    ['list of roles', json({ roles: 7 }), 'subscribe.framework_info.roles is 7'],
    ['list of texts', json({ roles: [null] }), 'framework_info.roles[0] is missing'],
    ['number as timeout', json({ failover_timeout: 'long' }), 'failover_timeout is "long"'],
    ['truth value', json({ checkpoint: 1 }), 'checkpoint is 1; it must be true or false'],
    ['list of suppressed roles', { ...json(), suppressed_roles: 7 }, 'suppressed_roles is 7'],
    [
      'regular expression',
      {
        ...json(),
        offer_constraints: {
          role_constraints: {
            a: {
              groups: [
                { attribute_constraints: [{ selector: {}, predicate: { text_matches: {} } }] },
              ],
            },
          },
        },
      },
      'attribute_constraints[0].predicate.text_matches.regex is missing',
    ],
    ...['selector', 'predicate'].map((part): [string, object, string] => [
      `${part} of a constraint`,
      {
        ...json(),
        offer_constraints: {
          role_constraints: {
            a: {
              groups: [{ attribute_constraints: [{ selector: {}, predicate: {}, [part]: null }] }],
            },
          },
        },
      },
      `attribute_constraints[0].${part} is missing`,
    ]),
  ])('needs a %s, and is refused without', (_what, given, sentence) => {
    expect(() => read(given)).toThrow(WireError)
    expect(() => read(given)).toThrow(sentence)
  })
})

describe('A framework that is shown', () => {
  it('tells the defaults of what it did not say', () => {
    expect(writeFrameworkInfo({ name: 'one', roles: ['*'] }, 'F')).toEqual({
      user: '',
      name: 'one',
      id: { value: 'F' },
      failover_timeout: 0,
      checkpoint: false,
    })
  })

  it.each<[string, Parameters<typeof writeFrameworkInfo>[0], object]>([
    ['old style by one role', { name: 'one', roles: ['old'] }, { role: 'old' }],
    ['by its roles', { name: 'one', roles: ['a'], capabilities: ['MULTI_ROLE'] }, { roles: ['a'] }],
    [
      'by all roles of one that lives here',
      { name: 'one', roles: ['a', 'b'] },
      { roles: ['a', 'b'] },
    ],
  ])('is known %s', (_what, given, roles) => {
    const { role, roles: several } = writeFrameworkInfo(given)
    expect({
      ...(role !== undefined && { role }),
      ...(several !== undefined && { roles: several }),
    }).toEqual(roles)
  })
})
