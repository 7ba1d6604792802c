import { describe, expect, test } from 'vitest'
import { Stage } from '../support/stage.ts'

describe('Quotas that change: offers that a guarantee needs', () => {
  test('are taken back from a role that has more than it is guaranteed', () => {
    const stage = new Stage()
    const operator = stage.mailbox('operator')
    operator.say({
      type: 'allocation.updateQuotas',
      quotas: [{ role: 'rich', guarantees: { cpus: 1 } }],
      force: true,
    })
    stage.agents(4, { cpus: 2 })
    const rich = stage.scheduler('rich')
    expect(rich.offers).toHaveLength(4)
    const poor = stage.scheduler('poor')
    operator.say({
      type: 'allocation.updateQuotas',
      quotas: [{ role: 'poor', guarantees: { cpus: 6 } }],
    })
    stage.settle()
    expect(rich.offers).toHaveLength(1)
    expect(poor.offers).toHaveLength(3)
  })

  test('are left with a role that would fall below what it is guaranteed itself', () => {
    const stage = new Stage()
    stage.agents(2, { cpus: 2 })
    const first = stage.scheduler('first')
    stage.mailbox('operator').say({
      type: 'allocation.updateQuotas',
      quotas: [
        { role: 'first', guarantees: { cpus: 4 } },
        { role: 'second', guarantees: { cpus: 4 } },
      ],
      force: true,
    })
    stage.settle()
    expect(first.offers).toHaveLength(2)
  })
})
