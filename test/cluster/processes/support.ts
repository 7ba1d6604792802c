import { onTestFinished } from 'vitest'
import { startAgent } from '../../../src/cluster/processes/agent.ts'
import { startMaster } from '../../../src/cluster/processes/master.ts'
import type { MasterOptions } from '../../../src/cluster/processes/master-options.ts'
import { type ConnectOptions, connectTo } from '../../../src/cluster/processes/remote.ts'
import type {
  AgentProcess,
  AgentProcessOptions,
  Master,
  RemoteCluster,
} from '../../../src/index.ts'

export const token = 'a-token-for-tests'

/** Nobody needs to be spared in a test. */
const timeouts = { registrationBackoffMs: 20 }

/** A master on a port of its own. */
export async function master(options: MasterOptions = {}): Promise<Master> {
  const started = await startMaster({ port: 0, token, timeouts, ...options })
  onTestFinished(() => started.close())
  return started
}

export function agent(
  place: string,
  options: Partial<AgentProcessOptions> = {},
): Promise<AgentProcess> {
  return startAgent({
    master: place,
    token,
    timeouts,
    agent: { name: 'a', cpus: 2, mem: 512 },
    ...options,
  }).then((started) => {
    onTestFinished(() => started.stop({ graceMs: 0 }))
    return started
  })
}

export async function connect(place: string, options: ConnectOptions = {}): Promise<RemoteCluster> {
  const cluster = await connectTo(place, { token, timeouts, ...options })
  onTestFinished(() => cluster.close({ graceMs: 0 }))
  return cluster
}
