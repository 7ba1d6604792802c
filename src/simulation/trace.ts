import { createHash } from 'node:crypto'
import type { Happening, Timed } from './happenings.ts'

/** So many of the last happenings are kept, to be shown. */
const keptMax = 400

/** Text is handed to the hash in pieces of this length: one by one costs more than the hashing. */
const pieceLength = 65_536

/**
 * Writes down what happens: every delivered message and every timer goes into the hash, so that
 * two runs with the same hash were the same run.
 */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #kept: (Timed | undefined)[] = []
  #pieces: string[] = []
  #length = 0
  #next = 0
  #digest: string | undefined
  /** How often what happened: `delivered`, `fired`, `lost`, `fault`, … */
  readonly counts = new Map<string, number>()

  readonly note = (happening: Happening, atMs: number): void => {
    this.counts.set(happening.type, (this.counts.get(happening.type) ?? 0) + 1)
    // What is shown follows from what was delivered.
    if (happening.type === 'sent' || happening.type === 'shown') return
    this.#write(`${atMs} ${lineOf(happening)}\n`)
    if (happening.type === 'fired') return
    this.#kept[this.#next++ % keptMax] = { atMs, happening }
  }

  /** The last happenings besides timers, oldest first. */
  last(count = keptMax): Timed[] {
    const start = Math.max(0, this.#next - Math.min(count, keptMax))
    return Array.from({ length: this.#next - start }, (_, index) => {
      return this.#kept[(start + index) % keptMax]
    }).filter((timed) => timed !== undefined)
  }

  /** SHA-256 of all of it, in hexadecimal. Nothing can be noted after that. */
  digest(): string {
    if (this.#digest === undefined) {
      this.#flush()
      this.#digest = this.#hash.digest('hex')
    }
    return this.#digest
  }

  #write(line: string): void {
    this.#pieces.push(line)
    this.#length += line.length
    if (this.#length >= pieceLength) this.#flush()
  }

  #flush(): void {
    this.#hash.update(this.#pieces.join(''))
    this.#pieces = []
    this.#length = 0
  }
}

function lineOf(happening: Happening): string {
  switch (happening.type) {
    case 'fired':
      return `fired ${happening.by} ${happening.timer}`
    case 'sent':
    case 'delivered':
    case 'lost': {
      const { from, to } = happening.envelope
      return `${happening.type} ${from} ${to} ${happening.number} ${happening.text}`
    }
    default:
      return JSON.stringify(happening)
  }
}
