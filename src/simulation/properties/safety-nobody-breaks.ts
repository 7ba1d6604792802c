import type { Property } from './property.ts'

/** What only a bug can cause. */
const forbidden: ReadonlySet<string> = new Set(['message.unexpected', 'allocation.rejected'])

/** Faults are no excuse: actors neither crash nor hear what they do not expect. */
export const nobodyBreaks: Property = {
  name: 'safety-nobody-breaks',
  promise: 'no actor crashes, is refused, or hears a message that it does not expect',
  hears: ['broken', 'marked'],
  observe: (_view, report) => ({
    happened: (happening) => {
      if (happening.type === 'broken') report(`${happening.by} ended: ${happening.reason}`)
      if (happening.type === 'marked' && forbidden.has(happening.name)) {
        report(`${happening.name} at ${happening.by}: ${happening.detail}`)
      }
    },
  }),
}
