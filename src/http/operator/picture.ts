import type { AgentInfo, FrameworkInfo, InverseOffer, Offer } from '../../messages/index.ts'
import { heldOn } from '../../model/ledger/audit.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { machineOf } from '../../model/ledger/maintenance.ts'
import type {
  AgentRecord,
  ExecutorRecord,
  FrameworkRecord,
  OfferRecord,
} from '../../model/ledger/records.ts'
import { describeOffer } from '../../model/master/allocate.ts'
import type { FrameworkPast } from './framework-past.ts'
import type { History } from './history.ts'
import { type ByRole, sumByRole } from './resource-json.ts'
import { type TaskVersion, versionOf } from './task-version.ts'
import type { Viewer } from './viewer.ts'

/**
 * How the cluster stands at one moment, as one caller sees it. It is taken in one go and refers
 * only to what never changes, so that an answer may be made of it piece by piece while work goes
 * on.
 */
export interface Picture {
  readonly agents: readonly AgentPicture[]
  /** Agents that the last master knew and that are not back yet. */
  readonly recovered: readonly RecoveredAgent[]
  readonly frameworks: readonly FrameworkPicture[]
  readonly completed: readonly FrameworkPicture[]
}

export interface RecoveredAgent {
  readonly id: string
  readonly info: AgentInfo
}

export interface AgentPicture {
  readonly id: string
  readonly record: Pick<AgentRecord, 'info' | 'state' | 'total' | 'duty'>
  readonly times: { readonly registeredAtMs: number; readonly reregisteredAtMs?: number }
  readonly drainStartedAtMs: number | undefined
  readonly used: ByRole
  readonly offered: ByRole
}

export interface FrameworkPicture {
  readonly id: string
  readonly info: FrameworkInfo
  readonly state: FrameworkRecord['state']
  readonly times: Pick<FrameworkPast, 'registeredAtMs' | 'reregisteredAtMs' | 'unregisteredAtMs'>
  readonly used: ByRole
  readonly offered: ByRole
  readonly offers: readonly Offer[]
  readonly inverseOffers: readonly InverseOffer[]
  readonly executors: readonly ExecutorRecord[]
  readonly tasks: readonly TaskVersion[]
  readonly unreachable: readonly TaskVersion[]
  readonly completed: readonly TaskVersion[]
}

/** Takes the picture. Expects to be called between turns of the master. */
export function takePicture(ledger: Ledger, history: History, viewer: Viewer): Picture {
  const agents = [...ledger.agents.values()]
  const executors = executorsOf(agents)
  return {
    agents: agents.filter(isRegistered).map((agent) => agentPicture(ledger, history, agent)),
    recovered: agents
      .filter(({ state }) => state === 'recovered')
      .map(({ id, info }) => ({ id, info })),
    frameworks: [...ledger.frameworks.values()]
      .filter(({ info }) => viewer.seesFramework(info))
      .map((framework) =>
        frameworkPicture(ledger, history, framework, viewer, executors.get(framework.id)),
      ),
    completed: completedPictures(history, viewer),
  }
}

/** The executors that are programs of their own, by framework. */
export function executorsOf(agents: Iterable<AgentRecord>): Map<string, ExecutorRecord[]> {
  const found = new Map<string, ExecutorRecord[]>()
  for (const agent of agents) {
    for (const executor of agent.executors.values()) {
      const list = found.get(executor.frameworkId)
      if (list === undefined) found.set(executor.frameworkId, [executor])
      else list.push(executor)
    }
  }
  return found
}

/** Whether an agent is part of the cluster, even if its link is broken just now. */
export function isRegistered({ state }: AgentRecord): boolean {
  return state === 'connected' || state === 'disconnected'
}

export function agentPicture(ledger: Ledger, history: History, agent: AgentRecord): AgentPicture {
  const past = history.agents.get(agent.id)
  const { id, info, state, total } = agent
  return {
    id,
    record: { info, state, total, duty: { ...agent.duty } },
    times: past ?? { registeredAtMs: history.startedAtMs },
    drainStartedAtMs: past?.drainStartedAtMs,
    used: usedOn(agent),
    offered: sumByRole(offersIn(ledger, agent.offers)),
  }
}

/** What is used on an agent, by role; most agents work for one. */
function usedOn(agent: AgentRecord): ByRole {
  const held = [...heldOn(agent), ...agent.executors.values()]
  const [first] = held
  if (first === undefined) return new Map()
  const isOne = held.every(({ role }) => role === first.role)
  return isOne ? new Map([[first.role, agent.used]]) : sumByRole(held)
}

function offersIn(ledger: Ledger, ids: Iterable<string>): OfferRecord[] {
  return [...ids].flatMap((id) => ledger.offers.get(id) ?? [])
}

export function frameworkPicture(
  ledger: Ledger,
  history: History,
  framework: FrameworkRecord,
  viewer: Viewer,
  executors: readonly ExecutorRecord[] = [],
): FrameworkPicture {
  const { id, info, state } = framework
  const past = history.frameworks.get(id)
  const offers = offersIn(ledger, framework.offers)
  const sees = ({ origin }: TaskVersion): boolean => viewer.seesTask(origin, info)
  const isSeen = (tasks: TaskVersion[]) => (viewer.seesAll ? tasks : tasks.filter(sees))
  const records = [...framework.tasks.values()]
  return {
    id,
    info,
    state,
    times: past ?? { ...noTimes, registeredAtMs: history.startedAtMs },
    used: sumByRole([...records.filter(({ holds }) => holds), ...executors]),
    offered: sumByRole(offers),
    offers: offers.map((offer) => describeOffer(ledger, offer)),
    inverseOffers: inverseOffersOf(ledger, id),
    executors: executors.filter((executor) => viewer.seesExecutor(executor.info, info)),
    tasks: isSeen(records.map((record) => versionOf(past, record))),
    unreachable: isSeen(
      [...framework.unreachableTasks.values()].map((record) => versionOf(past, record)),
    ),
    completed: isSeen(past === undefined ? [] : [...past.completed]),
  }
}

const noTimes = { reregisteredAtMs: undefined, unregisteredAtMs: undefined } as const

function inverseOffersOf(ledger: Ledger, frameworkId: string): InverseOffer[] {
  if (ledger.inverseOffers.size === 0) return []
  const own = [...ledger.inverseOffers.values()].filter((one) => one.frameworkId === frameworkId)
  return own.flatMap(({ id: inverseOfferId, agentId }): InverseOffer[] => {
    const { hostname } = ledger.agents.get(agentId)?.info ?? {}
    const machine = hostname === undefined ? undefined : machineOf(ledger, hostname)
    if (hostname === undefined || machine === undefined) return []
    const { unavailability } = machine
    return [{ inverseOfferId, frameworkId, agentId, hostname, unavailability }]
  })
}

function completedPictures(history: History, viewer: Viewer): FrameworkPicture[] {
  const seen = [...history.completed].filter(({ info }) => viewer.seesFramework(info))
  return seen.map(({ info, past }) => ({
    id: past.id,
    info,
    state: 'completed',
    times: past,
    used: new Map(),
    offered: new Map(),
    offers: [],
    inverseOffers: [],
    executors: [],
    tasks: [],
    unreachable: [],
    completed: [...past.completed].filter(({ origin }) => viewer.seesTask(origin, info)),
  }))
}
