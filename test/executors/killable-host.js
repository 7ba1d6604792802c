import { join } from 'node:path'

/**
 * A process that runs commands as an agent does, to be killed. It does what it is told by its
 * parent and tells what its runner reports. Plain JavaScript on the built package, because Node
 * runs it as it is.
 */
const [root] = process.argv.slice(2)
const built = (name) => import(new URL(`../../dist/executors/${name}.js`, import.meta.url).href)
const { createCommandRunner } = await built('command-runner')
const { KeptProcesses } = await built('kept-processes')

const processes = new KeptProcesses(join(root, 'runs', 'agent-1'))
const owner = { frameworkId: 'F', executorId: 'E' }
const factory = createCommandRunner({ sandboxRoot: root, processes })
const runner = factory((report) => process.send?.(report), undefined, owner)

process.on('message', ({ start = [], resume = [], stop }) => {
  for (const task of start) runner.start(task)
  for (const task of resume) runner.resume(task)
  if (stop !== undefined) runner.stop(stop, 'terminate', 'tooLong')
})
process.send?.({ type: 'ready' })
