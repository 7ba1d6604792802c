import { join } from 'node:path'
import type { Calls } from '../../actors/calls.ts'
import type { Transport } from '../../actors/ports.ts'
import { addressOf, type LocalAgent } from '../../executors/local-agent.ts'
import { memoriesFolder } from '../../executors/sandbox.ts'
import type { AgentInfo, Endpoint, Resources } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import type { Hosting } from '../hosting.ts'
import { startAgents } from '../real-agents.ts'
import { AgentDoors, type AgentHttpOptions } from './agent-doors.ts'
import {
  type RecoveryOptions,
  type Remembered,
  remembered,
  type UserOptions,
} from './agent-past.ts'

const registrationBackoffMs = 50

/** What an agent in the process of its master is made with. */
export interface EmbeddedParts extends RecoveryOptions, UserOptions {
  readonly hosting: Hosting
  readonly transport: Transport
  readonly calls: Calls
  readonly workDir: string
  /** Whether it keeps what its next life is to know. */
  readonly isKept: boolean
  readonly http: AgentHttpOptions
}

/** An agent in the process of its master, with a port of its own for executors and operators. */
export class EmbeddedAgent {
  readonly workDir: string
  readonly endpoint: Endpoint
  readonly #local: LocalAgent
  readonly #doors: AgentDoors
  #isRecovered = false

  /** Rejects with InvalidInputError or StorageError when it cannot begin. */
  static async start(info: AgentInfo, parts: EmbeddedParts): Promise<EmbeddedAgent> {
    const doors = await listen(parts)
    let past: Remembered | undefined
    try {
      past = parts.isKept ? await remembered(parts, info.hostname) : undefined
      return new EmbeddedAgent({ ...info, endpoint: doors.endpoint }, parts, doors, past)
    } catch (error) {
      await Promise.all([doors.close(), past?.past.storage.close()])
      throw error
    }
  }

  private constructor(
    info: AgentInfo,
    { hosting, transport, calls, workDir, switchUser = true }: EmbeddedParts,
    doors: AgentDoors,
    past: Remembered | undefined,
  ) {
    const { clock, roles, ids, timeouts } = hosting
    const front = doors.open({
      address: addressOf(info),
      transport,
      clock,
      state: this,
      book: () => this.#local.book,
      usage: () => this.#local.usage(),
      workDir,
      flags: { work_dir: workDir, switch_user: String(switchUser) },
      damagedRecords: past?.past.damaged ?? 0,
    })
    const [local] = startAgents([info], {
      roles,
      host: hosting.on(transport),
      ids,
      // In one process nobody needs to be spared a crowd of registrations.
      timeouts: { ...timeouts, registrationBackoffMs },
      calls,
      workDir,
      switchUser,
      front,
      ...past,
    })
    assert(local !== undefined, () => 'one description of an agent makes one agent')
    this.#local = local
    this.workDir = workDir
    this.endpoint = doors.endpoint
    this.#doors = doors
  }

  get name(): string {
    return this.#local.info.hostname
  }

  get offered(): Resources {
    return this.#local.info.resources
  }

  /** Resolves when the master knows it. */
  get registered(): Promise<void> {
    return this.#local.registered
  }

  /** Whether it has ended or is about to: the master can also tell it so. */
  get isEnding(): boolean {
    return this.#local.isEnding
  }

  /** It has not seen to what its earlier life left yet. */
  get isRecovering(): boolean {
    // Asked for with every call of an executor, and over for good once it is.
    this.#isRecovered ||= !this.#local.isRecovering
    return !this.#isRecovered
  }

  /** Ends its tasks within the grace given, and leaves; resolves when nothing of it is left. */
  async stop(graceMs?: number): Promise<void> {
    await this.#local.stop(graceMs)
    await this.#doors.close()
  }

  /** Resolves when nothing is left of one that the master told to end. */
  async closed(): Promise<void> {
    await this.#local.closed()
    await this.#doors.close()
  }
}

/** At the port that it is to have; at another one if that is taken. */
async function listen({ http, isKept, workDir }: EmbeddedParts): Promise<AgentDoors> {
  const keyFolder = isKept ? join(workDir, memoriesFolder) : undefined
  try {
    return await AgentDoors.listen(http, keyFolder)
  } catch {
    return AgentDoors.listen({ ...http, port: 0 }, keyFolder)
  }
}
