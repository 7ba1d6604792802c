import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Calls } from '../../actors/calls.ts'
import { addressOf, type LocalAgent } from '../../executors/local-agent.ts'
import { memoriesFolder } from '../../executors/sandbox.ts'
import { Deferred } from '../../frameworks/deferred.ts'
import { checkDuration } from '../../frameworks/task-request.ts'
import type { AgentInfo, Endpoint, Resources } from '../../messages/index.ts'
import { ClosedError, InvalidInputError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import type { WebSocketSpoke } from '../../transports/websocket/spoke.ts'
import { Hosting, type ProcessOptions } from '../hosting.ts'
import { type AgentSpec, agentInfos, checkTimeouts, thisMachine } from '../options.ts'
import { startAgents } from '../real-agents.ts'
import { checkWorkDir } from '../work-dir.ts'
import { AgentDoors, type AgentHttpOptions } from './agent-doors.ts'
import {
  type RecoveryOptions,
  type Remembered,
  remembered,
  type UserOptions,
} from './agent-past.ts'
import { hopeless, linkUp, type UplinkOptions, uplinkKeys } from './uplink.ts'

/** An agent whose master is in another process. */
export interface AgentProcessOptions
  extends UplinkOptions,
    ProcessOptions,
    RecoveryOptions,
    UserOptions {
  /** Where the master listens: `host:port`. */
  readonly master: string
  /** Where it answers executors that are programs, and operators, over HTTP; without it nowhere. */
  readonly http?: AgentHttpOptions
  /** What it offers; where it names no amounts, all of this machine and 1,001 ports. */
  readonly agent?: AgentSpec
  /** Aborting it ends the wait for the master. */
  readonly signal?: AbortSignal
}

const keys = [
  ...uplinkKeys,
  'master',
  'agent',
  'http',
  'workDir',
  'recover',
  'switchUser',
  'onDamage',
  'signal',
]

/** An agent in a process of its own; see `createAgent`. */
export class AgentProcess {
  /** Its name in the cluster. */
  readonly name: string
  /** Where the sandboxes of commands are made. */
  readonly workDir: string
  /** Resolves when it has ended: with an error when the master sent it away. */
  readonly ended: Promise<Error | undefined>
  /** Where it answers over HTTP, if it does. */
  readonly endpoint: Endpoint | undefined
  readonly #agent: LocalAgent
  readonly #transport: WebSocketSpoke
  readonly #hosting: Hosting
  readonly #doors: AgentDoors | undefined
  #isRecovered = false
  #sentAway: string | undefined
  #stopping: Promise<void> | undefined

  /** Throws InvalidInputError. `lost` hears when it makes no sense to go on waiting. */
  constructor(
    options: AgentProcessOptions,
    infos: readonly AgentInfo[],
    past: Remembered | undefined,
    doors: AgentDoors | undefined,
    lost: (error: Error) => void,
  ) {
    const { master } = options
    this.#hosting = new Hosting(options)
    const { ids, roles, timeouts } = this.#hosting
    this.workDir = resolve(options.workDir ?? join(tmpdir(), `mesostate-${ids.short()}`))
    this.#transport = linkUp(master, this.#hosting, options, {
      isPrivate: (address) => address.startsWith('executor/'),
      // Whoever keeps nothing is bound to none: its tasks end with it.
      ...(past && { clusterId: () => this.#agent.clusterId }),
      onNews: (news) => {
        const error = hopeless(master, news)
        if (error !== undefined) lost(error)
      },
    })
    this.#transport.observe(({ message }) => {
      if (message.type === 'lifecycle.shutdown') this.#sentAway = message.message
    })
    this.endpoint = doors?.endpoint
    this.#doors = doors
    const [info] = infos
    const front =
      info &&
      doors?.open({
        address: addressOf(info),
        transport: this.#transport,
        clock: this.#hosting.clock,
        state: this,
        book: () => this.#agent.book,
        usage: () => this.#agent.usage(),
        workDir: this.workDir,
        flags: flagsOf(options, this.workDir),
        damagedRecords: past?.past.damaged ?? 0,
      })
    this.#agent = this.#begin(infos, {
      roles,
      host: this.#hosting.on(this.#transport),
      ids,
      timeouts,
      calls: new Calls(),
      workDir: this.workDir,
      switchUser: options.switchUser ?? true,
      link: this.#transport,
      front,
      ...past,
    })
    this.name = this.#agent.info.hostname
    this.ended = this.#agent.ended.then(async ({ how, reason }) => {
      this.#transport.close()
      await doors?.close()
      if (how === 'crashed') return new ClosedError(`agent ${this.name} cannot go on: ${reason}`)
      const why = this.#sentAway
      return why === undefined
        ? undefined
        : new ClosedError(`the master sent agent ${this.name} away: ${why}`)
    })
  }

  /** Nobody answers for a link whose agent could not begin. */
  #begin(...parts: Parameters<typeof startAgents>): LocalAgent {
    try {
      const [local] = startAgents(...parts)
      if (local === undefined) throw new InvalidInputError('the agent: give one')
      return local
    } catch (error) {
      this.#transport.close()
      throw error
    }
  }

  /** Resolves when the master knows it, or when it has ended. */
  get registered(): Promise<void> {
    return this.#agent.registered
  }

  /** What it offers. */
  get offered(): Resources {
    return this.#agent.info.resources
  }

  /** It has not seen to what its earlier life left yet. */
  get isRecovering(): boolean {
    // Asked for with every call of an executor, and over for good once it is.
    this.#isRecovered ||= !this.#agent.isRecovering
    return !this.#isRecovered
  }

  get hasEnded(): boolean {
    return this.#agent.hasEnded
  }

  /** It has ended, or does as soon as its executors have: the master can tell it so, too. */
  get isEnding(): boolean {
    return this.#agent.isEnding
  }

  /** What happened against expectation, and how often. */
  marks(): Readonly<Record<string, number>> {
    return this.#hosting.marks()
  }

  /**
   * Leaves the cluster in good order: its tasks are ended within the grace given, and the master
   * knows that it is gone. Resolves when nothing of it is left.
   */
  stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration('the agent', 'graceMs', options.graceMs)
    const stopping = this.#agent.stop(options.graceMs).then(async () => {
      this.#transport.close()
      await this.#doors?.close()
    })
    this.#stopping ??= stopping
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/**
 * Starts an agent and waits until its master knows it, however long that takes to come. Rejects
 * with InvalidInputError for options that cannot work, and with ClosedError when the master does
 * not want it: a wrong token, another version, a name that is taken. One that takes up what an
 * earlier process left goes on asking, because its tasks would be lost.
 */
export async function startAgent(options: AgentProcessOptions): Promise<AgentProcess> {
  const lost = new Deferred<never>()
  checkAgentOptions(options)
  const described = agentInfos([thisMachine(options.agent)])
  const { http, workDir } = options
  const keyFolder = workDir === undefined ? undefined : join(resolve(workDir), memoriesFolder)
  const doors = http && (await AgentDoors.listen(http, keyFolder))
  const infos = described.map((info) => (doors ? { ...info, endpoint: doors.endpoint } : info))
  const past = await remembered(options, infos[0]?.hostname ?? '').catch(async (error: unknown) => {
    await doors?.close()
    throw error
  })
  // One that lived before may have tasks that run: it waits until the master wants it again.
  const isKnown = past?.past.memory.agent?.agentId !== undefined
  const agent = await begun(options, infos, past, doors, (error) => {
    if (!isKnown) lost.reject(error)
  })
  lost.promise.catch(() => {})
  const { signal } = options
  const abort = (): void => lost.reject(new ClosedError('nobody waits for the agent any more'))
  signal?.addEventListener('abort', abort)
  if (signal?.aborted === true) abort()
  try {
    await Promise.race([agent.registered, lost.promise])
    if (agent.hasEnded) throw (await agent.ended) ?? new ClosedError('the agent was stopped')
    return agent
  } catch (error) {
    await agent.stop({ graceMs: 0 })
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** Gives the storage back when it cannot begin: whoever tries again needs it. */
async function begun(...parts: ConstructorParameters<typeof AgentProcess>): Promise<AgentProcess> {
  try {
    return new AgentProcess(...parts)
  } catch (error) {
    await Promise.all([parts[2]?.past.storage.close(), parts[3]?.close()])
    throw error
  }
}

/** What operators may know of how it was started. */
function flagsOf(options: AgentProcessOptions, workDir: string) {
  const { master, http, recover = 'reconnect', switchUser = true } = options
  const { port = 0, ip = '127.0.0.1', authenticateExecutors = false } = http ?? {}
  return {
    master,
    ip,
    port: String(port),
    work_dir: workDir,
    recover,
    switch_user: String(switchUser),
    authenticate_http_executors: String(authenticateExecutors),
  }
}

function checkAgentOptions(options: AgentProcessOptions): void {
  checkKeys('the agent', options, keys)
  checkTimeouts(options.timeouts ?? {})
  const { recover = 'reconnect' } = options
  if (recover !== 'reconnect' && recover !== 'cleanup') {
    throw new InvalidInputError(`recover: there is no ${recover}; give reconnect or cleanup`)
  }
  checkWorkDir(options.workDir)
}
