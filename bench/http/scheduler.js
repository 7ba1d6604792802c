import { Calls, openStream } from './wire.js'

const deadlineMs = 30_000

/** Waits for what a benchmark cannot go on without; it says what that was when it never comes. */
export async function within(promise, what) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what()} in ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A framework over the v1 API: its stream of events, and a connection for its calls. */
export class Scheduler {
  #listener
  #calls
  #frameworkId
  #stream
  #early = []

  /** `isQuiet`: it wants no offers. */
  static async subscribe(url, { isQuiet = false } = {}) {
    const scheduler = new Scheduler()
    await within(scheduler.#subscribe(`${url}/api/v1/scheduler`, isQuiet), () => 'SUBSCRIBED')
    return scheduler
  }

  call(type, content) {
    const named = content === undefined ? {} : { [type.toLowerCase()]: content }
    this.#calls.post({ framework_id: this.#frameworkId, type, ...named })
  }

  acknowledge({ agent_id, task_id, uuid }) {
    if (uuid !== undefined) this.call('ACKNOWLEDGE', { agent_id, task_id, uuid })
  }

  /** Events that came while nobody listened are told first. */
  listen(listener) {
    this.#listener = listener
    for (const event of this.#early.splice(0)) listener(event)
  }

  /** Throws when a call was refused: a figure would mean nothing. */
  async answered() {
    await within(this.#calls.answered(), () => 'answer to all calls')
    const [refusal] = this.#calls.refused
    if (refusal !== undefined) throw new Error(`a call was refused: ${refusal}`)
  }

  /** Ends the framework with all that it has. */
  async close() {
    this.call('TEARDOWN')
    await this.answered()
    this.#calls.close()
    this.#stream.close()
  }

  async #subscribe(url, isQuiet) {
    const framework_info = {
      user: process.env.USER ?? 'root',
      name: 'bench',
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }],
    }
    const subscribe = { framework_info, ...(isQuiet && { suppressed_roles: ['*'] }) }
    let subscribed
    const told = new Promise((resolve) => {
      subscribed = resolve
    })
    const onEvent = (event) => {
      if (event.type === 'ERROR') throw new Error(`the master says: ${event.error.message}`)
      if (event.type === 'SUBSCRIBED') subscribed(event.subscribed.framework_id)
      else if (this.#listener === undefined) this.#early.push(event)
      else this.#listener(event)
    }
    this.#stream = await openStream(url, { type: 'SUBSCRIBE', subscribe }, { onEvent })
    this.#calls = new Calls(url, { headers: { 'mesos-stream-id': this.#stream.streamId } })
    this.#frameworkId = await told
  }
}
