import type { AgentProcess, AgentProcessOptions } from './processes/agent.ts'
import type { Master } from './processes/master.ts'
import type { MasterOptions } from './processes/master-options.ts'
import type { ConnectOptions, RemoteCluster } from './processes/remote.ts'
import type { ServerOptions, ServerProcess } from './processes/server.ts'

/**
 * The parts of a cluster in processes of their own. They are loaded when they are needed: sockets
 * and schemas take longer to load than all that an embedded cluster needs.
 */

/**
 * Starts a master that agents (`createAgent`) and tenants (`connectCluster`) link up with. Rejects
 * with InvalidInputError for options that cannot work, or a port that is taken.
 */
export async function createMaster(options: MasterOptions = {}): Promise<Master> {
  const { startMaster } = await import('./processes/master.ts')
  return startMaster(options)
}

/**
 * Starts a master with agents of this machine in one process; other agents (`createAgent`) and
 * tenants (`connectCluster`) link up with it, too. Rejects with InvalidInputError for options that
 * cannot work, or a port that is taken.
 */
export async function createServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const { startServer } = await import('./processes/server.ts')
  return startServer(options)
}

/**
 * Starts an agent and waits until its master knows it, however long that takes to come. Rejects
 * with InvalidInputError for options that cannot work, and with ClosedError when the master does
 * not want it: a wrong token, another version, a name that is taken. One that takes up what an
 * earlier process left goes on asking, because its tasks would be lost.
 */
export async function createAgent(options: AgentProcessOptions): Promise<AgentProcess> {
  const { startAgent } = await import('./processes/agent.ts')
  return startAgent(options)
}

/**
 * Links up with the master at `host:port`, for tenants in this process. Rejects with
 * InvalidInputError for options that cannot work, and with ClosedError when the master is not there
 * in time or does not want it.
 */
export async function connectCluster(
  master: string,
  options: ConnectOptions = {},
): Promise<RemoteCluster> {
  const { connectTo } = await import('./processes/remote.ts')
  return connectTo(master, options)
}
