import type { Answer, Headers } from './route.ts'

/** A request that is refused: with this status and a sentence for whoever made it. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Headers

  constructor(status: number, sentence: string, headers: Headers = {}) {
    super(sentence)
    this.name = 'Refusal'
    this.status = status
    this.headers = headers
  }
}

/** A sentence. */
export function sentence(status: number, body: string, headers: Headers = {}): Answer {
  return { status, headers, body }
}

/** A status says it all. */
export function empty(status: number): Answer {
  return { status }
}

export const jsonHeaders: Headers = { 'content-type': 'application/json' }

/** Data in JSON. */
export function json(value: unknown, status = 200): Answer {
  return { status, headers: jsonHeaders, body: JSON.stringify(value) }
}
