import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { RealClock } from '../dist/actors/real-clock.js'
import { OperatorDoor } from '../dist/http/operator/operator-door.js'
import { HttpFront } from '../dist/http/server/front.js'
import { createHttpServer } from '../dist/http/server/http-server.js'
import { bookTask } from '../dist/model/ledger/accounts.js'
import { enterAgent } from '../dist/model/ledger/agents.js'
import { createLedger } from '../dist/model/ledger/ledger.js'
import { toQuantities } from '../dist/model/resources/quantities.js'
import { defaultTimeouts } from '../dist/model/timeouts.js'
import { median, round } from './support.js'

const running = 1_000
const completed = 4_000
const reads = 20
const bars = { '/state': 100, GET_STATE: 150 }
const delayMax = 50

/** Reading the state of a master with 5,000 tasks: time for one, and for four at once. */
export async function state() {
  const door = doorWithTasks()
  const server = createHttpServer(new HttpFront({ routes: door.routes }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  try {
    const idle = await heldUpBy(() => new Promise((done) => setTimeout(done, 1_000)))
    const rows = [{ read: 'nothing', 'loop held up ms': round(idle.ms) }]
    for (const readers of [1, 4]) {
      for (const name of ['/state', 'GET_STATE']) rows.push(await measure(url, name, readers))
    }
    const slowest = Math.max(...rows.map((row) => row['loop held up ms']))
    return { rows, verdicts: [...rows.slice(1, 3).map(verdictOn), heldUp(slowest)] }
  } finally {
    door.close()
    server.close()
    server.closeAllConnections()
  }
}

function verdictOn({ read, 'p50 ms': p50 }) {
  const name = `${read} with ${running + completed} tasks in at most ${bars[read]} ms (median)`
  return { name, value: `${p50} ms`, met: p50 <= bars[read] }
}

function heldUp(slowest) {
  const name = `nobody else waits longer than ${delayMax} ms for a turn`
  return { name, value: `${slowest} ms`, met: slowest <= delayMax }
}

async function measure(url, name, readers) {
  const workerData = { url, readers, reads }
  const worker = new Worker(new URL('./state-reader.js', import.meta.url), { workerData })
  await once(worker, 'online')
  const before = process.cpuUsage()
  const { ms, result } = await heldUpBy(() => {
    worker.postMessage(name === '/state' ? '/state' : '/api/v1')
    return once(worker, 'message')
  })
  const [taken] = result
  const { user, system } = process.cpuUsage(before)
  await worker.terminate()
  const times = taken.map(({ ms }) => ms)
  return {
    read: name,
    readers,
    'KiB each': round(taken[0].bytes / 1_024, 0),
    'p50 ms': round(median(times)),
    'max ms': round(Math.max(...times)),
    'cpu ms each': round((user + system) / 1_000 / taken.length),
    'loop held up ms': round(ms),
  }
}

/** How long the loop was held up at most while that was done; a busy machine does that, too. */
async function heldUpBy(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const result = await work()
  delay.disable()
  return { ms: delay.max / 1e6, result }
}

/** A master's book and history as they are after so many tasks of one framework. */
function doorWithTasks() {
  const ledger = createLedger({ masterId: 'M', timeouts: defaultTimeouts })
  const facts = {
    id: 'M',
    hostname: 'bench',
    ip: '127.0.0.1',
    port: 5050,
    version: '1.12.0',
    startedAtMs: Date.now(),
    flags: {},
  }
  const ask = () => Promise.resolve()
  const door = new OperatorDoor(
    { facts, ledger: () => ledger, ask, clock: new RealClock() },
    { completedTasksMax: running + completed },
  )
  const resources = { cpus: 100, mem: 1_000_000, ports: [[31_000, 32_000]] }
  const duty = { state: 'active' }
  const info = { hostname: 'one', resources }
  enterAgent(ledger, { id: 'M-S0', address: 'agent/1', info, state: 'connected', duty })
  ledger.frameworks.set('M-0000', framework())
  door.take({ type: 'agentAdded', agentId: 'M-S0' })
  door.take({ type: 'frameworkAdded', frameworkId: 'M-0000' })
  for (let index = 0; index < running + completed; index++) {
    live(ledger, door, `task-${index}`, index < completed)
  }
  return door
}

function framework() {
  return {
    id: 'M-0000',
    address: 'scheduler/1',
    info: { name: 'bench', user: 'bench', roles: ['bench'], capabilities: ['MULTI_ROLE'] },
    state: 'connected',
    suppressedRoles: new Set(),
    clients: new Map(),
    offers: new Set(),
    requests: [],
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
  }
}

function live(ledger, door, taskId, isOver) {
  const ids = { frameworkId: 'M-0000', agentId: 'M-S0', role: 'bench', executorId: 'e1' }
  const resources = { cpus: 0.01, mem: 32 }
  const executor = { executorId: 'e1', type: 'CUSTOM', command: { value: './executor' } }
  const task = { taskId, name: taskId, agentId: 'M-S0', resources, executor, data: 'cnVu' }
  door.take({ type: 'taskAdded', ...ids, task })
  for (const status of ['STARTING', 'RUNNING', ...(isOver ? ['FINISHED'] : [])]) {
    door.take({
      type: 'taskUpdated',
      frameworkId: ids.frameworkId,
      taskId,
      state: `TASK_${status}`,
      status: statusOf(taskId, `TASK_${status}`),
    })
  }
  if (isOver) return door.take({ type: 'taskForgotten', frameworkId: ids.frameworkId, taskId })
  const record = { ...ids, id: taskId, name: taskId, state: 'TASK_RUNNING', holds: true }
  return bookTask(ledger, { ...record, resources: toQuantities(resources) })
}

function statusOf(taskId, state) {
  const labels = { labels: [{ key: 'a', value: 'b' }] }
  return {
    taskId,
    state,
    source: 'EXECUTOR',
    timestampMs: Date.now(),
    uuid: crypto.randomUUID(),
    agentId: 'M-S0',
    executorId: 'e1',
    carried: { labels, container_status: { container_id: { value: crypto.randomUUID() } } },
  }
}
