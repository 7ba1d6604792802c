import { describe, expect, it } from 'vitest'
import { placedOn } from '../../src/frameworks/placement.ts'
import { taskOf } from '../../src/frameworks/task-request.ts'
import type { Resources } from '../../src/messages/index.ts'
import { InvalidInputError } from '../../src/model/errors.ts'
import { offerOf } from './jobs/support.ts'

function placed(offers: Resources[], demands: Resources[]): Resources[] {
  const tasks = demands.map((resources, index) =>
    taskOf({ id: `T${index}`, command: 'true', resources }),
  )
  return placedOn(
    offers.map((resources, index) => offerOf(`O${index}`, resources)),
    tasks,
  ).map(({ resources }) => resources)
}

describe('Placement: tasks of an own scheduler', () => {
  it('stay as they are when there is nothing to choose', () => {
    const task = taskOf({ id: 'T1', command: 'true', cpus: 1, ports: [[80, 80]] })
    expect(placedOn([offerOf('O1', { cpus: 2, ports: [[80, 90]] })], [task])[0]).toBe(task)
  })

  it('get ports by number, each its own, from all offers together', () => {
    expect(
      placed([{ ports: [[1, 2]] }, { ports: [[5, 9]] }], [{ ports: 1 }, { ports: 3 }]),
    ).toEqual([
      { ports: [[1, 1]] },
      { ports: [[2, 2], [5, 6]] }, // biome-ignore format: one line reads better
    ])
  })

  it('use what is reserved for them before what is not', () => {
    expect(placed([{ cpus: 2, 'cpus(eng)': 1 }], [{ cpus: 2 }])).toEqual([
      { 'cpus(eng)': 1, cpus: 1 },
    ])
  })

  it('that ask for too much go as they are, because the master answers them', () => {
    expect(placed([{ cpus: 1 }], [{ cpus: 2 }, { cpus: 1 }])).toEqual([{ cpus: 2 }, { cpus: 1 }])
  })

  it('that want more ports than are left are refused here', () => {
    const attempt = () => placed([{ ports: [[1, 2]], cpus: 1 }], [{ ports: 1 }, { ports: 2 }])
    expect(attempt).toThrow(InvalidInputError)
    expect(attempt).toThrow('task T1 needs <2 ports>, but only <ports 2-2, 1 cpu> is left')
  })
})
