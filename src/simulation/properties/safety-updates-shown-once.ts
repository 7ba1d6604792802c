import type { Property } from './property.ts'

/** A new instance of a scheduler has not seen what the one before it saw. */
export const updatesShownOnce: Property = {
  name: 'safety-updates-shown-once',
  promise: 'a scheduler shows its owner each update once, however often it arrives',
  hears: ['shown'],
  observe: (_view, report) => {
    const shown = new Set<string>()
    return {
      happened: (happening) => {
        if (happening.type !== 'shown') return
        const { to, instance, status } = happening
        const { uuid, taskId, state } = status
        if (uuid === undefined) return
        const key = `${to} ${instance} ${uuid}`
        if (shown.has(key)) report(`${to} is shown twice that ${taskId} is ${state}`)
        shown.add(key)
      },
    }
  },
}
