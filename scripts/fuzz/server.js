import { startAgent } from '../../dist/cluster/processes/agent.js'
import { Master, masterParts } from '../../dist/cluster/processes/master.js'
import { audit } from '../../dist/model/ledger/audit.js'
import { startCluster } from './cluster.js'

/** A cluster in a process of its own, which may crash; see `remoteCluster`. */
const cluster = await startCluster({ Master, masterParts, startAgent, audit })

process.on('message', async ({ number, method, parameters }) => {
  const answer = await cluster[method](...parameters)
  process.send({ number, answer })
  if (method === 'close') process.exit(0)
})
process.on('disconnect', () => process.exit(1))
process.send({ port: cluster.port, folder: cluster.folder })
