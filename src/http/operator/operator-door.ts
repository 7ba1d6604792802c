import type { Envelope } from '../../messages/index.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import { withCallback } from '../server/callbacks.ts'
import type { Route } from '../server/route.ts'
import { apiRoute } from './api.ts'
import { fileRoutes } from './files.ts'
import type { AnsweredCall } from './framework-counts.ts'
import { History, type HistoryOptions } from './history.ts'
import { MessageCounts } from './message-counts.ts'
import { changeRoutes } from './plain-changes.ts'
import { viewRoutes } from './plain-views.ts'
import type { OperatorPorts } from './ports.ts'
import { Subscribers } from './subscribers.ts'

/** Where operators are answered: the master's own part of its port, and the history behind it. */
export class OperatorDoor {
  readonly history: History
  readonly routes: readonly Route[]
  readonly #subscribers: Subscribers
  readonly #messages: MessageCounts

  constructor(ports: Omit<OperatorPorts, 'history' | 'talk'>, options: HistoryOptions = {}) {
    this.history = new History(ports.ledger, ports.clock, options)
    const { ledger } = ports
    this.#messages = new MessageCounts({ ledger, leaves: this.history.agentCounts.leaves })
    const behind: OperatorPorts = {
      ...ports,
      history: this.history,
      talk: this.#messages.frameworks,
      metrics: () => ({
        ...this.#messages.metrics,
        'master/operator_event_stream_subscribers': this.#subscribers.size,
        ...ports.metrics?.(),
      }),
    }
    this.#subscribers = new Subscribers(behind)
    this.routes = [
      apiRoute(behind, this.#subscribers),
      ...[...viewRoutes(behind), ...changeRoutes(behind), ...fileRoutes()].map(withCallback),
    ]
  }

  /** Takes the master's reports, in order. */
  take(report: MasterReport): void {
    this.history.take(report)
    if (report.type === 'frameworkRemoved') this.#messages.frameworks.forget(report.frameworkId)
  }

  /** Takes note of a message on its way, for the metrics. */
  readonly note = (envelope: Envelope): void => this.#messages.note(envelope)

  /** Takes note of a call that was answered before it reached the master. */
  noteAnswered(frameworkId: string, call: AnsweredCall): void {
    this.#messages.noteAnswered(frameworkId, call)
  }

  /** Ends all streams. */
  close(): void {
    this.#subscribers.close()
  }
}
