import type { Happening } from '../happenings.ts'
import { Listeners } from '../listeners.ts'
import { properties } from '../properties/index.ts'
import type { ObservedMachine, Observer, View } from '../properties/property.ts'
import type { ScenarioMachine } from './machine.ts'
import type { Stage } from './stage.ts'

/** A script may break it on purpose: it is about the network, not about those who use it. */
const ofTheNetwork = 'safety-pairs-keep-order'

/** Holds a scenario to every promise that must never be broken. */
export class Promises {
  readonly #stage: Stage
  readonly #observers: readonly Observer[]
  readonly #listeners: Listeners
  readonly #told = new Set<string>()

  constructor(stage: Stage) {
    this.#stage = stage
    const view = viewOf(stage)
    const held = properties
      .filter(({ name }) => name.startsWith('safety-') && name !== ofTheNetwork)
      .map(({ name, hears, observe }) => ({
        hears,
        observer: observe(view, (sentence) => this.#report(name, sentence)),
      }))
    this.#observers = held.map(({ observer }) => observer)
    this.#listeners = new Listeners(
      held.map(({ hears, observer }) => ({
        hears,
        hear: (happening) => observer.happened?.(happening),
      })),
    )
  }

  happened(happening: Happening): void {
    this.#listeners.hear(happening)
  }

  masterStepped(): void {
    for (const observer of this.#observers) observer.masterStepped?.()
  }

  /** Each sentence is said once, however long it stays true. */
  #report(property: string, sentence: string): void {
    if (this.#told.has(`${property} ${sentence}`)) return
    this.#told.add(`${property} ${sentence}`)
    this.#stage.journal.violation(property, sentence)
  }
}

function viewOf(stage: Stage): View {
  return {
    get now() {
      return stage.clock.now()
    },
    get ledger() {
      return stage.ledger
    },
    get timeouts() {
      return stage.timeouts
    },
    tenants: [],
    get machines() {
      return [...stage.machines.values()].map(observed)
    },
    machineAt: (hostname) => {
      const machine = stage.machines.get(hostname)
      return machine && observed(machine)
    },
  }
}

function observed({ info, running, hasDisk }: ScenarioMachine): ObservedMachine {
  return { hostname: info.hostname, resources: info.resources, running, hasDisk }
}
