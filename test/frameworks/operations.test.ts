import { describe, expect, it } from 'vitest'
import {
  createVolume,
  destroyVolume,
  growVolume,
  launch,
  operationsOn,
  reserve,
  reserved,
  shrinkVolume,
  unreserve,
  volume,
} from '../../src/frameworks/operations.ts'
import type { Offer } from '../../src/messages/index.ts'
import { InvalidInputError } from '../../src/model/errors.ts'

const ops = { role: 'eng', principal: 'ops' }
const offer: Offer = {
  offerId: 'O1',
  frameworkId: 'F1',
  agentId: 'S1',
  hostname: 'a',
  role: 'eng',
  resources: { cpus: 4, disk: 200, ports: [[31_000, 31_009]] },
}
const db = volume({ ...ops, id: 'db', path: 'data', disk: 100 })

describe('Operations as a framework writes them', () => {
  it('what is reserved is named by role, principal and labels', () => {
    expect(reserved({ cpus: 1, ports: [[1, 2]] }, ops)).toEqual({
      'cpus(eng,ops)': 1,
      'ports(eng,ops)': [[1, 2]],
    })
    expect(reserved({ cpus: 1 }, { role: 'eng' })).toEqual({ 'cpus(eng,)': 1 })
    const labels = { team: 'web', env: 'a b' }
    expect(reserved({ cpus: 1 }, { ...ops, labels })).toEqual({
      'cpus(eng,ops,env=a%20b,team=web)': 1,
    })
  })

  it('a reservation of what has a kind already refines it', () => {
    const ads = { ...ops, role: 'eng/ads' }
    expect(reserved({ resources: { 'cpus(eng)': 1 } }, ads)).toEqual({
      'cpus(eng)(eng/ads,ops)': 1,
    })
  })

  it('a volume has an id, a path and a size', () => {
    expect(db).toEqual({ 'disk(eng,ops)[db:data]': 100 })
  })

  it('each is plain data, with or without an id', () => {
    const resources = { 'cpus(eng,ops)': 1 }
    expect(reserve({ cpus: 1 }, ops)).toEqual({ type: 'RESERVE', resources })
    expect(unreserve({ cpus: 1 }, ops, { id: 'P' })).toEqual({
      type: 'UNRESERVE',
      resources,
      operationId: 'P',
    })
    expect(createVolume(db)).toEqual({ type: 'CREATE', volumes: db })
    expect(destroyVolume(db)).toEqual({ type: 'DESTROY', volumes: db })
    expect(growVolume(db)).toEqual({ type: 'GROW_VOLUME', volumes: db })
    expect(shrinkVolume(db)).toEqual({ type: 'SHRINK_VOLUME', volumes: db })
    expect(launch({ id: 'T', command: 'true' })).toMatchObject({ type: 'LAUNCH' })
  })

  it('what cannot be is refused where it is written', () => {
    const bad: [() => unknown, RegExp][] = [
      [() => reserve({ cpus: -1 }, ops), /the reservation: cpus is -1/],
      [() => reserve({ cpus: 1 }, { role: '*' }), /the role \* owns nothing/],
      [() => reserve({ cpus: 1 }, { role: 'a b' }), /white space/],
      [
        () => reserve({ resources: { 'cpus(eng)': 1 } }, { role: 'sales' }),
        /only for a role below it/,
      ],
      [() => volume({ ...ops, id: 'a/b', path: 'data', disk: 1 }), /volume a\/b: .* not legal/],
      [() => volume({ ...ops, id: 'a', path: '../data', disk: 1 }), /inside the sandbox/],
      [() => createVolume({ 'disk(eng,ops)': 1 }), /volumes are named by volume\(/],
    ]
    for (const [write, sentence] of bad) {
      expect(write).toThrow(InvalidInputError)
      expect(write).toThrow(sentence)
    }
  })

  it('for the master, tasks get their agent, and operations an id where one is wanted', () => {
    const requests = [
      reserve({ cpus: 1 }, ops),
      reserve({ cpus: 2 }, ops, { id: 'mine' }),
      launch({ id: 'T', command: 'true', cpus: 1 }),
    ]
    expect(operationsOn([offer], requests, (index) => `O1.${index}`)).toMatchObject([
      { operationId: 'O1.0' },
      { operationId: 'mine' },
      { tasks: [{ taskId: 'T', agentId: 'S1' }] },
    ])
    expect(operationsOn([offer], requests, undefined)[0]).not.toHaveProperty('operationId')
    const bad = launch({ id: 'a/b', command: 'true' })
    expect(() => operationsOn([offer], [bad], undefined)).toThrow(/the task id/)
  })

  it('a task gets what the operations before it have reserved, and ports by number', () => {
    const command = 'true'
    const requests = [
      reserve({ cpus: 1, disk: 100, ports: [[31_000, 31_001]] }, ops),
      reserve({ cpus: 9 }, ops),
      reserve({ resources: { 'cpus(sales)': 9 } }, { role: 'sales/ads' }),
      createVolume(db),
      launch({ id: 'T1', command, cpus: 2, ports: 1, resources: db }, { id: 'T2', command }),
    ]
    const tasks = operationsOn([offer], requests, undefined).flatMap((operation) =>
      operation.type === 'LAUNCH' ? operation.tasks : [],
    )
    expect(tasks.map(({ resources }) => resources)).toEqual([
      { 'cpus(eng,ops)': 1, cpus: 1, 'ports(eng,ops)': [[31_000, 31_000]], ...db },
      { cpus: 1 },
    ])
  })
})
