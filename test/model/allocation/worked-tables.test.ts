import { expect, test } from 'vitest'
import { drfPolicy } from '../../../src/model/allocation/policies.ts'
import { contains, toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool, partOf } from '../../support/pool.ts'
import { policyOf, type WorkedTable, workedTables } from '../../support/worked-tables.ts'

function poolOf({ agents, rows, weights = {}, priorities = {} }: WorkedTable): Pool {
  const pool = new Pool({
    weights: new Map(Object.entries(weights)),
    priorities: new Map(Object.entries(priorities)),
  })
  for (const [index, resources] of agents.entries()) pool.agent(`a${index}`, resources)
  for (const { name, role = name } of rows) pool.framework(name, { roles: [role] })
  return pool
}

/** Everybody takes one task of each offer, and refuses what has no room, until nothing changes. */
function fill(pool: Pool, table: WorkedTable): Record<string, number> {
  const tasks = Object.fromEntries(table.rows.map(({ name }) => [name, 0]))
  for (;;) {
    const round = pool.round()
    const allocations = policyOf(table).allocate(round)
    pool.ledger.seed = round.seed
    if (allocations.length === 0) return tasks
    for (const { frameworkId, role, agentId, resources } of allocations) {
      const row = table.rows.find(({ name }) => name === frameworkId)
      if (row === undefined) throw new Error(`${frameworkId} is not in the table`)
      if (contains(resources, toQuantities(row.demand))) {
        pool.give({ to: frameworkId, on: agentId, resources: row.demand }, role)
        tasks[frameworkId] = (tasks[frameworkId] ?? 0) + 1
      } else {
        const until = Number.POSITIVE_INFINITY
        pool.refuse(pool.client(frameworkId, role), agentId, resources, until)
      }
    }
  }
}

test.each(workedTables)('Worked tables, the policy alone: $title', (table) => {
  const expected = Object.fromEntries(table.rows.map(({ name, tasks }) => [name, tasks]))
  expect(fill(poolOf(table), table)).toEqual(expected)
})

test('Worked example of the architecture page: what framework 1 leaves goes to framework 2', () => {
  const pool = new Pool()
  pool.agent('agent-1', { cpus: 4, mem: 4_096 })
  pool.framework('F1')
  const [whole] = drfPolicy.allocate(pool.round()).map(partOf)
  expect(whole).toEqual({ to: 'F1', on: 'agent-1', resources: { cpus: 4, mem: 4_096 } })
  pool.give({ to: 'F1', on: 'agent-1', resources: { cpus: 2, mem: 1_024 } })
  pool.give({ to: 'F1', on: 'agent-1', resources: { cpus: 1, mem: 2_048 } })
  pool.framework('F2')
  expect(drfPolicy.allocate(pool.round()).map(partOf)).toEqual([
    { to: 'F2', on: 'agent-1', resources: { cpus: 1, mem: 1_024 } },
  ])
})
