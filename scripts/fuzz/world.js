import { Connection } from './connection.js'
import { frameworkInfo } from './scheduler-calls.js'

const slots = 3

/** So long a list of offers or statuses is more than one input can name. */
const rememberedMax = 20

/**
 * What there is to be named: living schedulers with their offers and tasks, and agents. Inputs say
 * `@O1` for the newest offer of the scheduler in slot 1.
 */
export class World {
  #port
  #slots = []
  #agents = []
  #calls

  /** @param {number} port of the master */
  constructor(port) {
    this.#port = port
  }

  /** How many connected frameworks are its own. */
  get size() {
    return slots
  }

  /** Begins anew, with other schedulers. */
  async begin() {
    this.#calls = new Connection(this.#port)
    this.#agents = await this.#knownAgents()
    this.#slots = await Promise.all(
      Array.from({ length: slots }, (_, number) => subscribe(this.#port, this.#calls, number)),
    )
  }

  /** Resolves when there is an offer: each is of a whole agent, and not everybody has one. */
  async offered() {
    await Promise.race(this.#slots.map((slot) => slot.offered))
  }

  /** Tears down all frameworks that there are, whoever began them. */
  async end() {
    const { frameworks = [] } = await this.#query('GET_FRAMEWORKS')
    for (const { framework_info: info } of frameworks) {
      await this.#calls.ask(operatorBytes('TEARDOWN', { framework_id: info.id }))
    }
    for (const { stream } of this.#slots) stream.destroy()
    this.#calls.destroy()
  }

  /** @type {(letter: string, number: number) => string | undefined} */
  filled = (letter, number) => {
    const slot = this.#slots[number]
    switch (letter) {
      case 'F':
        return slot?.frameworkId
      case 'M':
        return slot?.stream.streamId
      case 'O':
        return slot?.offers.at(-1)?.id.value
      case 'G':
        return slot?.offers.at(-1)?.agent_id.value ?? this.#agents[0]?.id
      case 'T':
      case 'V':
        return slot?.statuses.at(-1)?.task_id.value
      case 'U':
        return slot?.statuses.at(-1)?.uuid
      case 'I':
        return slot?.statuses.at(-1)?.agent_id?.value
      case 'A':
        return this.#agents[number]?.id
      case 'H':
        return this.#agents[number]?.hostname
      default:
        return undefined
    }
  }

  async #knownAgents() {
    const { agents = [] } = await this.#query('GET_AGENTS')
    return agents
      .filter(({ active }) => active)
      .map(({ agent_info: { id, hostname } }) => ({ id: id.value, hostname }))
  }

  async #query(type) {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type }),
    })
    return (await response.json())[type.toLowerCase()]
  }
}

function operatorBytes(type, part) {
  return post('/api/v1', { type, [type.toLowerCase()]: part })
}

function post(path, call, header = '') {
  const body = JSON.stringify(call)
  const head = `POST ${path} HTTP/1.1\r\nhost: fuzz\r\ncontent-type: application/json\r\n`
  return Buffer.from(`${head}${header}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

/** A scheduler that listens, and acknowledges most of what it is told. */
async function subscribe(port, calls, number) {
  const slot = { frameworkId: undefined, offers: [], statuses: [], stream: undefined }
  const heard = {}
  const begun = new Promise((resolve) => {
    heard.begun = resolve
  })
  slot.offered = new Promise((resolve) => {
    heard.offered = resolve
  })
  slot.stream = new Connection(port, (record) => {
    const event = JSON.parse(record.slice(record.indexOf('\n') + 1))
    hear(slot, event, calls)
    if (event.type === 'SUBSCRIBED') heard.begun()
    if (event.type === 'OFFERS') heard.offered()
  })
  const call = { type: 'SUBSCRIBE', subscribe: { framework_info: frameworkInfo(number) } }
  await slot.stream.ask(post('/api/v1/scheduler', call), { mayStream: true })
  await begun
  return slot
}

function hear(slot, event, calls) {
  switch (event.type) {
    case 'SUBSCRIBED':
      slot.frameworkId = event.subscribed.framework_id.value
      return
    case 'OFFERS':
      slot.offers.push(...event.offers.offers)
      slot.offers.splice(0, slot.offers.length - rememberedMax)
      return
    case 'UPDATE': {
      const { status } = event.update
      slot.statuses.push(status)
      slot.statuses.splice(0, slot.statuses.length - rememberedMax)
      if (status.uuid !== undefined) acknowledge(slot, status, calls)
    }
  }
}

/** What nobody acknowledges an agent keeps, as it must: that would be memory without limit. */
function acknowledge(slot, { task_id, agent_id, uuid }, calls) {
  const acknowledge = { task_id, agent_id, uuid }
  const call = { type: 'ACKNOWLEDGE', framework_id: { value: slot.frameworkId }, acknowledge }
  const header = `mesos-stream-id: ${slot.stream.streamId}\r\n`
  void calls.ask(post('/api/v1/scheduler', call, header))
}
