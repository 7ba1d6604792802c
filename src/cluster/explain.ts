import type { Jobs } from '../frameworks/jobs/jobs.ts'
import type { WaitingJobs } from '../frameworks/jobs/waiting-jobs.ts'
import type { Resources } from '../messages/index.ts'
import { clientsWanting } from '../model/allocation/wanting.ts'
import { type ExplainContext, explainDemand } from '../model/explain/demand.ts'
import {
  type DominantShare,
  dominantShareOf,
  dominantShareOfRole,
} from '../model/explain/shares.ts'
import type { Ledger } from '../model/ledger/ledger.ts'
import type { FrameworkRecord, RoleRecord } from '../model/ledger/records.ts'
import { toQuantities, toResources } from '../model/resources/quantities.ts'
import type { QuotaOptions } from './sharing.ts'

/** Who has what part of the pool, and why the rest waits: plain data, safe to keep. */
export interface Explanation {
  /** The policy that decides. */
  readonly policy: string
  /** Why a result of it was refused, the last time it was; the default decided then. */
  readonly rejected?: string
  readonly roles: readonly RoleExplanation[]
  readonly frameworks: readonly FrameworkExplanation[]
  /** The jobs that wait, by tenant and shape. */
  readonly waiting: readonly WaitingExplanation[]
}

interface Shared {
  /** The resource of which it has the largest part of the cluster. */
  readonly dominantResource?: string
  /** How large that part is, from 0 to 1. */
  readonly dominantShare: number
}

export interface RoleExplanation extends Shared {
  readonly role: string
  readonly weight: number
  readonly priority: number
  readonly quota?: QuotaOptions
}

export interface FrameworkExplanation extends Shared {
  readonly framework: string
  readonly role: string
  readonly allocated: Resources
  /** Whether it wants offers in the role now. */
  readonly wantsOffers: boolean
}

export interface WaitingExplanation {
  readonly framework: string
  readonly role: string
  /** How many jobs of the shape wait, and the first of them. */
  readonly count: number
  readonly jobs: readonly string[]
  readonly demand: Resources
  readonly queuedAtMs: number
  /** Why, in one sentence. */
  readonly why: string
}

export function explainCluster(context: ExplainContext, tenants: readonly Jobs[]): Explanation {
  const { ledger, policy } = context
  return {
    policy: policy.name,
    ...(ledger.rejected !== undefined && { rejected: ledger.rejected }),
    roles: [...ledger.roles.values()]
      .filter(({ path }) => path !== '')
      .map((role) => explainRole(ledger, role)),
    frameworks: [...ledger.frameworks.values()].flatMap((framework) =>
      explainFramework(ledger, framework),
    ),
    waiting: tenants.flatMap((tenant) =>
      tenant.waitingJobs().map((waiting) => explainWaiting(context, tenant, waiting)),
    ),
  }
}

function explainRole(ledger: Ledger, { path, quota }: RoleRecord): RoleExplanation {
  return {
    role: path,
    weight: ledger.weights.get(path) ?? 1,
    priority: ledger.priorities.get(path) ?? 0,
    ...sharedOf(dominantShareOfRole(ledger, path)),
    ...(quota && { quota: { guarantees: plain(quota.guarantees), limits: plain(quota.limits) } }),
  }
}

function explainFramework(ledger: Ledger, framework: FrameworkRecord): FrameworkExplanation[] {
  const wanting = new Set(clientsWanting(ledger))
  return [...framework.clients.values()].map((client) => ({
    framework: framework.info.name,
    role: client.role,
    allocated: plain(client.allocated),
    wantsOffers: wanting.has(client),
    ...sharedOf(dominantShareOf(client.allocated, ledger.capacity)),
  }))
}

function explainWaiting(
  context: ExplainContext,
  { name, role }: Jobs,
  { count, jobs, demand, queuedAtMs, preferUntilMs = 0 }: WaitingJobs,
): WaitingExplanation {
  const { ledger, at } = context
  const framework = [...ledger.frameworks.values()].find(({ info }) => info.name === name)
  const patience = (preferUntilMs - at) / 1_000
  const why =
    framework === undefined
      ? 'the master does not know its framework yet'
      : explainDemand(context, { framework, role, resources: toQuantities(demand) })
  return {
    framework: name,
    role,
    count,
    jobs: jobs.map(({ id }) => id),
    demand,
    queuedAtMs,
    why:
      patience > 0
        ? `it waits for an agent that it prefers, ${patience.toFixed(1)} s more; ${why}`
        : why,
  }
}

function sharedOf(dominant: DominantShare | undefined): Shared {
  if (dominant === undefined) return { dominantShare: 0 }
  return { dominantResource: dominant.resource, dominantShare: dominant.share }
}

/** Scalars in people's units, without those that are nothing. */
function plain(scalars: Parameters<typeof toResources>[0]): Record<string, number> {
  const entries = Object.entries(toResources(scalars)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0,
  )
  return Object.fromEntries(entries)
}
