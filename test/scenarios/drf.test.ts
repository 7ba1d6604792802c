import { describe, expect, test } from 'vitest'
import { Stage } from '../support/stage.ts'
import { Taker } from '../support/taker.ts'
import { policyOf, type WorkedTable, workedTables } from '../support/worked-tables.ts'

/**
 * The worked tables of Dominant Resource Fairness, run by the actors: real master, agents,
 * schedulers and executors on virtual time, whose tasks never end.
 */
function run(table: WorkedTable): { stage: Stage; takers: Taker[] } {
  const { agents, rows, weights = {}, priorities = {} } = table
  const ledger = {
    weights: new Map(Object.entries(weights)),
    priorities: new Map(Object.entries(priorities)),
  }
  const stage = new Stage({}, { policy: policyOf(table), ledger })
  for (const [index, resources] of agents.entries()) stage.agent(`agent-${index + 1}`, resources)
  const takers = rows.map(
    ({ name, role = name, demand }) => new Taker(stage, name, demand, { roles: [role] }),
  )
  stage.settle()
  return { stage, takers }
}

test.each(workedTables)('Worked tables, the running actors: $title', (table) => {
  const { stage, takers } = run(table)
  const found = takers.map(({ name, tasks, dominantShare }) => [name, tasks, dominantShare])
  const expected = table.rows.map(({ name, tasks, share }) => [name, tasks, expect.closeTo(share)])
  expect(found).toEqual(expected)
  // Nobody was waited for: all this takes no time, and nothing changes later.
  stage.advance(120_000)
  expect(takers.map(({ tasks }) => tasks)).toEqual(table.rows.map(({ tasks }) => tasks))
})

describe('DRF on many agents', () => {
  const demands = { A: { cpus: 1, mem: 4_000 }, B: { cpus: 3, mem: 1_000 } }

  test('offers are whole agents, so shares differ by at most one agent and one task', () => {
    const agents = Array.from({ length: 16 }, () => ({ cpus: 9, mem: 18_000 }))
    const rows = [
      { name: 'A', demand: demands.A, tasks: 0, share: 0 },
      { name: 'B', demand: demands.B, tasks: 0, share: 0 },
    ]
    const { takers } = run({ title: '', agents, rows })
    const [a, b] = takers.map(({ dominantShare }) => dominantShare)
    expect(Math.abs((a ?? 0) - (b ?? 1))).toBeLessThanOrEqual(1 / 16 + 1 / 48 + 1e-9)
    expect(Math.min(a ?? 0, b ?? 0)).toBeGreaterThan(2 / 3 - 1 / 16 - 2 / 48)
  })

  test('who comes when all is taken gets nothing, and its share as soon as tasks end', () => {
    const rows = [{ name: 'A', demand: { cpus: 1 }, tasks: 12, share: 1 }]
    const agents = Array.from({ length: 12 }, () => ({ cpus: 1 }))
    const { stage, takers } = run({ title: '', agents, rows })
    const late = new Taker(stage, 'late', { cpus: 1 })
    stage.advance(60_000)
    expect(late.tasks).toBe(0)
    for (const taskId of stage.puppets.begun.slice(0, 8)) {
      stage.puppets.exit(taskId)
      stage.settle()
    }
    expect([late.tasks, takers[0]?.tasks]).toEqual([6, 6])
  })
})
