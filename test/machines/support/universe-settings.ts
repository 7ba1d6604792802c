import { joins, run } from './told-master.ts'
import { scripted, when, world } from './universe-master.ts'

/** What an operator says about sharing, well and badly, while an offer is out. */
export const settings = world((book) =>
  scripted(
    [
      { done: book.nextFramework > 0, event: joins.one },
      { done: book.nextAgent > 0, event: joins.agent },
    ],
    () => [
      ...when(book.nextOffer < 2, run),
      { type: 'allocation.updateWeights', from: 'operator', weights: { one: 2 }, requestId: '1' },
      { type: 'allocation.updatePriorities', from: 'operator', priorities: { one: 2 } },
      {
        type: 'allocation.updateQuotas',
        from: 'operator',
        quotas: [{ role: 'one', limits: { cpus: 1 } }],
        requestId: '2',
      },
      { type: 'allocation.updateWhitelist', from: 'operator', hostnames: ['nowhere'] },
      { type: 'allocation.updateWhitelist', from: 'operator' },
      { type: 'allocation.updateWeights', from: 'operator', weights: { one: -1 }, requestId: '3' },
    ],
  ),
)
