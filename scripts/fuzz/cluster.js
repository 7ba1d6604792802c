import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'

const token = 'only-for-fuzzing'
const resources = { cpus: 8, mem: 4_096, disk: 4_096, ports: [[31_000, 31_099]] }
const timeouts = {
  registrationBackoffMs: 20,
  allocationIntervalMs: 50,
  allocationDelayMs: 5,
  offerTimeoutMs: 2_000,
  executorShutdownGraceMs: 300,
  killGraceMs: 200,
  latestStateDelayMs: 50,
}
/** How long everything may take to be free again when all frameworks are gone. */
const restMs = 20_000
const lookAfterMs = 25

/**
 * What the cluster is made of comes from whoever starts it: from the sources or from what was built
 * of them.
 *
 * @typedef {object} Parts
 * @property {typeof import('../../src/cluster/processes/master.ts').Master} Master
 * @property {typeof import('../../src/cluster/processes/master.ts').masterParts} masterParts
 * @property {typeof import('../../src/cluster/processes/agent.ts').startAgent} startAgent
 * @property {typeof import('../../src/model/ledger/audit.ts').audit} audit
 *
 * @typedef {object} Cluster a real master and two real agents, on sockets of this machine
 * @property {number} port of the master
 * @property {string} folder where all of it is kept
 * @property {() => Promise<number[]>} agentPorts of the agents that nobody has sent away
 * @property {(sessionsMax: number) => Promise<string[]>} problems what is wrong right now
 * @property {() => Promise<string[]>} atRest undoes what operators did, and says what is not free
 *   though no framework is left
 * @property {() => Promise<number>} heapMb after the garbage is gone
 * @property {() => Promise<void>} close
 */

/** @param {Parts} parts @returns {Promise<Cluster>} */
export async function startCluster({ Master, masterParts, startAgent, audit }) {
  class OpenMaster extends Master {
    get book() {
      return this.ledger
    }
  }
  // Deep enough that not even a path that climbs leads out of it.
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-fuzz-'))
  const workDir = join(folder, 'a', 'b', 'c')
  mkdirSync(workDir, { recursive: true })
  const troubles = []
  const onMark = ({ name, detail }) => {
    if (isTrouble(name)) troubles.push(`${name}: ${detail}`)
  }
  const head = new OpenMaster(await masterParts({ port: 0, token, timeouts, onMark }))
  head.crashed.then((error) => troubles.push(error.message))
  const agents = []
  let lives = 0
  const begin = async (index) => {
    agents[index] = await startAgent({
      ...{ master: head.place, token, timeouts, http: {} },
      // One that was declared gone may not come back as who it was.
      workDir: join(workDir, String(lives++)),
      agent: { name: `agent-${index}`, resources, attributes: { rack: 'r1' } },
    })
    agents[index].ended.then((error) => {
      // One that an operator sent away has done as it was told.
      if (error !== undefined && !error.message.includes(' sent agent '))
        troubles.push(error.message)
    })
  }
  const revive = async () => {
    for (const [index, agent] of agents.entries()) {
      if (!agent.isEnding) continue
      // One that an operator sent away waits for executors that may take their time.
      await agent.stop({ graceMs: 0 })
      await begin(index)
    }
  }
  await Promise.all([0, 1].map(begin))
  return {
    port: Number(head.place.split(':')[1]),
    folder,
    agentPorts: async () =>
      agents.filter(({ hasEnded }) => !hasEnded).map(({ endpoint }) => endpoint.port),
    problems: async (sessionsMax) => [
      ...troubles.splice(0),
      ...audit(head.book),
      ...leakedSessions(head.book, sessionsMax),
    ],
    atRest: async () => {
      await undo(head)
      return untilFree(head.book, audit, revive)
    },
    heapMb: async () => {
      globalThis.gc?.()
      return process.memoryUsage().heapUsed / 2 ** 20
    },
    close: async () => {
      await Promise.all(agents.map((agent) => agent.stop({ graceMs: 0 })))
      await head.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Bugs, and what only a peer in the same cluster can do wrong. */
function isTrouble(name) {
  return ['http.trouble', 'message.unexpected', 'link.rejected', 'allocation.rejected'].includes(
    name,
  )
}

function leakedSessions({ frameworks }, sessionsMax) {
  const connected = [...frameworks.values()].filter(({ state }) => state === 'connected').length
  return connected <= sessionsMax
    ? []
    : [`${connected} frameworks are connected, and there are ${sessionsMax} connections at most`]
}

/** Takes back what operators' calls changed. */
async function undo(head) {
  const { down } = head.maintenanceStatus()
  if (down.length > 0) await head.stopMaintenance(down)
  await head.updateMaintenanceSchedule([])
  const roles = [...head.book.roles.values()]
  const quotas = roles.filter(({ quota }) => quota !== undefined).map(({ path }) => [path, {}])
  await head.updateQuotas(Object.fromEntries(quotas))
  for (const { id } of head.book.agents.values()) await head.reactivateAgent(id).catch(() => {})
}

async function untilFree(book, audit, revive) {
  const endsAtMs = Date.now() + restMs
  for (;;) {
    await revive()
    const problems = notFree(book)
    if (problems.length === 0 || Date.now() > endsAtMs) return [...problems, ...audit(book)]
    await rest(lookAfterMs)
  }
}

function notFree({ frameworks, agents, offers }) {
  const problems = [...frameworks.values()].map(({ id, state }) => `framework ${id} is ${state}`)
  if (offers.size > 0) problems.push(`${offers.size} offers are made to nobody`)
  const connected = [...agents.values()].filter(({ state }) => state === 'connected')
  if (connected.length < 2) problems.push(`${connected.length} of 2 agents are connected`)
  for (const { id, used, offered } of connected) {
    const held = Object.entries({ ...used, ...offered }).filter(([, amount]) => amount !== 0)
    if (held.length > 0) problems.push(`${id} has ${JSON.stringify(held)} that is not free`)
  }
  return problems
}
