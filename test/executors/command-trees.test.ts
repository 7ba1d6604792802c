import { join } from 'node:path'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import { treeContract } from './tree-contract.ts'

treeContract('Own processes', () => new OwnProcesses())
if (process.platform === 'linux') {
  treeContract('Kept processes', (root) => new KeptProcesses(join(root, '..', 'runs', 'agent-1')))
}
