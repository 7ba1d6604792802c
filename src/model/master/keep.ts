import type {
  StoredAdmission,
  StoredCluster,
  StoredHistory,
  StoredMaintenance,
  StoredSettings,
} from '../../messages/records.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { saysSomething } from '../ledger/roles.ts'
import { toResources } from '../resources/quantities.ts'
import type { MasterStep } from './step.ts'

type Keeper = Pick<MasterStep, 'book' | 'turn'>

/** The next master is to know the agent as it stands now, or no more. */
export function keepAgent({ book, turn }: Keeper, id: string): void {
  if (book.durable) turn.persist(`agent/${id}`)
}

/** … that an agent was declared gone, or that this is so long ago that it counts no more. */
export function keepGone({ book, turn }: Keeper, id: string): void {
  if (book.durable) turn.persist(`gone/${id}`)
}

/** … what operators have said about sharing and about maintenance. */
export function keepSettings({ book, turn }: Keeper): void {
  if (!book.durable) return
  turn.persist('settings')
  turn.persist('maintenance')
}

/** … which frameworks are gone for good. */
export function keepHistory({ book, turn }: Keeper): void {
  if (book.durable) turn.persist('history')
}

/** … which cluster it belongs to. */
export function keepCluster({ book, turn }: Keeper): void {
  if (book.durable) turn.persist('cluster')
}

/** What is to be kept under a key now; nothing, when it is there no more. */
export function masterRecord(book: Ledger, key: string): object | undefined {
  const [kind, id = ''] = key.split('/')
  switch (kind) {
    case 'cluster':
      return { clusterId: book.clusterId } satisfies StoredCluster
    case 'settings':
      return settingsOf(book)
    case 'maintenance': {
      const { windows, down } = book.maintenance
      return { windows: [...windows], down: [...down] } satisfies StoredMaintenance
    }
    case 'history':
      return { completedFrameworks: book.completedFrameworks } satisfies StoredHistory
    case 'gone':
      return book.goneAgents.get(id)
    default:
      return admissionOf(book.agents.get(id))
  }
}

function settingsOf({ weights, priorities, roles, whitelist }: Ledger): StoredSettings {
  return {
    weights: Object.fromEntries(weights),
    priorities: Object.fromEntries(priorities),
    quotas: [...roles.values()].flatMap(({ path, quota }) =>
      quota === undefined || !saysSomething(quota)
        ? []
        : [{ role: path, guarantees: inUnits(quota.guarantees), limits: inUnits(quota.limits) }],
    ),
    ...(whitelist !== undefined && { whitelist: [...whitelist] }),
  }
}

function inUnits(scalars: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(toResources(scalars)).flatMap(([name, amount]) =>
      typeof amount === 'number' ? [[name, amount]] : [],
    ),
  )
}

function admissionOf(agent: AgentRecord | undefined): StoredAdmission | undefined {
  if (agent === undefined) return undefined
  const { id: agentId, address, info, duty, unreachableTimeMs } = agent
  return {
    agentId,
    address,
    info,
    duty,
    ...(unreachableTimeMs !== undefined && { unreachableTimeMs }),
  }
}
