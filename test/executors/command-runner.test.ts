import { join } from 'node:path'
import { ForkServer } from '../../src/executors/fork-server.ts'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import { OwnProcesses } from '../../src/executors/own-processes.ts'
import { commandContract } from './command-contract.ts'

commandContract('Own processes', () => new OwnProcesses())

const forks = new ForkServer()
await forks.prepare()
if (forks.isReady) {
  commandContract('Forked processes', () => new OwnProcesses(undefined, forks))
}
if (process.platform === 'linux') {
  commandContract(
    'Kept processes',
    (root) => new KeptProcesses(join(root, '..', 'runs', 'agent-1')),
  )
}
