import { randomUUID } from 'node:crypto'
import { Calls, openStream } from './wire.js'

/**
 * A custom executor whose tasks take no time: each runs and is finished at once; a task with data
 * only runs. It ends with its stream, and never outlives a benchmark.
 */

const url = `http://${process.env.MESOS_AGENT_ENDPOINT}/api/v1/executor`
const ids = {
  framework_id: { value: process.env.MESOS_FRAMEWORK_ID },
  executor_id: { value: process.env.MESOS_EXECUTOR_ID },
}
const token = process.env.MESOS_EXECUTOR_AUTHENTICATION_TOKEN
const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
const calls = new Calls(url, { headers })

// Made once: randomness is not what is measured.
const uuid = Buffer.from(randomUUID().replaceAll('-', ''), 'hex')
let updates = 0

function update(taskId, state) {
  uuid.writeUInt32BE(updates++, 12)
  const status = {
    task_id: taskId,
    executor_id: ids.executor_id,
    state,
    source: 'SOURCE_EXECUTOR',
    timestamp: Date.now() / 1_000,
    uuid: uuid.toString('base64'),
  }
  calls.post({ type: 'UPDATE', ...ids, update: { status } })
}

function take(event) {
  if (event.type === 'SHUTDOWN') process.exit()
  if (event.type === 'KILL') update(event.kill.task_id, 'TASK_KILLED')
  if (event.type !== 'LAUNCH') return
  const { task } = event.launch
  update(task.task_id, 'TASK_RUNNING')
  if (task.data === undefined) update(task.task_id, 'TASK_FINISHED')
}

setTimeout(() => process.exit(1), 120_000)
const subscribe = { unacknowledged_tasks: [], unacknowledged_updates: [] }
const call = { type: 'SUBSCRIBE', ...ids, subscribe }
await openStream(url, call, { headers, onEvent: take, onEnd: () => process.exit() })
