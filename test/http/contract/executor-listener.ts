import { RecordDecoder } from '../../../src/http/wire/record-io.ts'
import { until } from '../../executors/harness.ts'
import { difference, isLike, type Names } from './matching.ts'

/** The part of an executor that listens. */
export class ExecutorListener {
  readonly #events: unknown[] = []
  readonly #hangUp = new AbortController()

  /** Its agent may not have heard yet that there is to be such an executor. */
  async subscribe(url: string, call: unknown): Promise<void> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
      signal: this.#hangUp.signal,
    }
    for (;;) {
      const response = await fetch(url, init)
      if (response.status === 200) return void this.#listen(response).catch(() => {})
      await response.body?.cancel()
    }
  }

  hangUp(): void {
    this.#hangUp.abort()
  }

  /** Waits for an event like that, and notes down what its names stand for. */
  async hears(pattern: unknown, names: Names): Promise<void> {
    const isMeant = (event: unknown) => isLike(pattern, event, names)
    const event = await until('an event', () => this.#events.find(isMeant))
    difference(pattern, event, names)
  }

  async #listen({ body }: Response): Promise<void> {
    const decoder = new RecordDecoder()
    for await (const chunk of body ?? []) {
      for (const record of decoder.push(chunk)) this.#events.push(JSON.parse(record))
    }
  }
}
