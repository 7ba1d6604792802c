import { join } from 'node:path'

/**
 * A process that runs commands as an agent does, to be killed. It does what it is told by its
 * parent and tells what its runner reports. Plain JavaScript on the built package, because Node
 * runs it as it is.
 */
const [root, kind] = process.argv.slice(2)
const built = (name) => import(new URL(`../../dist/executors/${name}.js`, import.meta.url).href)
const { createCommandRunner } = await built('command-runner')
const make = {
  kept: async () => {
    const { KeptProcesses } = await built('kept-processes')
    return new KeptProcesses(join(root, 'runs', 'agent-1'))
  },
  forked: async () => {
    const { ForkServer } = await built('fork-server')
    const { OwnProcesses } = await built('own-processes')
    const forks = new ForkServer()
    await forks.prepare()
    return new OwnProcesses(undefined, forks)
  },
}
const processes = await make[kind]()
const owner = { frameworkId: 'F', executorId: 'E' }
const factory = createCommandRunner({ sandboxRoot: root, processes })
const runner = factory((report) => process.send?.(report), undefined, owner)

process.on('message', ({ start = [], resume = [], stop }) => {
  for (const task of start) runner.start(task)
  for (const task of resume) runner.resume(task)
  if (stop !== undefined) runner.stop(stop, 'terminate', 'tooLong')
})
process.send?.({ type: 'ready' })
