import { Host, type HostOptions } from '../actors/host.ts'
import type { Ids } from '../actors/ports.ts'
import type { Roles } from '../actors/roles.ts'
import { Launcher, type LauncherOptions } from '../executors/launcher.ts'
import { type AgentInfo, MASTER } from '../messages/index.ts'
import type { AgentOptions } from '../model/agent/book.ts'
import type { AgentEffect } from '../model/agent/step.ts'
import { assert } from '../model/assert.ts'
import type { Timeouts } from '../model/timeouts.ts'

export interface LocalAgentParts {
  readonly roles: Roles
  readonly host: Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'>
  readonly info: AgentInfo
  readonly ids: Ids
  readonly timeouts: Timeouts
  readonly runners: LauncherOptions['runners']
}

/** An agent inside this process, with the executors it launches. */
export class LocalAgent {
  readonly info: AgentInfo
  /** Resolves when the master knows the agent. */
  readonly registered: Promise<void>
  readonly #host: Host
  readonly #launcher: Launcher

  constructor(parts: LocalAgentParts) {
    const { roles, host, info, ids, timeouts, runners } = parts
    const address = `agent/${info.hostname}`
    this.info = info
    this.#launcher = new Launcher({
      agent: address,
      ids,
      timeouts,
      host: { ...host, role: roles.executor },
      runners,
    })
    const input: AgentOptions = { address, info, timeouts, instance: ids.uuid(), seed: ids.seed() }
    this.#host = new Host({
      ...host,
      role: roles.agent,
      address,
      input,
      watchers: [MASTER],
      perform: (_type, params) => this.#perform(params),
      onEnd: ({ how }) => {
        if (how !== 'done') void this.#launcher.close()
      },
    })
    this.registered = this.#host.when((snapshot) => snapshot.matches('registered'))
    this.#host.start()
  }

  /**
   * Leaves the cluster in good order, what still runs within the grace given; resolves when
   * nothing of it is left.
   */
  async stop(graceMs?: number): Promise<void> {
    this.#host.post({ type: 'agent.stop', ...(graceMs !== undefined && { graceMs }) })
    await this.#host.when(() => false)
    await this.#launcher.close()
  }

  #perform(params: unknown): void {
    assert(isAgentEffect(params), () => `an agent asks for ${JSON.stringify(params)}`)
    if (params.type === 'launchExecutor') this.#launcher.launch(params)
    else this.#launcher.destroy(params.address)
  }
}

function isAgentEffect(params: unknown): params is AgentEffect {
  return typeof params === 'object' && params !== null && 'address' in params
}
