import { join } from 'node:path'
import type { Calls } from '../actors/calls.ts'
import { createCommandRunner } from '../executors/command-runner.ts'
import { createFunctionRunner } from '../executors/function-runner.ts'
import { KeptProcesses } from '../executors/kept-processes.ts'
import { LocalAgent, type LocalAgentParts } from '../executors/local-agent.ts'
import { OwnProcesses } from '../executors/own-processes.ts'
import { runsFolder } from '../executors/run-records.ts'
import { createThreadRunner } from '../executors/thread-runner.ts'
import { VolumeFolders, volumesFolder } from '../executors/volumes.ts'
import type { AgentInfo } from '../messages/index.ts'

interface RealParts extends Omit<LocalAgentParts, 'info' | 'runners' | 'volumes'> {
  readonly calls: Calls
  /** Where sandboxes and volumes are made. */
  readonly workDir: string
  /** Whether commands live on when this process is killed, for the next one to find; Linux only. */
  readonly survivingProcesses?: boolean
}

/** Agents that run real processes, functions and threads, with real folders as volumes. */
export function startAgents(
  infos: readonly AgentInfo[],
  { calls, workDir, survivingProcesses = false, ...parts }: RealParts,
): LocalAgent[] {
  const own = new OwnProcesses()
  const [FUNCTION, THREAD] = [createFunctionRunner(calls), createThreadRunner(calls)]
  return infos.map((info) => {
    const { hostname } = info
    const volumes = new VolumeFolders(join(workDir, volumesFolder, hostname), (detail) =>
      parts.host.onMark?.({ name: 'volume.leftover', detail }, hostname),
    )
    const survivors = survivingProcesses
      ? new KeptProcesses(join(workDir, runsFolder, hostname))
      : undefined
    const COMMAND = createCommandRunner({ sandboxRoot: workDir, processes: survivors ?? own })
    return new LocalAgent({
      ...parts,
      info,
      runners: { COMMAND, FUNCTION, THREAD },
      volumes,
      ...(survivors !== undefined && { survivors }),
    })
  })
}
