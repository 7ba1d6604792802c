import { fileURLToPath } from 'node:url'
import { within } from './scheduler.js'

const ended = new Set(['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_ERROR', 'TASK_LOST'])

/** Tasks that take no time, all on one executor of their own. */
export const instantTasks = {
  each: { cpus: 0.001, mem: 1 },
  work: {
    executor: {
      type: 'CUSTOM',
      executor_id: { value: 'instant' },
      name: 'instant',
      command: {
        shell: true,
        value: `exec '${process.execPath}' '${fileURLToPath(new URL('executor.js', import.meta.url))}'`,
      },
      resources: scalars({ cpus: 0.1, mem: 32 }),
    },
  },
}

/** `true`, as a process. */
export const commandTasks = {
  each: { cpus: 1, mem: 32 },
  work: { command: { shell: true, value: 'true' } },
}

function scalars(amounts) {
  return Object.entries(amounts).map(([name, value]) => ({
    name,
    type: 'SCALAR',
    scalar: { value },
  }))
}

/** Launches tasks by the offers that come, acknowledges each update, and notes when it came. */
export class Launcher {
  #scheduler
  #kind
  #offers = []
  #job
  #names = 0
  #offered = () => {}

  constructor(scheduler, kind) {
    this.#scheduler = scheduler
    this.#kind = kind
    scheduler.listen((event) => this.#take(event))
  }

  /** Resolves when there is an offer that nobody answered yet. */
  async offered() {
    if (this.#offers.length > 0) return
    const offer = new Promise((resolve) => {
      this.#offered = resolve
    })
    await within(offer, () => 'offer')
  }

  /**
   * Runs so many tasks, at most `liveMax` of them unfinished and at least `batchMin` (if there are
   * as many) in one ACCEPT; with `stays` they are to run only. Returns how long it all took, and
   * how long each took from ACCEPT to TASK_RUNNING, in milliseconds.
   */
  async run({ count, liveMax = count, batchMin = 1, stays = false }) {
    const job = { left: count, live: 0, reached: 0, count, liveMax, batchMin, stays }
    Object.assign(job, { sentAt: new Map(), runningMs: [], last: stays ? 'RUNNING' : 'FINISHED' })
    const done = new Promise((resolve, reject) => {
      Object.assign(job, { resolve, reject })
    })
    this.#job = job
    const began = performance.now()
    this.#launch()
    await within(done, () => `TASK_${job.last} of ${count - job.reached} of ${count} tasks`)
    const ms = performance.now() - began
    this.#job = undefined
    await this.#scheduler.answered()
    return { ms, runningMs: job.runningMs }
  }

  #take(event) {
    if (event.type === 'OFFERS') {
      this.#offers.push(...event.offers.offers)
      this.#offered()
      this.#launch()
    } else if (event.type === 'RESCIND') {
      const { value } = event.rescind.offer_id
      this.#offers = this.#offers.filter(({ id }) => id.value !== value)
    } else if (event.type === 'UPDATE') this.#update(event.update.status)
  }

  #launch() {
    const job = this.#job
    if (job === undefined || this.#offers.length === 0) return
    const batch = Math.min(job.left, job.liveMax - job.live, this.#fitting())
    if (batch < Math.max(1, Math.min(job.batchMin, job.left))) return
    job.left -= batch
    job.live += batch
    const offers = this.#offers.splice(0)
    const tasks = Array.from({ length: batch }, () => this.#task(offers[0], job))
    this.#scheduler.call('ACCEPT', {
      offer_ids: offers.map(({ id }) => id),
      operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
      filters: { refuse_seconds: 0 },
    })
  }

  #task({ agent_id }, { sentAt, stays }) {
    const name = `task-${this.#names++}`
    sentAt.set(name, performance.now())
    const { each, work } = this.#kind
    const task = { name, task_id: { value: name }, agent_id, resources: scalars(each), ...work }
    return stays ? { ...task, data: 'c3RheXM=' } : task
  }

  /** How many tasks all offers have room for, beside the executor. */
  #fitting() {
    const sums = { cpus: -(this.#kind.work.executor ? 0.1 : 0), mem: 0 }
    for (const { resources } of this.#offers) {
      for (const { name, scalar } of resources) {
        if (name in sums) sums[name] += scalar.value
      }
    }
    const { cpus, mem } = this.#kind.each
    return Math.floor(Math.min(sums.cpus / cpus, sums.mem / mem) + 1e-6)
  }

  #update(status) {
    this.#scheduler.acknowledge(status)
    const job = this.#job
    const sentAt = job?.sentAt.get(status.task_id.value)
    if (sentAt === undefined) return
    if (status.state === 'TASK_RUNNING') job.runningMs.push(performance.now() - sentAt)
    if (ended.has(status.state)) {
      job.sentAt.delete(status.task_id.value)
      job.live--
    }
    if (status.state === `TASK_${job.last}`) job.reached++
    else if (ended.has(status.state)) {
      job.reject(new Error(`a task ended as ${status.state}: ${status.message}`))
    }
    if (job.reached === job.count) job.resolve()
    else this.#launch()
  }
}
