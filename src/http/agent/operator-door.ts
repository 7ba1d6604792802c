import type { SandboxRegistry } from '../../actors/ports.ts'
import type { AgentReport } from '../../model/agent/step.ts'
import { withCallback } from '../server/callbacks.ts'
import type { Route } from '../server/route.ts'
import { apiRoute } from './api.ts'
import { AgentPast } from './past.ts'
import { plainRoutes } from './plain-routes.ts'
import type { AgentPorts } from './ports.ts'
import { Sandboxes } from './sandboxes.ts'

/** Where operators are answered by an agent, and the history behind it. */
export class AgentOperatorDoor {
  readonly routes: readonly Route[]
  readonly sandboxes: SandboxRegistry
  readonly #past = new AgentPast()

  constructor(ports: Omit<AgentPorts, 'past' | 'sandboxes'>, workDir: string) {
    const sandboxes = new Sandboxes(workDir)
    this.sandboxes = sandboxes
    const behind: AgentPorts = { ...ports, past: this.#past, sandboxes }
    this.routes = [apiRoute(behind), ...plainRoutes(behind).map(withCallback)]
  }

  /** Takes what the agent forgets. */
  readonly take = (report: AgentReport): void => this.#past.take(report)
}
