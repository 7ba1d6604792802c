import type { Envelope, Resources } from '../../messages/index.ts'
import { addTo, contains, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import type { Property } from './property.ts'

/**
 * What really runs on a machine fits on it, whatever the books say and whoever was told what. Only
 * tasks of a framework that is gone are not counted: as in Mesos they are ended without a word, so
 * that nobody knows when they have.
 */
export const machinesNotOverfull: Property = {
  name: 'safety-machines-not-overfull',
  promise: 'the work that goes on at a machine needs no more than it has, and no port twice',
  hears: ['work.began', 'task.launch', 'lifecycle.shutdownFramework'],
  observe: (view, report) => {
    const owners = new Owners()
    return {
      happened: (happening) => {
        if (happening.type === 'sent') owners.note(happening.envelope)
        if (happening.type !== 'work.began') return
        const machine = view.machineAt(happening.hostname)
        if (machine === undefined) return
        const { hostname, resources, running } = machine
        const counted = running.filter(({ taskId }) => !owners.isGone(`agent/${hostname}`, taskId))
        const problem = problemWith(resources, counted)
        if (problem !== undefined) report(`${hostname}: ${problem}`)
      },
    }
  },
}

/** Whose tasks were launched where, and which frameworks are gone. */
class Owners {
  readonly #owners = new Map<string, string>()
  readonly #gone = new Set<string>()

  note({ to, message }: Envelope): void {
    if (message.type === 'lifecycle.shutdownFramework') this.#gone.add(message.frameworkId)
    if (message.type !== 'task.launch' || !('frameworkId' in message)) return
    for (const { taskId } of message.tasks) this.#owners.set(`${to} ${taskId}`, message.frameworkId)
  }

  isGone(agent: string, taskId: string): boolean {
    return this.#gone.has(this.#owners.get(`${agent} ${taskId}`) ?? '')
  }
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
