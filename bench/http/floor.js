import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

/**
 * The floor: what stands in for a master and an agent in one process. It carries messages between
 * scheduler and executors and keeps no books: it checks nothing, counts nothing, repeats nothing.
 * Nothing that speaks this protocol from Node can do much better.
 *
 * Arguments: the resources it offers as JSON ({"cpus": 32}), and how often, in milliseconds.
 */

const [resources, intervalMs] = process.argv.slice(2)
const offered = Object.entries(JSON.parse(resources)).map(([name, value]) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  role: '*',
}))
const agentId = { value: 'floor-S0' }
const schedulers = new Map()
const executors = new Map()
let serial = 0
let outstanding

function send({ stream, unsent }, event) {
  const text = JSON.stringify(event)
  if (stream === undefined) unsent.push(event)
  else if (stream.writable) stream.write(`${Buffer.byteLength(text)}\n${text}`)
}

function open(peer, response, headers = {}) {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  peer.stream = response
}

const schedulerCalls = {
  SUBSCRIBE(call, response) {
    const info = call.subscribe.framework_info
    const id = { value: `floor-${serial++}` }
    const wantsOffers = call.subscribe.suppressed_roles === undefined
    const scheduler = { id, info, wantsOffers }
    schedulers.set(id.value, scheduler)
    open(scheduler, response, { 'mesos-stream-id': randomUUID() })
    response.on('close', () => schedulers.delete(id.value))
    send(scheduler, { type: 'SUBSCRIBED', subscribed: { framework_id: id } })
  },
  ACCEPT({ accept, framework_id }) {
    outstanding = undefined
    const scheduler = schedulers.get(framework_id.value)
    for (const { launch } of accept.operations) {
      for (const task of launch.task_infos) start(scheduler, task)
    }
  },
  DECLINE() {
    outstanding = undefined
  },
  ACKNOWLEDGE({ acknowledge, framework_id }) {
    const { task_id, uuid } = acknowledge
    const executor = executors.get(framework_id.value)
    if (executor !== undefined) {
      send(executor, { type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid } })
    }
  },
  RECONCILE({ reconcile, framework_id }) {
    const scheduler = schedulers.get(framework_id.value)
    for (const { task_id } of reconcile.tasks) update(scheduler, task_id, 'TASK_LOST')
  },
  TEARDOWN({ framework_id: { value } }) {
    outstanding = undefined
    const executor = executors.get(value)
    if (executor !== undefined) send(executor, { type: 'SHUTDOWN' })
    executors.delete(value)
    schedulers.get(value).stream.end()
  },
}

const executorCalls = {
  SUBSCRIBE({ framework_id }, response) {
    const executor = executors.get(framework_id.value)
    open(executor, response)
    send(executor, { type: 'SUBSCRIBED', subscribed: { agent_info: { id: agentId } } })
    for (const event of executor.unsent.splice(0)) send(executor, event)
  },
  UPDATE(call) {
    const status = { ...call.update.status, agent_id: agentId }
    pass(schedulers.get(call.framework_id.value), status)
  },
}

function start(scheduler, task) {
  if (task.command !== undefined) return run(scheduler, task)
  const key = scheduler.id.value
  if (!executors.has(key)) executors.set(key, startExecutor(scheduler.id, task.executor))
  return send(executors.get(key), { type: 'LAUNCH', launch: { task } })
}

function run(scheduler, { task_id, command }) {
  const child = spawn('sh', ['-c', command.value], { stdio: 'ignore' })
  child.on('spawn', () => update(scheduler, task_id, 'TASK_RUNNING'))
  child.on('exit', (code) => {
    update(scheduler, task_id, code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED')
  })
}

function startExecutor(frameworkId, { command, executor_id }) {
  const env = {
    ...process.env,
    MESOS_AGENT_ENDPOINT: `127.0.0.1:${server.address().port}`,
    MESOS_FRAMEWORK_ID: frameworkId.value,
    MESOS_EXECUTOR_ID: executor_id.value,
  }
  spawn('sh', ['-c', command.value], { stdio: 'ignore', env })
  return { unsent: [] }
}

function update(scheduler, task_id, state) {
  pass(scheduler, { task_id, state, agent_id: agentId, uuid: randomUUID() })
}

/** A framework that is gone hears nothing more. */
function pass(scheduler, status) {
  if (scheduler !== undefined) send(scheduler, { type: 'UPDATE', update: { status } })
}

function offer() {
  if (outstanding !== undefined && schedulers.has(outstanding)) return
  const scheduler = [...schedulers.values()].find(({ wantsOffers }) => wantsOffers)
  outstanding = scheduler?.id.value
  if (scheduler === undefined) return
  const id = { value: `floor-O${serial++}` }
  const ids = { id, framework_id: scheduler.id, agent_id: agentId }
  const offers = [{ ...ids, hostname: 'localhost', resources: offered }]
  send(scheduler, { type: 'OFFERS', offers: { offers } })
}

const doors = { '/api/v1/scheduler': schedulerCalls, '/api/v1/executor': executorCalls }

const server = createServer({ keepAliveTimeout: 60_000 }, (asked, response) => {
  if (asked.url === '/health') return response.end()
  const chunks = []
  asked.on('data', (chunk) => chunks.push(chunk))
  asked.on('end', () => {
    const call = JSON.parse(Buffer.concat(chunks).toString())
    doors[asked.url][call.type](call, response)
    if (call.type !== 'SUBSCRIBE') response.writeHead(202, { 'content-length': 0 }).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  console.log(`the floor listens on 127.0.0.1:${server.address().port}`)
})
setInterval(offer, Number(intervalMs))
