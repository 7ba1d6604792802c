import { connect } from 'node:net'
import { Connection } from './connection.js'
import { bytesOf, mayStream } from './inputs.js'
import { World } from './world.js'

/** So many requests are under way on one connection. */
const pipelinedMax = 16
const lanesEach = 2
/** So many inputs have a connection of their own at a time. */
const aloneMax = 24
/** So long streams that inputs opened stay open: as long as so many others are made. */
const streamsMax = 16
/** The only status from 500 that is no fault: what Mesos can do, and nobody does here. */
const notSupported = 501
/** Between the pieces of a request that comes slowly. */
const pieceAfterMs = 2

/**
 * @typedef {object} Problem
 * @property {string} problem
 * @property {import('./inputs.js').Input} [input] the one to blame, where one is
 *
 * @typedef {object} Counts
 * @property {number} inputs
 * @property {Record<string, number>} statuses
 * @property {{ tookMs: number, what: string }} slowest
 */

/** Throws inputs at a cluster, a batch at a time. */
export class Thrower {
  #cluster
  #patienceMs
  #world
  #ports
  #lanes
  #alone = new Set()
  #streams = []
  #problems = []
  /** @type {Counts} */
  counts = { inputs: 0, statuses: {}, slowest: { tookMs: 0, what: 'none' } }

  /**
   * @param {import('./cluster.js').Cluster} cluster
   * @param {number} patienceMs how long an answer may take
   */
  constructor(cluster, patienceMs) {
    this.#cluster = cluster
    this.#patienceMs = patienceMs
    this.#world = new World(cluster.port)
  }

  /**
   * Throws all of these at living schedulers and agents; then everybody leaves, and nothing of it
   * may be left.
   *
   * @param {Iterable<import('./inputs.js').Input>} inputs
   * @returns {Promise<Problem[]>}
   */
  async batch(inputs) {
    this.#problems = []
    const [agentPort] = await this.#cluster.agentPorts()
    this.#ports = { master: this.#cluster.port, agent: agentPort }
    this.#lanes = { master: [], agent: [] }
    await this.#world.begin()
    await this.#world.offered()
    for (const input of inputs) {
      this.counts.inputs++
      await this.#throw(input)
      if (this.#problems.length > 0) break
    }
    await this.#land()
    const wrong = await this.#cluster.problems(this.#world.size + aloneMax + streamsMax)
    await this.#leave()
    const left = this.#problems.length > 0 ? [] : await this.#cluster.atRest()
    return [...this.#problems, ...[...wrong, ...left].map((problem) => ({ problem }))]
  }

  /** Waits only for what has to be waited for, so that many are under way. */
  async #throw(input) {
    if (this.#ports[(input.raw ?? input.request).to] === undefined) return this.#count('none')
    if (input.raw !== undefined) return this.#aside(this.#throwRaw(input))
    if (mayStream(input.request)) return this.#aside(this.#throwAlone(input))
    const lane = this.#laneTo(input.request.to, input.index)
    const answered = this.#ask(lane, input).catch((error) => this.#giveUp(error))
    if (lane.waiting >= pipelinedMax) await answered
  }

  async #aside(work) {
    // Whatever breaks there is said when all of the batch is over.
    const done = work.catch((error) => this.#giveUp(error)).finally(() => this.#alone.delete(done))
    this.#alone.add(done)
    if (this.#alone.size >= aloneMax) await Promise.race(this.#alone)
  }

  #laneTo(to, index) {
    const lanes = this.#lanes[to]
    const at = index % lanesEach
    if (lanes[at]?.isOpen !== true) lanes[at] = new Connection(this.#ports[to])
    return lanes[at]
  }

  async #ask(lane, input, isAgain = false) {
    const { request } = input
    const bytes = bytesOf(request, this.#world.filled)
    const asked = lane.ask(bytes, { isHead: request.method === 'HEAD' })
    const answer = await this.#inTime(asked, input)
    if (answer === undefined) return lane.destroy()
    if (answer.status !== 0) return this.#note(answer, input)
    // Another input may have ended the connection: alone it has to be answered.
    if (isAgain) return this.#blameUnlessGone(input, lane.port)
    const alone = new Connection(lane.port)
    await this.#ask(alone, input, true)
    alone.destroy()
  }

  async #throwAlone(input) {
    const connection = new Connection(this.#ports[input.request.to])
    const bytes = bytesOf(input.request, this.#world.filled)
    const about = { isHead: input.request.method === 'HEAD', mayStream: true }
    const answer = await this.#inTime(connection.ask(bytes, about), input)
    if (answer === undefined || answer.status === 0) {
      connection.destroy()
      return answer === undefined ? undefined : this.#blameUnlessGone(input, connection.port)
    }
    this.#note(answer, input)
    this.#streams.push(connection)
    if (this.#streams.length > streamsMax) this.#streams.shift().destroy()
  }

  async #throwRaw(input) {
    const { to, pieces, ending } = input.raw
    const connection = new Connection(this.#ports[to])
    for (const piece of pieces(this.#world.filled)) {
      connection.write(piece)
      await new Promise((resolve) => setTimeout(resolve, pieceAfterMs))
    }
    if (ending === 'abort') connection.destroy()
    else connection.finish()
    if (
      (await this.#inTime(
        connection.closed.then(() => true),
        input,
      )) === undefined
    ) {
      return connection.destroy()
    }
    for (const status of connection.statuses) this.#note({ status, tookMs: 0 }, input)
    if (connection.statuses.length === 0) this.#count('none')
  }

  /** Nothing when it takes too long. */
  async #inTime(answered, input) {
    let timer
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs)
    })
    const answer = await Promise.race([answered, late])
    clearTimeout(timer)
    if (answer === undefined) this.#blame(`no answer in ${this.#patienceMs} ms`, input)
    return answer
  }

  #note({ status, tookMs }, input) {
    this.#count(status)
    if (tookMs > this.counts.slowest.tookMs) this.counts.slowest = { tookMs, what: input.what }
    if (status >= 500 && status !== notSupported) this.#blame(`answered with ${status}`, input)
  }

  #count(status) {
    this.counts.statuses[status] = (this.counts.statuses[status] ?? 0) + 1
  }

  /** An input may send an agent away: from then on another one is called. */
  async #blameUnlessGone(input, port) {
    // It has not ended before its last words are said; by then nobody hears at its port.
    const isGone = input.request.to === 'agent' && !(await isHeard(port))
    const living = await this.#cluster.agentPorts()
    if (isGone && port === this.#ports.agent) {
      this.#ports.agent = living.find((other) => other !== port)
    }
    if (isGone) return this.#count('none')
    this.#blame('the connection ended without an answer', input)
  }

  /** The cluster is no more. */
  #giveUp({ message }) {
    if (this.#problems.every(({ problem }) => problem !== message)) this.#blame(message)
  }

  #blame(problem, input) {
    this.#problems.push({ problem, input })
  }

  /** Waits for all answers that are under way. */
  async #land() {
    await Promise.all(this.#alone)
    const lanes = [...this.#lanes.master, ...this.#lanes.agent].filter((lane) => lane?.isOpen)
    await Promise.all(lanes.map((lane) => this.#ask(lane, lastOne(lane, this.#lanes))))
    for (const lane of lanes) lane.destroy()
  }

  async #leave() {
    for (const stream of this.#streams.splice(0)) stream.destroy()
    await this.#world.end()
  }
}

/** Whether somebody listens at that port of this machine. */
function isHeard(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Whatever was asked before it is answered by then. */
function lastOne(lane, lanes) {
  const to = lanes.master.includes(lane) ? 'master' : 'agent'
  const request = { to, method: 'GET', path: '/health', headers: [], text: '' }
  return { index: -1, what: `${to} GET /health`, request }
}
