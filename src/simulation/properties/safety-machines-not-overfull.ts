import type { Resources } from '../../messages/index.ts'
import { addTo, contains, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import type { Property } from './property.ts'

/** What really runs on a machine fits on it, whatever the books say and whoever was told what. */
export const machinesNotOverfull: Property = {
  name: 'safety-machines-not-overfull',
  promise: 'the work that goes on at a machine needs no more than it has, and no port twice',
  hears: ['work.began'],
  observe: (view, report) => ({
    happened: (happening) => {
      if (happening.type !== 'work.began') return
      const machine = view.machines.find(({ hostname }) => hostname === happening.hostname)
      if (machine === undefined) return
      const problem = problemWith(machine.resources, machine.running)
      if (problem !== undefined) report(`${machine.hostname}: ${problem}`)
    },
  }),
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
