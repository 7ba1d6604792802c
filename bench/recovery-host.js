import { createCommandRunner } from '../dist/executors/command-runner.js'
import { KeptProcesses } from '../dist/executors/kept-processes.js'

/** Runs commands as an agent does, until it is killed. */
const [root, records, count] = process.argv.slice(2)
const processes = new KeptProcesses(records)
const make = createCommandRunner({ sandboxRoot: root, processes })
let running = 0
const report = ({ type }) => {
  if (type === 'run.started') running++
  if (running === Number(count)) process.send('running')
}
const runner = make(report, undefined, { frameworkId: 'F', executorId: 'E' })
for (let index = 0; index < Number(count); index++) {
  const command = { value: 'sleep', arguments: ['1000'], shell: false }
  runner.start({ taskId: `task-${index}`, name: '', agentId: 'S', resources: {}, command })
}
