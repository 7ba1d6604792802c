import { join } from 'node:path'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import { commandContract } from './command-contract.ts'

commandContract('Own processes', () => new OwnProcesses())
if (process.platform === 'linux') {
  commandContract(
    'Kept processes',
    (root) => new KeptProcesses(join(root, '..', 'runs', 'agent-1')),
  )
}
