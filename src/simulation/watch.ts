import { needsOf } from '../model/resources/amounts.ts'
import type { Happening } from './happenings.ts'
import { type Listener, Listeners } from './listeners.ts'
import type { ObservedMachine, Observer, Property, View } from './properties/property.ts'
import type { AgentMachine } from './world/agent-machine.ts'
import { inPhase } from './world/memory.ts'
import type { World } from './world/world.ts'

/** What was wrong, and when. */
export interface Violation {
  readonly property: string
  readonly atMs: number
  readonly sentence: string
}

/** So many of one property are enough to understand it. */
const perPropertyMax = 3

/** Holds a world to properties: what happens goes in, violations come out. */
export class Watch {
  readonly violations: Violation[] = []
  readonly #observers: readonly Observer[]
  readonly #listeners: Listeners

  constructor(view: View, properties: readonly Property[], listeners: readonly Listener[] = []) {
    const observed = properties.map((property) => {
      const observer = property.observe(view, (sentence) => this.#report(view, property, sentence))
      return { observer, hears: property.hears, hear: (one: Happening) => observer.happened?.(one) }
    })
    this.#observers = observed.map(({ observer }) => observer)
    const hearing = observed.filter(({ observer }) => observer.happened !== undefined)
    this.#listeners = new Listeners([...hearing, ...listeners])
  }

  happened(happening: Happening): void {
    this.#listeners.hear(happening)
  }

  #report(view: View, { name }: Property, sentence: string): void {
    const known = this.violations.filter(({ property }) => property === name)
    if (known.length >= perPropertyMax) return
    this.violations.push({ property: name, atMs: view.now, sentence })
  }

  masterStepped(): void {
    for (const observer of this.#observers) observer.masterStepped?.()
  }

  passed(): void {
    for (const observer of this.#observers) observer.passed?.()
  }

  healed(): void {
    for (const observer of this.#observers) observer.healed?.()
  }

  ended(): void {
    for (const observer of this.#observers) observer.ended?.()
  }
}

/** The world as observers see it; it may be made before the world is. */
export function viewOf(world: () => World): View {
  return {
    get now() {
      return world().now
    },
    get ledger() {
      return world().ledger
    },
    get timeouts() {
      return world().timeouts
    },
    get tenants() {
      return world().tenants.map(({ name, address, memory }) => {
        const [waiting] = inPhase(memory, 'waiting')
        const open = [...memory.jobs.values()].filter(({ phase }) => phase !== 'ended')
        return {
          name,
          address,
          frameworkId: memory.frameworkId,
          needs: waiting && needsOf(waiting.job.id, waiting.job.needs),
          open: open.map(
            ({ taskId, phase, state = 'no state' }) => `${taskId} (${phase}, ${state})`,
          ),
        }
      })
    },
    get machines() {
      return world().agents.map(observed)
    },
    machineAt: (hostname) => {
      const machine = world().agentAt(hostname)
      return machine && observed(machine)
    },
  }
}

function observed({ hostname, info, running, hasDisk }: AgentMachine): ObservedMachine {
  return {
    hostname,
    resources: info.resources,
    hasDisk,
    get running() {
      return [...running.values()]
    },
  }
}
