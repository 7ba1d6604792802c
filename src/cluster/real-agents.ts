import { join } from 'node:path'
import type { Calls } from '../actors/calls.ts'
import type { Door, SandboxRegistry, Survivors } from '../actors/ports.ts'
import { createCommandRunner } from '../executors/command-runner.ts'
import { ForkServer } from '../executors/fork-server.ts'
import { createFunctionRunner } from '../executors/function-runner.ts'
import { KeptProcesses } from '../executors/kept-processes.ts'
import { LocalAgent, type LocalAgentParts } from '../executors/local-agent.ts'
import { OwnProcesses } from '../executors/own-processes.ts'
import { ProcessMeter } from '../executors/process-meter.ts'
import { Programs } from '../executors/programs.ts'
import { runsFolder } from '../executors/run-records.ts'
import { createThreadRunner } from '../executors/thread-runner.ts'
import { Users } from '../executors/users.ts'
import { VolumeFolders, volumesFolder } from '../executors/volumes.ts'
import type { AgentInfo } from '../messages/index.ts'
import type { AgentReport } from '../model/agent/step.ts'
import { keyOf } from '../model/ledger/maintenance.ts'

type Made = 'info' | 'runners' | 'volumes' | 'programs' | 'sandboxes' | 'onReport'

interface RealParts extends Omit<LocalAgentParts, Made> {
  readonly calls: Calls
  /** Where sandboxes and volumes are made. */
  readonly workDir: string
  /** Whether commands live on when this process is killed, for the next one to find; Linux only. */
  readonly survivingProcesses?: boolean
  /** Whether commands and programs run as the users that are named for them. */
  readonly switchUser?: boolean
  /** Where an agent answers over HTTP; without it no executor can be a program. */
  readonly front?: AgentFront | undefined
}

/** What answers for one agent, and what that needs to know. */
export interface AgentFront {
  readonly door: Door
  readonly sandboxes: SandboxRegistry
  /** Hears what the agent forgets. */
  readonly onReport: (report: AgentReport) => void
}

/** Agents that run real processes, functions and threads, with real folders as volumes. */
export function startAgents(
  infos: readonly AgentInfo[],
  { calls, workDir, survivingProcesses = false, switchUser = false, front, ...parts }: RealParts,
): LocalAgent[] {
  const forks = new ForkServer()
  // Whoever answers over HTTP is there to stay, and its first commands are not to wait.
  if (front !== undefined) void forks.prepare()
  const shared = new OwnProcesses(undefined, forks)
  const users = switchUser ? new Users() : undefined
  const [FUNCTION, THREAD] = [createFunctionRunner(calls), createThreadRunner(calls)]
  return infos.map((info) => {
    const { hostname } = info
    // Nobody else asks.
    const meter = front && new ProcessMeter()
    const volumes = new VolumeFolders(join(workDir, volumesFolder, hostname), (detail) =>
      parts.host.onMark?.({ name: 'volume.leftover', detail }, hostname),
    )
    const survivors = survivingProcesses
      ? new KeptProcesses(join(workDir, runsFolder, hostname))
      : undefined
    const processes = survivors === undefined ? shared : new OwnProcesses(survivors.name, forks)
    const COMMAND = createCommandRunner({
      sandboxRoot: workDir,
      processes,
      ...(survivors && { survivors }),
      users,
      meter,
    })
    const programs =
      front &&
      new Programs({
        sandboxRoot: workDir,
        processes,
        ...(survivors && { survivors }),
        users,
        meter,
        door: front.door,
        sandboxes: front.sandboxes,
        subscriptionBackoffMaxMs: parts.timeouts.executorReregistrationTimeoutMs,
      })
    return new LocalAgent({
      ...parts,
      info,
      runners: { COMMAND, FUNCTION, THREAD, DEFAULT: COMMAND },
      volumes,
      forks,
      reapers: [processes.reaper, ...(survivors === undefined ? [] : [survivors.reaper])],
      ...(programs && { programs }),
      sandboxes: front?.sandboxes,
      users,
      meter,
      onReport: front?.onReport,
      ...(survivors !== undefined && { survivors: ofBothKinds(survivors, processes) }),
    })
  })
}

/** Strays of an earlier life are of both kinds; only one of them is to outlive this one. */
function ofBothKinds(kept: KeptProcesses, own: OwnProcesses): Survivors {
  return {
    endStrays: async () => {
      await Promise.all([kept.endStrays(), own.endStrays()])
    },
    leave: () => kept.leave(),
  }
}

/**
 * Begins agents of these machines anew that were told to end, each when nothing of the old one is
 * left, unless the whole cluster ends; resolves when the master knows them.
 */
export async function restartAgents(
  agents: LocalAgent[],
  machines: readonly string[],
  begin: (info: AgentInfo) => LocalAgent | undefined,
): Promise<void> {
  const names = new Set(machines.map(keyOf))
  const restarts = agents.map(async (agent, index) => {
    if (!names.has(keyOf(agent.info.hostname)) || !agent.isEnding) return
    await agent.closed()
    const successor = begin(agent.info)
    if (successor === undefined) return
    agents[index] = successor
    await successor.registered
  })
  await Promise.all(restarts)
}
