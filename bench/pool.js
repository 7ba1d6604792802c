import assert from 'node:assert'
import { Host } from '../dist/actors/host.js'
import { Role } from '../dist/actors/role.js'
import { createMasterMachine } from '../dist/machines/master.js'
import { defaultTimeouts } from '../dist/model/timeouts.js'
import { VirtualClock } from '../dist/testing.js'

/** The longest that a framework can refuse. */
export const forEver = 31_536_000

/** The agent and its use are those of Mesos' benchmark. */
const resources = { cpus: 24, mem: 4_096, disk: 4_096, ports: [[31_000, 32_000]] }
const inUse = {
  cpus: 16,
  mem: 2_014,
  disk: 1_024,
  ports: Array.from({ length: 16 }, (_, n) => [31_001 + 60 * n, 31_030 + 60 * n]),
}
const never = 1e12
const timeouts = {
  ...defaultTimeouts,
  allocationIntervalMs: never,
  heartbeatIntervalMs: never,
  pingIntervalMs: never,
  offerTimeoutMs: never,
}

/** Time stands still; how long each turn takes is what counts. */
class TurnClock extends VirtualClock {
  longest = 0

  setTimer(callback, delayMs) {
    return super.setTimer(() => {
      const start = performance.now()
      callback()
      this.longest = Math.max(this.longest, performance.now() - start)
    }, delayMs)
  }
}

/** Whatever the master says is kept until somebody looks. */
class Recorder {
  #sent = []
  #receive

  send({ to, message }) {
    this.#sent.push({ to, message })
  }

  subscribe(_address, receive) {
    this.#receive = receive
    return () => {}
  }

  tell(from, ...messages) {
    this.#receive(messages.map((message) => ({ from, to: 'master', message })))
  }

  offers() {
    const sent = this.#sent
    this.#sent = []
    return sent.filter(({ message }) => message.type === 'allocation.offer')
  }
}

/** A running master, with agents and schedulers that only talk. */
export class Pool {
  filters = 0
  #clock = new TurnClock()
  #transport = new Recorder()
  #host

  constructor() {
    this.#host = new Host({
      role: new Role(createMasterMachine(), [], this.#clock),
      address: 'master',
      input: { masterId: 'm', timeouts },
      clock: this.#clock,
      transport: this.#transport,
      onMark: ({ name, detail }) => assert.fail(`${name}: ${detail}`),
    }).start()
  }

  get longestTurn() {
    return this.#clock.longest
  }

  /** Each agent runs a task of somebody who wants nothing more. */
  addAgents(count) {
    for (let n = 0; n < count; n++) {
      const agent = { hostname: `a${n}`, resources }
      this.#transport.tell(`agent/${n}`, { type: 'lifecycle.registerAgent', agent })
    }
    this.#register('user')
    this.#clock.settle()
    const offers = this.#transport.offers().flatMap(({ message }) => message.offers)
    for (const { offerId, agentId } of offers) {
      const task = { taskId: agentId, name: 't', agentId, resources: inUse }
      const tasks = [{ ...task, command: { value: 'x' } }]
      const filters = { refuseSeconds: 0 }
      const launch = { type: 'task.launch', offerIds: [offerId], tasks, filters }
      this.#transport.tell('scheduler/user', launch)
    }
    this.#transport.tell('scheduler/user', { type: 'allocation.suppress' })
    this.#clock.settle()
    this.#transport.offers()
  }

  addFrameworks(count) {
    for (let n = 0; n < count; n++) this.#register(`role${n}`)
    this.#clock.longest = 0
  }

  /** A whole cycle over all agents; returns its milliseconds, all turns together. */
  cycle() {
    const start = performance.now()
    this.#host.post({ type: 'allocation.due' })
    this.#clock.settle()
    return performance.now() - start
  }

  /** Every offer that is out is declined for so many seconds; returns how many there were. */
  decline(refuseSeconds) {
    let declined = 0
    for (const { to, message } of this.#transport.offers()) {
      const offerIds = message.offers.map(({ offerId }) => offerId)
      declined += offerIds.length
      const decline = { type: 'allocation.decline', offerIds, filters: { refuseSeconds } }
      this.#transport.tell(to, decline)
    }
    this.filters += declined
    return declined
  }

  /** The task of the n-th agent ends; returns the milliseconds until what it held is offered. */
  finish(n) {
    this.#clock.settle()
    this.#transport.offers()
    const agentId = `m-S${n}`
    const status = {
      taskId: agentId,
      state: 'TASK_FINISHED',
      source: 'EXECUTOR',
      timestampMs: 0,
      uuid: agentId,
    }
    const update = { frameworkId: 'm-0000', status, latestState: 'TASK_FINISHED' }
    const start = performance.now()
    this.#transport.tell(`agent/${n}`, { type: 'task.update', agentId, updates: [update] })
    this.#clock.settle()
    const elapsed = performance.now() - start
    const offers = this.#transport.offers().flatMap(({ message }) => message.offers)
    assert(offers.some((offer) => offer.agentId === agentId))
    return elapsed
  }

  book() {
    return this.#host.snapshot().context.book
  }

  close() {
    this.#host.stop('the benchmark is over')
  }

  #register(name) {
    this.#transport.tell(`scheduler/${name}`, {
      type: 'lifecycle.register',
      framework: { name, roles: [name] },
    })
  }
}
