import { existing } from '../assert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord, ClientRecord, RoleRecord, TaskRecord } from '../ledger/records.ts'
import { topRole } from '../ledger/roles.ts'
import { allot } from '../resources/allot.ts'
import { addTo, type Quantities } from '../resources/quantities.ts'
import type { ConstraintCompiler } from './constraints.ts'
import { Contender } from './contender.ts'
import { consumptionOf } from './quota-standing.ts'

/** An agent that would have room, and who has to leave it. */
export interface Eviction {
  readonly agent: AgentRecord
  readonly tasks: readonly TaskRecord[]
}

/**
 * The smallest eviction that makes room for what a client asks: tasks of roles of lower priority,
 * the lowest first and of those the newest, never so many that a role falls below its guarantee
 * (Hindman et al., NSDI 2011, §3.3). It has no tasks when there is room without; nothing when none
 * can be made. `promised` is what others were promised on an agent before.
 */
export function evictionFor(
  ledger: Ledger,
  compiler: ConstraintCompiler,
  client: ClientRecord,
  wanted: Readonly<Quantities>,
  promised: ReadonlyMap<AgentRecord, Readonly<Quantities>>,
): Eviction | undefined {
  const constraints = compiler.compile(client.framework.info.offerConstraints).get(client.role)
  const contender = new Contender(client, 0, { standing: undefined, constraints })
  let best: Eviction | undefined
  for (const agent of ledger.agents.values()) {
    if (agent.state !== 'connected' || constraints?.allows(agent.info) === false) continue
    if (ledger.whitelist?.has(agent.info.hostname) === false) continue
    const demand: Quantities = { ...promised.get(agent) }
    addTo(demand, wanted)
    if (allot(demand, contender.partOf(agent.total)) === undefined) continue
    const tasks = victimsOn(ledger, agent, contender, demand)
    if (tasks !== undefined && (best === undefined || tasks.length < best.tasks.length)) {
      best = { agent, tasks }
    }
    if (best?.tasks.length === 0) break
  }
  return best
}

/** Whether a role comes before another: where their paths part, its priority is the higher one. */
export function outranks(ledger: Ledger, role: string, other: string): boolean {
  const [mine, theirs] = [role.split('/'), other.split('/')]
  let depth = 0
  while (mine[depth] !== undefined && mine[depth] === theirs[depth]) depth++
  const at = (path: string[]): number =>
    ledger.priorities.get(path.slice(0, depth + 1).join('/')) ?? 0
  return at(mine) > at(theirs)
}

function victimsOn(
  ledger: Ledger,
  agent: AgentRecord,
  contender: Contender,
  wanted: Readonly<Quantities>,
): TaskRecord[] | undefined {
  const room: Quantities = {}
  addTo(room, agent.free)
  for (const id of agent.offers) {
    const offer = existing(ledger.offers, id, 'offer')
    if (outranks(ledger, contender.role, offer.role)) addTo(room, offer.resources)
  }
  for (const task of agent.tasks) if (task.holds && task.preemptedFor) addTo(room, task.resources)
  const fits = (): boolean => allot(wanted, contender.partOf(room)) !== undefined
  const victims: TaskRecord[] = []
  const released = new Map<RoleRecord, Quantities>()
  for (const task of inOrderOfWorth(ledger, agent, contender.role)) {
    if (fits()) break
    if (!maySpare(ledger, task, released)) continue
    addTo(room, task.resources)
    victims.push(task)
  }
  return fits() ? victims : undefined
}

/** Whom to evict first: low priorities, then the newest, who loses least. */
function inOrderOfWorth(ledger: Ledger, agent: AgentRecord, role: string): TaskRecord[] {
  const tasks = [...agent.tasks]
    .filter((task) => task.holds && task.preemptedFor === undefined)
    .filter((task) => outranks(ledger, role, task.role))
    .reverse()
  return tasks.sort((left, right) => {
    if (outranks(ledger, left.role, right.role)) return 1
    return outranks(ledger, right.role, left.role) ? -1 : 0
  })
}

/** Whether the task's role keeps what it is guaranteed; if so, the task counts as released. */
function maySpare(
  ledger: Ledger,
  task: TaskRecord,
  released: Map<RoleRecord, Quantities>,
): boolean {
  const top = topRole(existing(ledger.roles, task.role, 'role'))
  const consumed = consumptionOf(top)
  const gone: Quantities = { ...released.get(top) }
  addTo(gone, task.resources)
  for (const [name, guarantee] of Object.entries(top.quota?.guarantees ?? {})) {
    const lost = gone[name]
    if (typeof lost === 'number' && (consumed[name] ?? 0) - lost < guarantee) return false
  }
  released.set(top, gone)
  return true
}
