import type { Property } from './property.ts'

/** The point of it all. */
export const allTasksEnd: Property = {
  name: 'liveness-all-tasks-end',
  promise: 'after the last fault every job of every framework comes to its end',
  hears: [],
  observe: (view, report) => ({
    ended: () => {
      for (const { name, open } of view.tenants) {
        if (open.length > 0) report(`${name} still has ${open.join(', ')}`)
      }
    },
  }),
}
