import type { Storage } from '../../actors/ports.ts'
import type { AgentMemory, MasterMemory } from '../../messages/records.ts'
import { type EncodedChanges, encoded, Texts } from '../../storage/texts.ts'
import type { RandomStream } from '../random-stream.ts'
import type { SimulatedProcess } from './process.ts'

export interface DiskOptions {
  readonly stream: RandomStream
  /** How long a write may take, in milliseconds, at present. */
  readonly writeMaxMs: () => number
}

/**
 * The disk of one machine. What was written is there for the next life of its agent or master; of
 * writes that were on their way when its process died, any number may be there, in order.
 */
export class SimulatedDisk {
  readonly #options: DiskOptions
  readonly #texts = new Texts()
  #underway: EncodedChanges[] = []

  constructor(options: DiskOptions) {
    this.#options = options
  }

  /** The way of a process to keep something here. */
  open(process: SimulatedProcess): Storage {
    return {
      write: (changes, done) => {
        const write = encoded(changes)
        this.#underway.push(write)
        const ms = this.#options.stream.integer(0, this.#options.writeMaxMs())
        const keep = (): void => {
          this.#underway.shift()
          this.#texts.apply(write)
          done()
        }
        if (ms === 0) process.soon(keep)
        else process.setTimer(keep, ms)
      },
      close: async () => {},
    }
  }

  /** Its process is dead: some of what it was writing is there, and the rest is lost. */
  settle(): void {
    const count = this.#options.stream.integer(0, this.#underway.length)
    for (const write of this.#underway.slice(0, count)) this.#texts.apply(write)
    this.#underway = []
  }

  /** Nothing is left on it. */
  erase(): void {
    this.#underway = []
    this.#texts.clear()
  }

  /**
   * What an agent left here. It is not checked as a real one is: to compile the checks would take
   * as long as to play a small world.
   */
  agentMemory(): AgentMemory {
    const agent = this.#texts.get('agent')
    return {
      ...(agent !== undefined && { agent: JSON.parse(agent) }),
      frameworks: this.#texts.under('framework').map((text) => JSON.parse(text)),
      executors: this.#texts.under('executor').map((text) => JSON.parse(text)),
      tasks: this.#texts.under('task').map((text) => JSON.parse(text)),
    }
  }

  /** What a master left here. */
  masterMemory(): MasterMemory {
    const singles = ['cluster', 'settings', 'maintenance', 'history'].flatMap((key) => {
      const text = this.#texts.get(key)
      return text === undefined ? [] : [[key, JSON.parse(text)] as const]
    })
    return {
      ...Object.fromEntries(singles),
      agents: this.#texts.under('agent').map((text) => JSON.parse(text)),
      gone: this.#texts.under('gone').map((text) => JSON.parse(text)),
    }
  }
}
