import type { Property } from './property.ts'

/** The promise of every transport: a later message of a pair never arrives first, nor one twice. */
export const pairsKeepOrder: Property = {
  name: 'safety-pairs-keep-order',
  promise:
    'per ordered pair of addresses messages arrive in the order of their sending, at most once',
  observe: (_view, report) => {
    const last = new Map<string, Map<string, number>>()
    return {
      happened: (happening) => {
        if (happening.type !== 'delivered') return
        const { envelope, number } = happening
        const { from, to, message } = envelope
        const numbers = last.get(from) ?? new Map<string, number>()
        if (numbers.size === 0) last.set(from, numbers)
        const before = numbers.get(to) ?? -1
        if (number <= before) {
          report(`${from} → ${to}: ${message.type} (${number}) arrives after number ${before}`)
        }
        numbers.set(to, Math.max(before, number))
      },
    }
  },
}
