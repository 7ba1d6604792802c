import type { Envelope } from '../../messages/index.ts'
import type { Messages } from './lanes.ts'
import { actionOf, type Rules } from './rules.ts'

/** One step of a way through the world, for people. */
export type ExploredStep =
  | { readonly type: 'delivered' | 'lost' | 'duplicated'; readonly envelope: Envelope }
  /** A process did something by itself: `timer offer.expired`, `launches on M-O1`. */
  | { readonly type: 'did'; readonly by: string; readonly what: string }
  | { readonly type: 'crashed'; readonly by: string; readonly isNoticed: boolean }

const fates = { deliver: 'delivered', lose: 'lost', duplicate: 'duplicated' } as const

/** What an action does in a world. */
export function describeStep(
  rules: Rules,
  messages: Messages,
  row: Int32Array,
  code: number,
): ExploredStep {
  const { name, place, index } = actionOf(code)
  const by = rules.seats[place]?.address ?? ''
  switch (name) {
    case 'move': {
      const move = rules.seats[place]?.glance(row[place] ?? 0).moves[index]
      return { type: 'did', by, what: move?.text ?? '' }
    }
    case 'crash':
      return { type: 'crashed', by, isNoticed: index === 1 }
    default: {
      const envelope = messages.get(rules.laneOf(row, place)[0] ?? 0)
      return { type: fates[name], envelope }
    }
  }
}

/** Follows actions from a world on; throws when one of them cannot be taken there. */
export function follow(
  { rules, messages }: { readonly rules: Rules; readonly messages: Messages },
  start: Int32Array,
  codes: readonly number[],
): { readonly steps: ExploredStep[]; readonly end: Int32Array } {
  let row: Int32Array = start
  const steps = codes.map((code) => {
    const step = describeStep(rules, messages, row, code)
    let after: Int32Array | undefined
    rules.successors(row, (action, next) => {
      if (action === code) after = next.slice()
    })
    if (after === undefined) throw new Error(`${JSON.stringify(step)} cannot happen here`)
    row = after
    return step
  })
  return { steps, end: row }
}
