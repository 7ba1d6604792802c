import type { SandboxPlace, SandboxRegistry } from '../../actors/ports.ts'
import type { Envelope } from '../../messages/index.ts'
import type { AgentBook } from '../../model/agent/book.ts'
import type { AgentReport } from '../../model/agent/step.ts'
import { withCallback } from '../server/callbacks.ts'
import type { Route } from '../server/route.ts'
import { apiRoute } from './api.ts'
import { MessageCounts } from './message-counts.ts'
import { AgentPast } from './past.ts'
import { plainRoutes } from './plain-routes.ts'
import type { AgentPorts } from './ports.ts'
import { Sandboxes } from './sandboxes.ts'

/** Where operators are answered by an agent, and the history behind it. */
export class AgentOperatorDoor {
  readonly routes: readonly Route[]
  readonly sandboxes: SandboxRegistry
  readonly #past: AgentPast
  readonly #messages: MessageCounts

  constructor(ports: Omit<AgentPorts, 'past' | 'sandboxes' | 'counted'>, workDir: string) {
    this.#past = new AgentPast((id) => ports.book().frameworks.has(id))
    const sandboxes = new Sandboxes(workDir, (place) => isKnown(ports.book(), place))
    this.sandboxes = sandboxes
    this.#messages = new MessageCounts(ports.book)
    const counted = () => this.#messages.metrics
    const behind: AgentPorts = { ...ports, past: this.#past, sandboxes, counted }
    this.routes = [apiRoute(behind), ...plainRoutes(behind).map(withCallback)]
  }

  /** Takes what the agent forgets. */
  readonly take = (report: AgentReport): void => this.#past.take(report)

  /** Takes note of a message on its way, for the metrics. */
  readonly note = (envelope: Envelope): void => this.#messages.note(envelope)
}

/** Whether an agent still has the executor, the run of it or the task, whichever is named. */
function isKnown({ frameworks }: AgentBook, place: SandboxPlace): boolean {
  const { frameworkId, executorId, containerId, taskId } = place
  const framework = frameworks.get(frameworkId)
  if (taskId !== undefined) return framework?.tasks.has(taskId) ?? false
  const executor = framework?.executors.get(executorId)
  if (executor === undefined || containerId === undefined) return executor !== undefined
  return (executor.containerId ?? '') === containerId
}
