import type { Property } from './property.ts'

/** Work that no book has uses a machine for nobody, for ever. */
export const noStrayWork: Property = {
  name: 'liveness-no-stray-work',
  promise:
    'when all is over no work goes on that the master does not know, and no book waits for it',
  hears: [],
  observe: (view, report) => ({
    ended: () => {
      const known = new Set(
        [...view.ledger.frameworks.values()].flatMap(({ tasks }) => [...tasks.keys()]),
      )
      const running = new Set<string>()
      for (const machine of view.machines) {
        for (const { taskId } of machine.running) {
          running.add(taskId)
          if (!known.has(taskId))
            report(`${taskId} runs on ${machine.hostname}, unknown to the master`)
        }
      }
      for (const taskId of known) {
        if (!running.has(taskId)) report(`${taskId} is in the master's book, but runs nowhere`)
      }
    },
  }),
}
