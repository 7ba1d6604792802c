import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** What a caller proved to be, for what it asks (Mesos' names of its HTTP realms). */
export type Realm =
  | 'mesos-master-readonly'
  | 'mesos-master-readwrite'
  | 'mesos-master-scheduler'
  | 'mesos-agent-readonly'
  | 'mesos-agent-readwrite'
  | 'mesos-agent-executor'

/** Who calls: the name of a credential, or what a token claims. */
export interface Identity {
  readonly value?: string
  readonly claims?: Readonly<Record<string, string>>
}

/** A request whose caller is known, with its whole body: inflated, and no larger than allowed. */
export interface HttpRequest {
  readonly method: string
  /** That of the route which answers. */
  readonly path: string
  /** What follows it in the path that was asked for: `eng` of `/quota/eng`; mostly nothing. */
  readonly below: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Nothing where nobody has to say who they are. */
  readonly identity: Identity | undefined
  /** Where it comes from, for people: `127.0.0.1:40312`. */
  readonly peer: string
}

export type Headers = Readonly<Record<string, string>>

/** An answer that has an end. A body without a `content-type` is a sentence in plain text. */
export interface Answer {
  readonly status: number
  readonly headers?: Headers
  readonly body?: string | Uint8Array | Readable
}

/** An answer that goes on until somebody ends it. */
export interface Streaming {
  readonly status: 200
  readonly headers: Headers
  /** The head of the answer is on its way, and what is written follows it. */
  readonly opened: (stream: AnswerStream) => void
  /** It is over, whoever ended it; called once, after `opened`, never on the stack of `write`. */
  readonly closed: (reason: string) => void
}

/** The way to whoever reads a streaming answer. */
export interface AnswerStream {
  /** Sends a record as one chunk of its own; those of one turn travel together. */
  write(record: string): void
  /** Ends the answer after what was written. */
  end(): void
}

/** What answers to one path. A `Refusal` or `WireError` that it throws becomes the answer. */
export interface Route {
  readonly path: string
  /** What may follow the path, and is the route's as well; by default nothing. */
  readonly below?: RegExp
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]
  /** Whose credentials it asks for, where any are asked for; without it anybody may call. */
  readonly realm?: Realm
  readonly handle: (request: HttpRequest) => Answer | Streaming | Promise<Answer | Streaming>
}
