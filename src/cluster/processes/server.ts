import { join } from 'node:path'
import { Calls } from '../../actors/calls.ts'
import { messageOf } from '../../executors/sentences.ts'
import { checkDuration } from '../../frameworks/task-request.ts'
import type { AgentInfo } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { keyOf } from '../../model/ledger/maintenance.ts'
import { type AgentSpec, agentInfos, thisMachine } from '../options.ts'
import type { RecoveryOptions, UserOptions } from './agent-past.ts'
import { EmbeddedAgent, type EmbeddedParts } from './embedded-agent.ts'
import { Master, type MasterParts, masterParts } from './master.ts'
import { checkMaster, hostnameOf, type MasterOptions, masterKeys } from './master-options.ts'
import { masterPort } from './place.ts'
import { authorizerOf, credentialsOf } from './security.ts'
import { isLoopback } from './token.ts'

/** A master, and agents of this machine beside it in the same process. */
export interface ServerOptions
  extends MasterOptions,
    Pick<RecoveryOptions, 'recover'>,
    UserOptions {
  /** What each agent offers. Default: one with all of this machine. */
  readonly agents?: readonly AgentSpec[]
  /**
   * Executors have to show the token that they are started with. By default only where other
   * machines reach the agents, too.
   */
  readonly authenticateExecutors?: boolean
}

const portMax = 65_535

/** What an agent was begun with, to begin it anew. */
interface Place {
  readonly info: AgentInfo
  readonly parts: EmbeddedParts
}

/**
 * A master with agents in its process; others may link up with it, too. Each agent has a port of
 * its own for executors and operators, and a folder of its own in the work folder.
 */
export class ServerProcess extends Master {
  readonly #places: readonly Place[]
  #agents: EmbeddedAgent[] = []
  #leaving: Promise<void> | undefined

  constructor(parts: MasterParts, places: readonly Place[]) {
    super(parts)
    this.#places = places
    // Operators may also say so over HTTP: what counts is that the master hears of it.
    parts.controls.transport.observe(({ message }) => {
      if (message.type !== 'lifecycle.stopMaintenance') return
      this.#restart(message.machines).catch((error: unknown) => {
        const detail = `an agent cannot begin anew: ${messageOf(error)}`
        parts.controls.hosting.note({ name: 'agent.absent', detail })
      })
    })
  }

  /** The agents in this process, in order. */
  get agents(): readonly EmbeddedAgent[] {
    return this.#agents
  }

  /** Begins all agents; rejects when one of them cannot. */
  async begin(): Promise<void> {
    for (const { info, parts } of this.#places) {
      this.#agents.push(await EmbeddedAgent.start(info, parts))
    }
    await Promise.all(this.#agents.map((agent) => agent.registered))
  }

  /** Ends all tasks of its agents within the grace given, and then the master. */
  override close(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration('the server', 'graceMs', options.graceMs)
    const leaving = Promise.all(this.#agents.map((agent) => agent.stop(options.graceMs)))
    this.#leaving ??= leaving.then(() => super.close())
    return this.#leaving
  }

  /** Agents that were told to end for the work on their machine are back after it. */
  async #restart(machines: readonly string[]): Promise<void> {
    const names = new Set(machines.map(keyOf))
    const ended = this.#agents.map(async (agent, index) => {
      if (!names.has(keyOf(agent.name)) || !agent.isEnding) return
      await agent.closed()
      const place = this.#places[index]
      if (place === undefined || this.#leaving !== undefined) return
      this.#agents[index] = await EmbeddedAgent.start(place.info, place.parts)
    })
    await Promise.all(ended)
  }
}

/**
 * Starts a master and agents of this machine in this process, and waits until the master knows
 * them. Rejects with InvalidInputError for options that cannot work, or a port that is taken.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  checkMaster(options, [...masterKeys, 'agents', 'recover', 'switchUser', 'authenticateExecutors'])
  const { ip = '127.0.0.1' } = options
  // Clients find an agent by its host's name, too.
  const name = hostnameOf(options)
  const infos = (options.agents ?? [thisMachine()]).flatMap((spec) =>
    agentInfos([{ ...spec, name: spec.name ?? name }]),
  )
  if (infos.length === 0) throw new InvalidInputError('agents: give one, or leave them out')
  const parts = await masterParts(options)
  const places = placesOf(infos, options, parts, ip)
  const server = new ServerProcess(parts, places)
  try {
    await server.begin()
    return server
  } catch (error) {
    await server.close({ graceMs: 0 })
    throw error
  }
}

function placesOf(
  infos: readonly AgentInfo[],
  options: ServerOptions,
  { controls, workDir }: MasterParts,
  ip: string,
): Place[] {
  const { workDir: given, registry, recover, switchUser, onDamage, security = {} } = options
  const { hosting, transport } = controls
  const { authenticateOperators = false } = security
  const credentials = authenticateOperators ? credentialsOf(security) : undefined
  const authorizer = authorizerOf(security)
  const common = {
    hosting,
    transport,
    calls: new Calls(),
    // Agents are known again by a master that knows them again.
    isKept: given !== undefined && registry !== 'memory',
    http: {
      ip,
      authenticateExecutors: options.authenticateExecutors ?? !isLoopback(ip),
      insecure: options.insecure ?? false,
      ...(credentials !== undefined && { credentials }),
      ...(authorizer !== undefined && { authorizer }),
    },
    ...(recover !== undefined && { recover }),
    ...(switchUser !== undefined && { switchUser }),
    ...(onDamage !== undefined && { onDamage }),
  }
  return infos.map((info, index) => ({
    info,
    parts: {
      ...common,
      workDir: join(workDir, `agent-${index + 1}`),
      http: { ...common.http, port: portBeside(options.port, index) },
    },
  }))
}

/**
 * The ports that follow the master's: programs of theirs that outlive this process look for them
 * where they were. (Mesos' agents listen at 5051.)
 */
function portBeside(port = masterPort, index = 0): number {
  const beside = port + 1 + index
  return port === 0 || beside > portMax ? 0 : beside
}
