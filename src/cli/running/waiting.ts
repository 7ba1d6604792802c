import type { Explanation, WaitingExplanation } from '../../cluster/explain.ts'
import type { Resources } from '../../messages/index.ts'
import { describeResources } from '../../model/resources/describe.ts'

/** Who waits for less is just in a queue. */
const patienceMs = 5_000
const lookEveryMs = 1_000
/** Explaining many shapes on many agents takes its time: most of it belongs to the cluster. */
const restPerLook = 20

export interface WaitingParts {
  explain(): Explanation
  /** Milliseconds since the epoch, as in explanations. */
  now(): number
}

/** Jobs of one shape that wait while none of them starts. */
export interface StuckJobs {
  /** `ads/train-4 waits`, `ads/train-4 and 2 more wait`. */
  readonly who: string
  /** Why, in one sentence. */
  readonly why: string
}

/**
 * Finds the jobs that have waited for some seconds while none of their shape was started, and asks
 * the cluster why: at most once a second, however often it is asked itself.
 */
export class Waiting {
  readonly #parts: WaitingParts
  readonly #startedAtMs = new Map<string, number>()
  readonly #told = new Map<string, Set<string>>()
  #stuck: readonly WaitingExplanation[] = []
  #nextLookMs = 0

  constructor(parts: WaitingParts) {
    this.#parts = parts
    this.#nextLookMs = parts.now() + patienceMs
  }

  /** A job of this shape was launched: those behind it are not stuck. */
  noteStart(framework: string, resources: Resources): void {
    this.#startedAtMs.set(shapeOf(framework, resources), this.#parts.now())
  }

  /** All that are stuck now. */
  all(): StuckJobs[] {
    this.#look()
    return this.#stuck.map(sentenceOf)
  }

  /** Those that became stuck, or are so for another kind of reason than were told before. */
  news(): StuckJobs[] {
    this.#look()
    const news = this.#stuck.filter(({ framework, demand, why }) => {
      const shape = shapeOf(framework, demand)
      const told = this.#told.get(shape) ?? new Set()
      this.#told.set(shape, told)
      const kind = kindOf(why)
      return !told.has(kind) && told.add(kind)
    })
    return news.map(sentenceOf)
  }

  #look(): void {
    const now = this.#parts.now()
    if (now < this.#nextLookMs) return
    const { waiting } = this.#parts.explain()
    this.#nextLookMs = now + Math.max(lookEveryMs, (this.#parts.now() - now) * restPerLook)
    this.#stuck = waiting.filter(({ framework, demand, queuedAtMs }) => {
      const startedAtMs = this.#startedAtMs.get(shapeOf(framework, demand)) ?? 0
      return now - Math.max(queuedAtMs, startedAtMs) > patienceMs
    })
  }
}

function sentenceOf({ framework, jobs, count, why }: WaitingExplanation): StuckJobs {
  const first = `${framework}/${jobs[0] ?? ''}`
  return { who: count === 1 ? `${first} waits` : `${first} and ${count - 1} more wait`, why }
}

function shapeOf(framework: string, resources: Resources): string {
  return `${framework} ${describeResources(resources)}`
}

/** A sentence without what changes from second to second: numbers, and all after its first part. */
function kindOf(why: string): string {
  const [part = ''] = why.split(/[,;:]/, 1)
  return part.replaceAll(/\d+(?:\.\d+)?/g, '#')
}
