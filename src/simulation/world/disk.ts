import type { Storage } from '../../actors/ports.ts'
import type { AgentMemory, MasterMemory } from '../../messages/records.ts'
import type { RandomStream } from '../random-stream.ts'
import type { SimulatedProcess } from './process.ts'

/** A write on its way to the disk: what is to be kept by key, and nothing for what is to go. */
type Write = ReadonlyMap<string, string | undefined>

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
  readonly #kept = new Map<string, string>()
  #underway: Write[] = []

  constructor(options: DiskOptions) {
    this.#options = options
  }

  /** The way of a process to keep something here. */
  open(process: SimulatedProcess): Storage {
    return {
      write: (changes, done) => {
        const texts = [...changes].map(([key, value]) => [key, encoded(value)] as const)
        const write: Write = new Map(texts)
        this.#underway.push(write)
        const ms = this.#options.stream.integer(0, this.#options.writeMaxMs())
        const keep = (): void => {
          this.#underway.shift()
          this.#keep(write)
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
    for (const write of this.#underway.slice(0, count)) this.#keep(write)
    this.#underway = []
  }

  /** Nothing is left on it. */
  erase(): void {
    this.#underway = []
    this.#kept.clear()
  }

  /** What an agent left here. */
  agentMemory(): AgentMemory {
    const agent = this.#kept.get('agent')
    return {
      ...(agent !== undefined && { agent: JSON.parse(agent) }),
      frameworks: this.#texts('framework').map((text) => JSON.parse(text)),
      executors: this.#texts('executor').map((text) => JSON.parse(text)),
      tasks: this.#texts('task').map((text) => JSON.parse(text)),
    }
  }

  /** What a master left here. */
  masterMemory(): MasterMemory {
    const singles = ['cluster', 'settings', 'maintenance', 'history'].flatMap((key) => {
      const text = this.#kept.get(key)
      return text === undefined ? [] : [[key, JSON.parse(text)] as const]
    })
    return {
      ...Object.fromEntries(singles),
      agents: this.#texts('agent').map((text) => JSON.parse(text)),
      gone: this.#texts('gone').map((text) => JSON.parse(text)),
    }
  }

  #texts(kind: string): string[] {
    return [...this.#kept].flatMap(([key, text]) => (key.startsWith(`${kind}/`) ? [text] : []))
  }

  #keep(write: Write): void {
    for (const [key, text] of write) {
      if (text === undefined) this.#kept.delete(key)
      else this.#kept.set(key, text)
    }
  }
}

function encoded(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}
