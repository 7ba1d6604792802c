import { type Ending, Host, type HostOptions } from '../actors/host.ts'
import type { ExecutorUsage, Ids, Link, Storage, Survivors, Volumes } from '../actors/ports.ts'
import type { Roles } from '../actors/roles.ts'
import { type Address, type AgentInfo, MASTER } from '../messages/index.ts'
import type { AgentMemory } from '../messages/records.ts'
import type { AgentBook, AgentOptions } from '../model/agent/book.ts'
import { agentRecord } from '../model/agent/keep.ts'
import { problemWithReturn } from '../model/agent/recovery.ts'
import type { AgentEffect, AgentReport, VolumesChanged } from '../model/agent/step.ts'
import { assert } from '../model/assert.ts'
import { StorageError } from '../model/errors.ts'
import { volumesIn } from '../model/resources/volumes.ts'
import type { Timeouts } from '../model/timeouts.ts'
import type { ForkServer } from './fork-server.ts'
import { Launcher, type LauncherOptions } from './launcher.ts'
import type { ProcessMeter } from './process-meter.ts'
import { messageOf } from './sentences.ts'
import type { TreeReaper } from './tree-reaper.ts'

type VolumesEffect = Extract<AgentEffect, { type: 'createVolumes' | 'destroyVolumes' }>

export interface LocalAgentParts {
  readonly roles: Roles
  readonly host: Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'>
  readonly info: AgentInfo
  readonly ids: Ids
  readonly timeouts: Timeouts
  readonly runners: LauncherOptions['runners']
  readonly volumes: Volumes
  readonly programs?: LauncherOptions['programs']
  readonly sandboxes?: LauncherOptions['sandboxes']
  readonly users?: LauncherOptions['users']
  /** Measures what its executors use. */
  readonly meter?: ProcessMeter | undefined
  /** Hears what the agent forgets. */
  readonly onReport?: ((report: AgentReport) => void) | undefined
  /** The way to the master, when that is in another process. */
  readonly link?: Link
  /** What forks for its commands, if anything does; it may do so for others, too. */
  readonly forks?: ForkServer
  /** Find what ended tasks may have left. */
  readonly reapers?: readonly TreeReaper[]
  /** Work that outlives the process of this agent, if any does. */
  readonly survivors?: Survivors
  /** What its earlier life left, and where to keep what the next one is to know. */
  readonly past?: AgentPast
}

export interface AgentPast {
  readonly storage: Storage
  readonly memory: AgentMemory
  /** The run of the machine's operating system, where that is known. */
  readonly bootId?: string
  /** How many records of it could not be read. */
  readonly damaged?: number
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
  readonly #past: AgentPast | undefined
  readonly #survivors: Survivors | undefined
  readonly #forks: ForkServer | undefined
  readonly #reapers: readonly TreeReaper[]
  readonly #onReport: ((report: AgentReport) => void) | undefined
  readonly #meter: ProcessMeter | undefined
  /** What is being removed: data, and processes that nobody knows any more. */
  readonly #removals = new Set<Promise<void>>()

  constructor(parts: LocalAgentParts) {
    const { roles, host, ids, timeouts, volumes, programs, link, past, survivors } = parts
    const info = past === undefined ? parts.info : returning(parts.info, past, volumes)
    const address = addressOf(info)
    this.info = info
    this.#volumes = volumes
    this.#past = past
    this.#survivors = survivors
    this.#forks = parts.forks
    this.#reapers = parts.reapers ?? []
    this.#meter = parts.meter
    this.#launcher = new Launcher({
      agent: address,
      endpoint: info.endpoint,
      ids,
      timeouts,
      host: { ...host, role: roles.executor },
      volumes,
      ...(programs && { programs }),
      ...launching(parts),
    })
    this.#onReport = parts.onReport
    const input: AgentOptions = {
      address,
      info,
      timeouts,
      instance: ids.uuid(),
      seed: ids.seed(),
      ...(past && { memory: past.memory, bootId: past.bootId }),
    }
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
      ...(past && {
        keeping: {
          storage: past.storage,
          recordOf: (snapshot, key) => agentRecord(snapshot.context.book, key),
        },
      }),
      perform: (_type, params) => this.#perform(params),
      onEnd: (ending) => {
        hasEnded(ending)
        stopListening?.()
        // What it can keep no more runs on: the next agent finds it, and its updates with it.
        if (ending.how === 'crashed') this.#survivors?.leave()
        if (ending.how !== 'done') void this.#launcher.close()
      },
    })
    const stopListening = link?.watch(address, {
      opened: () => this.#host.post({ type: 'link.opened' }),
      closed: () => this.#host.post({ type: 'link.closed' }),
    })
    this.registered = new Promise((resolve) => {
      this.#host.once(
        (snapshot) => snapshot.matches('registered'),
        () => {
          this.#endStrays()
          resolve()
        },
      )
    })
    this.#host.start()
  }

  /** The cluster whose master knows it, or knew it in its earlier life, if that master says so. */
  get clusterId(): string | undefined {
    return this.#host.snapshot().context.book.clusterId
  }

  /** What it knows, for reading between its turns. */
  get book(): AgentBook {
    return this.#host.snapshot().context.book
  }

  /** What its executors use now, of those whose processes are known. */
  async usage(): Promise<readonly ExecutorUsage[]> {
    return (await this.#meter?.read()) ?? []
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
    await this.closed()
  }

  /** It has not seen to what its earlier life left: nobody who lives on it is known yet. */
  get isRecovering(): boolean {
    const snapshot = this.#host.snapshot()
    return snapshot.matches('starting') || snapshot.matches('recovering')
  }

  /** Whether it has ended or is about to: the master can also tell it so. */
  get isEnding(): boolean {
    return this.#host.ended || this.#host.snapshot().matches('terminating')
  }

  /** Resolves when nothing of it is left. */
  async closed(): Promise<void> {
    await this.ended
    const strays = this.#survivors?.endStrays()
    const closing = this.#launcher.close()
    for (const reaper of this.#reapers) reaper.hurry()
    await Promise.all([closing, strays, ...this.#removals])
    await this.#forks?.release()
    await this.#past?.storage.close()
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
      case 'report':
        return this.#onReport?.(params)
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
    const removal = this.#volumes.destroy(volumes).then(
      () => this.#answer({ operationNumber }),
      (error: unknown) => this.#answer({ operationNumber, problem: messageOf(error) }),
    )
    this.#await(removal)
  }

  /** Whoever has registered has asked for all executors that its earlier life left. */
  #endStrays(): void {
    if (!this.#host.ended && this.#survivors) this.#await(this.#survivors.endStrays())
  }

  #await(work: Promise<void>): void {
    const removal = work.finally(() => this.#removals.delete(removal))
    this.#removals.add(removal)
  }

  #answer(changed: VolumesChanged): void {
    this.#host.post({ type: 'volumes.changed', ...changed })
  }
}

/** What a launcher gets as it is. */
function launching({ runners, sandboxes, users }: LocalAgentParts) {
  return { runners, sandboxes, users }
}

/** The address of such an agent: several on one machine are told apart by where they answer. */
export function addressOf({ hostname, endpoint }: AgentInfo): Address {
  return endpoint === undefined ? `agent/${hostname}` : `agent/${hostname}:${endpoint.port}`
}

/**
 * Throws StorageError when it is not the agent that its storage remembers. One that never joined
 * is nobody whom it has to be like, and one that has left comes back anew when it is not.
 */
function returning(info: AgentInfo, { memory }: AgentPast, volumes: Volumes): AgentInfo {
  const described = { ...info, checkpoints: true }
  const { agent } = memory
  if (agent?.agentId === undefined) return described
  const problem = problemWithReturn(agent, described)
  if (problem !== undefined && agent.hasLeft) return described
  if (problem !== undefined) throw new StorageError(problem)
  volumes.create(volumesIn(agent.resources))
  return described
}

function isAgentEffect(params: unknown): params is AgentEffect {
  return typeof params === 'object' && params !== null && 'type' in params
}
