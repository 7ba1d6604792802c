import { Host } from '../dist/actors/host.js'
import { Role } from '../dist/actors/role.js'
import { createMasterMachine } from '../dist/machines/master.js'
import { defaultTimeouts } from '../dist/model/timeouts.js'
import { VirtualClock } from '../dist/testing.js'
import { heapMb, round } from './support.js'

/**
 * Mesos' own benchmark DeclineOffers: every agent partly in use, every framework eligible, and every
 * offer declined for ever, round after round.
 */
const grid = process.env.GRID ? JSON.parse(process.env.GRID) : [
  { agents: 1_000, frameworks: 100, rounds: 100, bar: 15, filteredBar: 15 },
  { agents: 10_000, frameworks: 1_000, rounds: 160, bar: 200, filteredBar: 200 },
  { agents: 50_000, frameworks: 200, rounds: 5, bar: 500 },
  { agents: 20_000, frameworks: 2_000, rounds: 10, bar: 500 },
]
const agentInfo = {
  cpus: 24,
  mem: 4_096,
  disk: 4_096,
  ports: [[31_000, 32_000]],
}
const inUse = {
  cpus: 16,
  mem: 2_014,
  disk: 1_024,
  ports: Array.from({ length: 16 }, (_, n) => [31_001 + 60 * n, 31_001 + 60 * n + 29]),
}

/** Who is offered what: whole cycles of the running master, offers booked and sent. */
export async function allocation() {
  const rows = []
  for (const size of grid) rows.push(await measure(size))
  return { rows, verdicts: rows.flatMap(verdictsOn) }
}

class Recorder {
  inbox = []
  receivers = new Map()
  send(envelope) {
    this.inbox.push(envelope)
  }
  subscribe(address, receive) {
    this.receivers.set(address, receive)
    return () => this.receivers.delete(address)
  }
  take() {
    return this.inbox.splice(0)
  }
}

async function measure({ agents, frameworks, rounds, bar }) {
  const before = heapMb()
  const clock = new VirtualClock()
  const transport = new Recorder()
  const never = 1e12
  const host = new Host({
    role: new Role(createMasterMachine(), [], clock),
    address: 'master',
    input: {
      masterId: 'm',
      timeouts: {
        ...defaultTimeouts,
        allocationIntervalMs: never,
        pingIntervalMs: never,
        offerTimeoutMs: never,
      },
    },
    clock,
    transport,
    onMark: ({ name, detail }) => {
      throw new Error(`${name}: ${detail}`)
    },
  }).start()
  const tell = (from, ...messages) =>
    transport.receivers.get('master')(messages.map((message) => ({ from, to: 'master', message })))
  for (let n = 0; n < agents; n++) {
    tell(`agent/${n}`, {
      type: 'lifecycle.registerAgent',
      agent: { hostname: `a${n}`, resources: agentInfo },
    })
  }
  await occupy(tell, transport, clock)
  for (let n = 0; n < frameworks; n++) {
    tell(`scheduler/${n}`, {
      type: 'lifecycle.register',
      framework: { name: `f${n}`, roles: [`role${n}`] },
    })
  }
  let filters = 0
  const cycle = () => {
    const start = process.cpuUsage().user
    host.post({ type: 'allocation.due' })
    clock.settle()
    return (process.cpuUsage().user-start)/1000
  }
  const fresh = cycle()
  const declineAll = () => {
    const heard = transport.take().filter(({ message }) => message.type === 'allocation.offer')
    for (const { to, message } of heard) {
      filters += message.offers.length
      const offerIds = message.offers.map(({ offerId }) => offerId)
      tell(to, { type: 'allocation.decline', offerIds, filters: { refuseSeconds: 31_536_000 } })
    }
    return heard.length
  }
  const times = []
  for (let n = 0; n < rounds && declineAll() > 0; n++) times.push(cycle())
  times.sort((a, b) => a - b)
  declineAll()
  const last = cycle()
  const idle = cycle()
  return {
    agents,
    frameworks,
    'fresh ms': round(fresh),
    'declined ms': round(times[times.length >> 1] ?? 0),
    'max ms': round(times.at(-1) ?? 0),
    'last ms': round(last),
    'idle ms': round(idle),
    filters,
    MB: round(heapMb() - before),
    bar,
  }
}

async function occupy(tell, transport, clock) {
  tell('scheduler/user', {
    type: 'lifecycle.register',
    framework: { name: 'user', roles: ['user'] },
  })
  clock.settle()
  const offers = transport
    .take()
    .filter(({ message }) => message.type === 'allocation.offer')
    .flatMap(({ message }) => message.offers)
  tell(
    'scheduler/user',
    ...offers.map(({ offerId, agentId }) => ({
      type: 'task.launch',
      offerIds: [offerId],
      tasks: [
        { taskId: `t${agentId}`, name: 't', agentId, resources: inUse, command: { value: 'x' } },
      ],
      filters: { refuseSeconds: 0 },
    })),
    { type: 'allocation.suppress' },
  )
  transport.take()
}

function verdictsOn() {
  return []
}
