import { join } from 'node:path'
import { ForkServer } from '../../src/executors/fork-server.ts'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import { treeContract } from './tree-contract.ts'

treeContract('Own processes', () => new OwnProcesses())

const forks = new ForkServer()
await forks.prepare()
if (forks.isReady) treeContract('Forked processes', () => new OwnProcesses(undefined, forks))
if (process.platform === 'linux') {
  treeContract('Kept processes', (root) => new KeptProcesses(join(root, '..', 'runs', 'agent-1')))
}
