import type { Happening } from './happenings.ts'
import type { Hears } from './properties/property.ts'

export interface Listener {
  /** Nothing: it hears everything. */
  readonly hears: Hears | undefined
  hear(happening: Happening): void
}

/** Tells each happening only to those who want to hear of its type. */
export class Listeners {
  readonly #all: readonly Listener[]
  readonly #of = new Map<string, readonly Listener[]>()

  constructor(all: readonly Listener[]) {
    this.#all = all
  }

  hear(happening: Happening): void {
    const type = 'envelope' in happening ? happening.envelope.message.type : happening.type
    const listeners = this.#of.get(type) ?? this.#find(type)
    for (const listener of listeners) listener.hear(happening)
  }

  #find(type: NonNullable<Hears>[number]): readonly Listener[] {
    const found = this.#all.filter(({ hears }) => hears === undefined || hears.includes(type))
    this.#of.set(type, found)
    return found
  }
}
