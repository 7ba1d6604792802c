import { MASTER, type Resources } from '../../messages/index.ts'
import { addTo, contains, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { Property } from './property.ts'

/**
 * What really runs on a machine fits on it, whatever the books say. Tasks that their framework was
 * told have ended are not counted, until the master takes them back: on an agent that was given up
 * they may run a little longer.
 */
export const machinesNotOverfull: Property = {
  name: 'safety-machines-not-overfull',
  promise: 'the work that goes on at a machine needs no more than it has, and no port twice',
  observe: (view, report) => {
    const ended = new Set<string>()
    return {
      happened: (happening) => {
        if (happening.type === 'sent' && happening.envelope.from === MASTER) {
          const { to, message } = happening.envelope
          if (message.type !== 'task.update' || !to.startsWith('scheduler/')) return
          for (const update of message.updates) {
            if ('status' in update) continue
            const isOver = isTerminal(update.state) || update.state === 'TASK_UNREACHABLE'
            if (isOver) ended.add(update.taskId)
            else if (update.reason === 'AGENT_REREGISTERED') ended.delete(update.taskId)
          }
        }
        if (happening.type !== 'work.began') return
        const machine = view.machines.find(({ hostname }) => hostname === happening.hostname)
        if (machine === undefined) return
        const parts = machine.running.filter(({ taskId }) => !ended.has(taskId))
        const problem = problemWith(machine.resources, parts)
        if (problem !== undefined) report(`${machine.hostname}: ${problem}`)
      },
    }
  },
}

interface Part {
  readonly taskId: string
  readonly resources: Resources
}

function problemWith(total: Resources, parts: readonly Part[]): string | undefined {
  const sum: Quantities = {}
  const holders = new Map<number, string>()
  for (const { taskId, resources } of parts) {
    const quantities = toQuantities(resources)
    for (const port of portsIn(quantities)) {
      const other = holders.get(port)
      if (other !== undefined) return `port ${port} is used by ${other} and ${taskId}`
      holders.set(port, taskId)
    }
    addTo(sum, quantities)
  }
  if (contains(toQuantities(total), sum)) return undefined
  return `${parts.map(({ taskId }) => taskId).join(', ')} together need more than it has`
}

function portsIn({ ports }: Readonly<Quantities>): number[] {
  if (ports === undefined || typeof ports === 'number') return []
  return ports.flatMap((range) => {
    if (typeof range === 'string') return []
    return Array.from({ length: range[1] - range[0] + 1 }, (_, index) => range[0] + index)
  })
}
