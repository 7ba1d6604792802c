import type { Property } from './property.ts'

/** The promise of every transport: a later message of a pair never arrives first, nor one twice. */
export const pairsKeepOrder: Property = {
  name: 'safety-pairs-keep-order',
  promise:
    'per ordered pair of addresses messages arrive in the order of their sending, at most once',
  observe: (_view, report) => {
    const last = new Map<string, number>()
    return {
      happened: (happening) => {
        if (happening.type !== 'delivered') return
        const { envelope, number } = happening
        const pair = `${envelope.from} → ${envelope.to}`
        const before = last.get(pair) ?? -1
        if (number <= before) {
          report(`${pair}: ${envelope.message.type} (${number}) arrives after number ${before}`)
        }
        last.set(pair, Math.max(before, number))
      },
    }
  },
}
