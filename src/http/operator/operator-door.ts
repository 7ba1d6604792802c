import type { Envelope } from '../../messages/index.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import { withCallback } from '../server/callbacks.ts'
import type { Route } from '../server/route.ts'
import { apiRoute } from './api.ts'
import { fileRoutes } from './files.ts'
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
  readonly #messages = new MessageCounts()

  constructor(ports: Omit<OperatorPorts, 'history'>, options: HistoryOptions = {}) {
    this.history = new History(ports.ledger, ports.clock, options)
    const behind: OperatorPorts = {
      ...ports,
      history: this.history,
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
  }

  /** Takes note of a message on its way, for the metrics. */
  readonly note = (envelope: Envelope): void => this.#messages.note(envelope)

  /** Ends all streams. */
  close(): void {
    this.#subscribers.close()
  }
}
