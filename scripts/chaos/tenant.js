import { appendFileSync, existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connectCluster } from '../../dist/index.js'
import { randomOf } from './random.js'
import { isTerminal, readLines } from './records.js'

/**
 * The framework under chaos, in a process of its own. It writes down what it is about to do before
 * it does it, and what it is told before it says that it heard it: whoever is started after it was
 * killed goes on from there.
 */

const { values } = parseArgs({
  options: {
    master: { type: 'string', default: '' },
    record: { type: 'string', default: '' },
    journals: { type: 'string', default: '' },
    rest: { type: 'string', default: '' },
    mark: { type: 'string', default: '' },
    seed: { type: 'string', default: '0' },
  },
})
const { record, journals, rest, mark } = values

const script = new URL('./task.sh', import.meta.url).pathname
const manners = { plain: 6, polite: 2, stubborn: 1, forking: 2 }
/** A kill may get lost on its way: it is repeated until the task has ended. */
const killAgainMs = 2_000
const lookMs = 300

const past = readLines(record)
const random = randomOf(Number(values.seed) + past.length)
/** Tasks that have not ended: which agent each is on, and when it is to be killed. */
const open = new Map()
let count = 0
let frameworkId
let isKnown = false

for (const line of past) learn(line)

function learn(line) {
  if (line.type === 'registered') frameworkId = line.frameworkId
  if (line.type === 'launching') {
    count = Math.max(count, line.number)
    open.set(line.taskId, { agentId: line.agentId, killAtMs: line.killAtMs })
  }
  if (line.type === 'told' && isTerminal(line.status.state)) open.delete(line.status.taskId)
}

function write(line) {
  const whole = { atMs: Date.now(), ...line }
  // With a line end first: the last line of one that was killed may not be whole.
  appendFileSync(record, `\n${JSON.stringify(whole)}\n`)
  learn(whole)
}

const cluster = await connectCluster(values.master, { timeoutMs: 600_000 })
write({ type: 'begun', pid: process.pid })
const framework = cluster.framework(
  { name: 'chaos', failoverTimeoutMs: 600_000, ...(frameworkId && { frameworkId }) },
  {
    registered(id, reply) {
      write({ type: 'registered', frameworkId: id })
      // About tasks of its own life the scheduler asks by itself, but not about those before.
      if (isKnown) return
      isKnown = true
      const tasks = [...open].map(([taskId, { agentId }]) => ({ taskId, agentId }))
      if (tasks.length > 0) reply.reconcile(tasks)
    },
    offers(offers, reply) {
      for (const offer of offers) {
        if (existsSync(rest)) reply.decline(offer)
        else launchOn(offer, reply)
      }
    },
    update: (status) => write({ type: 'told', status }),
    disconnected: (message) => write({ type: 'disconnected', message }),
    failed(error) {
      write({ type: 'failed', message: error.message })
      console.error(error)
    },
  },
)

function launchOn(offer, reply) {
  const room = Math.floor(offer.resources.cpus ?? 0)
  if (room < 1) return reply.decline(offer, { refuseSeconds: 0.5 })
  const requests = Array.from({ length: random.between(1, room) }, () => requestFor(offer.agentId))
  reply.launch(offer, requests, { refuseSeconds: 0.5 })
}

function requestFor(agentId) {
  const number = count + 1
  const taskId = `task-${number}`
  const code = random.next() < 0.5 ? 0 : random.between(1, 90)
  const seconds = random.between(1, random.next() < 0.15 ? 150 : 40) / 10
  const manner = random.weighted(manners)
  const killAtMs = random.next() < 0.2 ? Date.now() + random.between(0, 3_000) : undefined
  write({ type: 'launching', number, taskId, agentId, code, seconds, manner, killAtMs })
  return {
    id: taskId,
    command: ['/bin/bash', script, `${journals}/${taskId}`, String(seconds), String(code), manner],
    cpus: 1,
    env: { CHAOS_TASK: `${mark}:${taskId}` },
    killGraceMs: 500,
  }
}

let isResting = false
setInterval(() => {
  if (!isResting && existsSync(rest)) {
    isResting = true
    framework.suppress()
  }
  for (const [taskId, task] of open) {
    if (task.killAtMs === undefined || task.killAtMs > Date.now()) continue
    task.killAtMs = Date.now() + killAgainMs
    write({ type: 'killing', taskId })
    framework.kill(taskId)
  }
}, lookMs)
