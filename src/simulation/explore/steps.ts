import type { Envelope } from '../../messages/index.ts'
import { actionOf } from './actions.ts'
import type { Layout } from './layout.ts'
import type { Rules } from './rules.ts'

/** One step of a way through the world, for people. */
export type ExploredStep =
  | { readonly type: 'delivered' | 'lost' | 'duplicated'; readonly envelope: Envelope }
  /** A process did something by itself: `timer offer.expired`, `launches on M-O1`. */
  | { readonly type: 'did'; readonly by: string; readonly what: string }
  | { readonly type: 'crashed'; readonly by: string; readonly isNoticed: boolean }

const fates = { deliver: 'delivered', lose: 'lost', duplicate: 'duplicated' } as const

/** What an action does in a world. */
export function describeStep(layout: Layout, row: Int32Array, code: number): ExploredStep {
  const { name, place, index } = actionOf(code)
  const by = layout.seats[place]?.address ?? ''
  switch (name) {
    case 'move':
    case 'early': {
      const text = layout.glance(row, place).moves[index]?.text ?? ''
      return { type: 'did', by, what: name === 'early' ? `${text} (early)` : text }
    }
    case 'crash':
      return { type: 'crashed', by, isNoticed: index === 1 }
    default: {
      const envelope = layout.parts.messages.get(layout.laneOf(row, place)[0] ?? 0)
      return { type: fates[name], envelope }
    }
  }
}

/** Follows actions from a world on. */
export function follow(rules: Rules, start: Int32Array, codes: readonly number[]): ExploredStep[] {
  let row = start
  return codes.map((code) => {
    const step = describeStep(rules.layout, row, code)
    row = rules.take(row, code).row.slice()
    return step
  })
}
