import { describe, expect, it } from 'vitest'
import { MalformedResource } from '../../../src/http/wire/errors.ts'
import { WireError, WireProblem } from '../../../src/http/wire/json.ts'
import { formFor, readResources, writeResources } from '../../../src/http/wire/resources.ts'

const scalar = (name: string, value: unknown, rest: object = {}) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...rest,
})
const ports = (...list: [number, number][]) => ({
  name: 'ports',
  type: 'RANGES',
  ranges: { range: list.map(([begin, end]) => ({ begin, end })) },
})
const dynamic = { type: 'DYNAMIC', role: 'eng', principal: 'ops' }
const volume = (rest: object = {}) => ({
  persistence: { id: 'db', principal: 'ops' },
  volume: { container_path: 'data', mode: 'RW' },
  ...rest,
})

describe('Resources that are read', () => {
  it.each<[string, unknown[], object]>([
    ['a scalar', [scalar('cpus', 0.5)], { cpus: 0.5 }],
    ['an amount in a text', [scalar('mem', '3.2e+01')], { mem: 32 }],
    [
      'ranges',
      [{ name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: '2' }] } }],
      { ports: [[1, 2]] },
    ],
    ['a set', [{ name: 'disks', type: 'SET', set: { item: ['sda'] } }], { disks: ['sda'] }],
    ['the same twice', [scalar('cpus', 0.1), scalar('cpus', 0.2)], { cpus: 0.3 }],
    [
      'ranges that overlap, for the master to refuse',
      [
        { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 5 }] } },
        { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 3, end: 9 }] } },
      ],
      { ports: [[1, 5], [3, 9]] }, // biome-ignore format: one line reads better
    ],
    [
      'both forms that say the same',
      [
        scalar('cpus', 1, {
          role: 'eng',
          reservation: { principal: 'ops' },
          reservations: [dynamic],
        }),
      ],
      { 'cpus(eng,ops)': 1 },
    ],
    [
      'everything that is null',
      [
        scalar('cpus', 1, {
          role: null,
          reservation: null,
          reservations: null,
          disk: null,
          revocable: null,
          shared: null,
          provider_id: null,
          allocation_info: null,
        }),
      ],
      { cpus: 1 },
    ],
    ['the role of all', [scalar('cpus', 1, { role: '*', reservations: [] })], { cpus: 1 }],
    ['to whom they are allocated', [scalar('cpus', 1, { allocation_info: {} })], { cpus: 1 }],
    ['a static reservation, old form', [scalar('cpus', 1, { role: 'eng' })], { 'cpus(eng)': 1 }],
    [
      'a dynamic reservation, old form',
      [scalar('cpus', 1, { role: 'eng', reservation: {} })],
      { 'cpus(eng,)': 1 },
    ],
    [
      'a dynamic reservation of a principal, old form',
      [scalar('cpus', 1, { role: 'eng', reservation: { principal: 'ops' } })],
      { 'cpus(eng,ops)': 1 },
    ],
    [
      'a stack of reservations',
      [
        scalar('cpus', 1, {
          reservations: [
            { type: 'STATIC', role: 'eng' },
            {
              type: 'DYNAMIC',
              role: 'eng/ads',
              labels: { labels: [{ key: 'team', value: 'web' }] },
            },
          ],
        }),
      ],
      { 'cpus(eng)(eng/ads,,team=web)': 1 },
    ],
    [
      'a volume',
      [scalar('disk', 64, { reservations: [dynamic], disk: volume() })],
      { 'disk(eng,ops)[db:data]': 64 },
    ],
    ['what may be taken away', [scalar('cpus', 1, { revocable: {} })], { 'cpus{revocable}': 1 }],
    ['a disk of which nothing is said', [scalar('disk', 1, { disk: {} })], { disk: 1 }],
    ['none', [], {}],
    ['nothing of some, beside others', [scalar('gpus', 0), scalar('cpus', 1)], { cpus: 1 }],
    ['nothing and more of the same', [scalar('cpus', '0.0'), scalar('cpus', 1)], { cpus: 1 }],
    ['ranges of nothing', [{ name: 'ports', type: 'RANGES', ranges: { range: [] } }], {}],
    ['a set of nothing', [{ name: 'disks', type: 'SET', set: {} }], {}],
  ])('%s', (_what, list, expected) => {
    expect(readResources(list, 'resources')).toEqual(expected)
  })

  it.each<[string, unknown, string]>([
    ['a name', { type: 'SCALAR', scalar: { value: 1 } }, 'r[0].name is missing'],
    ['a type', { name: 'cpus', scalar: { value: 1 } }, 'r[0].type is missing'],
    ['a known type', { name: 'cpus', type: 'LIST' }, 'one of SCALAR, RANGES, SET'],
    ['a number as value', scalar('cpus', 'many'), 'r[0].scalar.value is "many"'],
    ['an object', 'cpus:1', 'r[0] is "cpus:1"; it must be an object'],
    [
      'both ends of a range',
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1 }] } },
      'r[0].ranges.range[0].end is missing',
    ],
    ['a text as role', scalar('cpus', 1, { role: 7 }), 'r[0].role is 7'],
  ])('need %s', (_what, resource, sentence) => {
    const read = () => readResources([resource], 'r')
    expect(read).toThrow(sentence)
    expect(read).not.toThrow(WireProblem)
  })

  it.each<[string, object, string]>([
    ['a name with brackets', scalar('cpus(eng)', 1), 'a name has no brackets'],

    ['a name that is taken', scalar('__proto__', 1), 'a name that is not allowed'],
    [
      'a static reservation of somebody',
      scalar('cpus', 1, { reservations: [{ ...dynamic, type: 'STATIC' }] }),
      'which only dynamic have',
    ],
    [
      'shared volumes',
      scalar('disk', 1, { disk: volume(), shared: {} }),
      'shared resources are not',
    ],
    [
      'providers',
      scalar('disk', 1, { provider_id: { value: 'x' } }),
      'providers are not supported',
    ],
    [
      'other disks',
      scalar('disk', 1, { disk: volume({ source: { type: 'RAW' } }) }),
      'r[0].disk.source: disks other than the root are not supported here',
    ],
    [
      'volumes that are not kept',
      scalar('disk', 1, { disk: volume({ persistence: null }) }),
      'volumes that are not persistent are not supported here',
    ],
    ['a volume nowhere', scalar('disk', 1, { disk: volume({ volume: null }) }), 'but no volume'],
    [
      'a volume that can only be read',
      scalar('disk', 1, { disk: volume({ volume: { container_path: 'a', mode: 'RO' } }) }),
      'can only be read',
    ],
    [
      'a volume of the host',
      scalar('disk', 1, {
        disk: volume({ volume: { container_path: 'a', mode: 'RW', host_path: '/a' } }),
      }),
      'has a host_path',
    ],
  ])('may not be %s: Mesos answers that by a status', (_what, resource, sentence) => {
    const read = () => readResources([resource], 'r')
    expect(read).toThrow(WireProblem)
    expect(read).toThrow(WireError)
    expect(read).toThrow(sentence)
  })

  it.each<[string, object, string]>([
    ['without a name', scalar('', 1), 'r[0].name is empty'],
    ['of a text', { name: 'cpus', type: 'TEXT', text: { value: 'x' } }, 'cpus is a text'],
    ['of another type than its value', { name: 'a', type: 'SET', scalar: {} }, 'but has scalar'],
    ['without a value', { name: 'a', type: 'SET' }, 'is of the type SET but has no set'],
    ['of two values', scalar('cpus', 1, { ranges: {} }), 'the type SCALAR but has ranges'],
    ['of less than nothing', scalar('cpus', -1), 'cpus is -1; an amount cannot be negative'],
    ['of next to nothing', scalar('cpus', 0.0004), 'less than a thousandth cannot be had'],
    ['of a range that ends before it begins', ports([5, 1]), 'has the range [5, 1]'],
    ['of ranges that overlap', ports([1, 5], [5, 9]), 'ports lists 5 twice'],
    ['of one range around another', ports([5, 6], [1, 10]), 'ports lists 5 twice'],
    ['of an item twice', { name: 'a', type: 'SET', set: { item: ['b', 'b'] } }, 'a lists b twice'],
    ['of cpus that are a disk', scalar('cpus', 1, { disk: {} }), 'cpus is no disk'],
    ['of cpus that are shared', scalar('cpus', 1, { shared: {} }), 'only volumes can be shared'],
    ['in both forms', scalar('cpus', 1, { role: 'eng', reservations: [dynamic] }), 'give either'],
    ['reserved for all', scalar('cpus', 1, { reservation: {} }), 'the role * owns nothing'],
    ['reserved without a type', scalar('cpus', 1, { reservations: [{ role: 'a' }] }), 'no type'],
    [
      'reserved without a role',
      scalar('cpus', 1, { reservations: [{ type: 'STATIC' }] }),
      'r[0].reservations[0] has no role',
    ],
    [
      'reserved in a way that nobody knows',
      scalar('cpus', 1, { reservations: [{ type: 'WEEKLY', role: 'a' }] }),
      'r[0].reservations[0] has no type',
    ],
    [
      'with the old form of a new reservation',
      scalar('cpus', 1, { role: 'eng', reservation: dynamic }),
      'r[0].reservation has a type or role',
    ],
    ['reserved for a part', scalar('cpus', 1, { role: 'a//b' }), 'has a slash too many'],
    [
      'refined for another role than one below',
      scalar('cpus', 1, { reservations: [dynamic, { type: 'DYNAMIC', role: 'ops' }] }),
      'can be refined only for a role below it',
    ],
    [
      'refined statically',
      scalar('cpus', 1, { reservations: [dynamic, { type: 'STATIC', role: 'eng/ads' }] }),
      'only the first reservation can be static',
    ],
  ])('%s cannot be: Mesos drops the whole launch', (_what, resource, sentence) => {
    const read = () => readResources([resource], 'r')
    expect(read).toThrow(MalformedResource)
    expect(read).toThrow(sentence)
  })

  it('of one name are of one type', () => {
    const set = { name: 'cpus', type: 'SET', set: { item: ['a'] } }
    expect(() => readResources([scalar('cpus', 1), set], 'r')).toThrow('r[1] is of another type')
  })
})

describe('Resources that are written', () => {
  const resources = {
    cpus: 1,
    'mem(eng)': 2,
    'disk(eng,ops)[db:data]': 3,
    'gpus{revocable}': 4,
    ports: [[1, 2] as const],
    devices: ['a'],
    none: [],
  }
  const amounts = {
    cpus: { type: 'SCALAR', scalar: { value: 1 } },
    mem: { type: 'SCALAR', scalar: { value: 2 } },
    disk: { type: 'SCALAR', scalar: { value: 3 }, disk: volume() },
    gpus: { type: 'SCALAR', scalar: { value: 4 }, revocable: {} },
    ports: { type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } },
    devices: { type: 'SET', set: { item: ['a'] } },
  }

  it('for frameworks that know refinement have a stack and no role', () => {
    expect(writeResources(resources, { refined: true })).toEqual([
      { name: 'cpus', ...amounts.cpus },
      { name: 'mem', ...amounts.mem, reservations: [{ type: 'STATIC', role: 'eng' }] },
      { name: 'disk', ...amounts.disk, reservations: [dynamic] },
      { name: 'gpus', ...amounts.gpus },
      { name: 'ports', ...amounts.ports },
      { name: 'devices', ...amounts.devices },
    ])
  })

  it('for others have a role, and a reservation when it is dynamic', () => {
    expect(writeResources(resources, { refined: false })).toEqual([
      { name: 'cpus', ...amounts.cpus, role: '*' },
      { name: 'mem', ...amounts.mem, role: 'eng' },
      { name: 'disk', ...amounts.disk, role: 'eng', reservation: { principal: 'ops' } },
      { name: 'gpus', ...amounts.gpus, role: '*' },
      { name: 'ports', ...amounts.ports, role: '*' },
      { name: 'devices', ...amounts.devices, role: '*' },
    ])
  })

  it('say whom they are allocated to only where that is understood', () => {
    const info = { name: 'f', roles: ['eng'] }
    const able = { ...info, capabilities: ['MULTI_ROLE' as const] }
    const [resource] = writeResources({ cpus: 1 }, formFor(able, 'eng'))
    expect(resource).toEqual({
      name: 'cpus',
      ...amounts.cpus,
      role: '*',
      allocation_info: { role: 'eng' },
    })
    expect(formFor(info, 'eng')).toEqual({ refined: false })
    expect(formFor({ ...info, capabilities: ['RESERVATION_REFINEMENT'] })).toEqual({
      refined: true,
    })
  })
})
