import { type Ending, Host, type HostOptions } from '../actors/host.ts'
import type { Ids, Link, Volumes } from '../actors/ports.ts'
import type { Roles } from '../actors/roles.ts'
import { type AgentInfo, MASTER } from '../messages/index.ts'
import type { AgentOptions } from '../model/agent/book.ts'
import type { AgentEffect, VolumesChanged } from '../model/agent/step.ts'
import { assert } from '../model/assert.ts'
import type { Timeouts } from '../model/timeouts.ts'
import { Launcher, type LauncherOptions } from './launcher.ts'
import { messageOf } from './sentences.ts'

type VolumesEffect = Extract<AgentEffect, { type: 'createVolumes' | 'destroyVolumes' }>

export interface LocalAgentParts {
  readonly roles: Roles
  readonly host: Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'>
  readonly info: AgentInfo
  readonly ids: Ids
  readonly timeouts: Timeouts
  readonly runners: LauncherOptions['runners']
  readonly volumes: Volumes
  /** The way to the master, when that is in another process. */
  readonly link?: Link
}

/** An agent inside this process, with the executors it launches. */
export class LocalAgent {
  readonly info: AgentInfo
  /** Resolves when the master knows the agent. */
  readonly registered: Promise<void>
  /** Resolves when its actor has ended, asked or not. */
  readonly ended: Promise<Ending>
  readonly #host: Host
  readonly #launcher: Launcher
  readonly #volumes: Volumes
  /** Data that is being removed. */
  readonly #removals = new Set<Promise<void>>()

  constructor(parts: LocalAgentParts) {
    const { roles, host, info, ids, timeouts, runners, volumes, link } = parts
    const address = `agent/${info.hostname}`
    this.info = info
    this.#volumes = volumes
    this.#launcher = new Launcher({
      agent: address,
      ids,
      timeouts,
      host: { ...host, role: roles.executor },
      runners,
      volumes,
    })
    const input: AgentOptions = { address, info, timeouts, instance: ids.uuid(), seed: ids.seed() }
    let hasEnded = (_ending: Ending): void => {}
    this.ended = new Promise((resolve) => {
      hasEnded = resolve
    })
    this.#host = new Host({
      ...host,
      role: roles.agent,
      address,
      input,
      watchers: [MASTER],
      perform: (_type, params) => this.#perform(params),
      onEnd: (ending) => {
        hasEnded(ending)
        stopListening?.()
        if (ending.how !== 'done') void this.#launcher.close()
      },
    })
    const stopListening = link?.watch(address, {
      opened: () => this.#host.post({ type: 'link.opened' }),
      closed: () => this.#host.post({ type: 'link.closed' }),
    })
    this.registered = this.#host.when((snapshot) => snapshot.matches('registered'))
    this.#host.start()
  }

  get hasEnded(): boolean {
    return this.#host.ended
  }

  /**
   * Leaves the cluster in good order, what still runs within the grace given; resolves when
   * nothing of it is left.
   */
  async stop(graceMs?: number): Promise<void> {
    this.#host.post({ type: 'agent.stop', ...(graceMs !== undefined && { graceMs }) })
    await this.#host.when(() => false)
    await Promise.all([this.#launcher.close(), ...this.#removals])
  }

  #perform(params: unknown): void {
    assert(isAgentEffect(params), () => `an agent asks for ${JSON.stringify(params)}`)
    switch (params.type) {
      case 'launchExecutor':
        return this.#launcher.launch(params)
      case 'destroyExecutor':
        return this.#launcher.destroy(params.address)
      case 'createVolumes':
        return this.#create(params)
      case 'destroyVolumes':
        return this.#destroy(params)
    }
  }

  /** At once, because the tasks that use them follow. */
  #create({ operationNumber, volumes }: VolumesEffect): void {
    try {
      this.#volumes.create(volumes)
      this.#answer({ operationNumber })
    } catch (error) {
      this.#answer({ operationNumber, problem: messageOf(error) })
    }
  }

  #destroy({ operationNumber, volumes }: VolumesEffect): void {
    const removal = this.#volumes
      .destroy(volumes)
      .then(
        () => this.#answer({ operationNumber }),
        (error: unknown) => this.#answer({ operationNumber, problem: messageOf(error) }),
      )
      .finally(() => this.#removals.delete(removal))
    this.#removals.add(removal)
  }

  #answer(changed: VolumesChanged): void {
    this.#host.post({ type: 'volumes.changed', ...changed })
  }
}

function isAgentEffect(params: unknown): params is AgentEffect {
  return typeof params === 'object' && params !== null && 'type' in params
}
