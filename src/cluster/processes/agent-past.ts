import { join, resolve } from 'node:path'
import type { AgentPast } from '../../executors/local-agent.ts'
import { readBootId } from '../../executors/process-identity.ts'
import { memoriesFolder } from '../../executors/sandbox.ts'

/** How an agent deals with what an earlier process of it left. */
export interface RecoveryOptions {
  /**
   * Where sandboxes are made, and where it keeps what it runs: an agent that is started there again
   * after its process was killed takes up its commands, which run on meanwhile (on Linux). By
   * default a new folder among the system's temporary ones, and nothing is kept.
   */
  readonly workDir?: string
  /** `cleanup` ends what an earlier process left, and begins anew. Default `reconnect`. */
  readonly recover?: 'reconnect' | 'cleanup'
  /** Hears what was found damaged in the work folder, as sentences. */
  readonly onDamage?: (damage: string) => void
}

/** As whom an agent runs what it is asked to. */
export interface UserOptions {
  /**
   * Whether an agent that is root runs commands and programs as the user that they ask for, else as
   * the one of their framework. Default true; whoever is not root runs all as itself.
   */
  readonly switchUser?: boolean
}

/** What an agent that may be started again has from its earlier life. */
export interface Remembered {
  readonly past: AgentPast
  readonly survivingProcesses: true
}

/** Nothing where nothing can be kept. Rejects with StorageError when the folder cannot be used. */
export async function remembered(
  { workDir, recover, onDamage }: RecoveryOptions,
  hostname: string,
): Promise<Remembered | undefined> {
  if (workDir === undefined || process.platform !== 'linux') return undefined
  // Whoever keeps nothing need not load what keeps it.
  const { openAgentMemory } = await import('../../storage/open.ts')
  const folder = join(resolve(workDir), memoriesFolder, hostname)
  const { storage, memory, damages } = await openAgentMemory(folder, recover === 'cleanup')
  for (const damage of damages) onDamage?.(damage)
  const past = { storage, memory, bootId: readBootId(), damaged: damages.length }
  return { past, survivingProcesses: true }
}
