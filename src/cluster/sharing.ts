import type { AgentInfo, QuotaInfo } from '../messages/index.ts'
import {
  createFairPolicy,
  drfPolicy,
  preemptivePolicy,
  priorityPolicy,
  randomPolicy,
} from '../model/allocation/policies.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import { InvalidInputError } from '../model/errors.ts'
import type { LedgerOptions } from '../model/ledger/ledger.ts'
import { checkKeys } from '../model/resources/amounts.ts'
import { scalarsByName } from '../model/resources/kinds.ts'
import {
  type Scalars,
  sumOfScalars,
  toQuantities,
  toScalars,
} from '../model/resources/quantities.ts'
import { suggestion } from '../model/suggestion.ts'
import { problemWithPromises, problemWithQuotas, quotaOf } from '../model/validation/quotas.ts'
import { problemWithRole } from '../model/validation/roles.ts'
import {
  problemWithMinimums,
  problemWithPriority,
  problemWithWeight,
} from '../model/validation/sharing.ts'
import { guarded } from './policy-guard.ts'

/** What a role at the top of the tree is promised, and may have at most; scalars by name. */
export type QuotaOptions = Omit<QuotaInfo, 'role'>

/** How the pool is shared. */
export interface SharingOptions {
  /**
   * Who is offered what: the name of a bundled policy (`drf`, `priority`, `priority-preemptive`,
   * `fair`, `fair:mem`, `random`), or your own. Default `drf`.
   */
  readonly policy?: string | AllocationPolicy
  /** Weights of roles; a role without one counts 1. */
  readonly weights?: Readonly<Record<string, number>>
  /** Which roles come first under a policy of priorities; a role without one has 0. */
  readonly priorities?: Readonly<Record<string, number>>
  /** What roles are promised and may have at most: `{ eng: { guarantees: { cpus: 4 } } }`. */
  readonly quotas?: Readonly<Record<string, QuotaOptions>>
  /** Names of the agents that are offered; by default all. */
  readonly whitelist?: readonly string[]
  /**
   * Offers with none of these are not worth making, where a framework says nothing else. Default:
   * `[{ cpus: 0.01 }, { mem: 32 }]`.
   */
  readonly minAllocatable?: readonly Readonly<Record<string, number>>[]
}

export const sharingKeys: readonly string[] = [
  'policy',
  'weights',
  'priorities',
  'quotas',
  'whitelist',
  'minAllocatable',
]

/** The bundled policies. `fair:RESOURCE` is the fair one for another resource than cpus. */
export const policies: readonly AllocationPolicy[] = [
  drfPolicy,
  priorityPolicy,
  preemptivePolicy,
  createFairPolicy(),
  randomPolicy,
]

/**
 * The part of the master's book that says how to share. Throws InvalidInputError, also for promises
 * that these agents together cannot keep; where agents come later, nobody knows.
 */
export function sharingOf(
  options: SharingOptions,
  agents?: readonly AgentInfo[],
): Pick<LedgerOptions, 'weights' | 'priorities' | 'quotas' | 'whitelist' | 'minAllocatable'> {
  const { weights = {}, priorities = {}, quotas = {}, whitelist, minAllocatable } = options
  check(minAllocatable && problemWithMinimums(minAllocatable))
  for (const [role, weight] of Object.entries(weights)) {
    check(problemWithRole(role) ?? problemWithWeight(role, weight))
  }
  for (const [role, priority] of Object.entries(priorities)) {
    check(problemWithRole(role) ?? problemWithPriority(role, priority))
  }
  const infos = quotaInfos(quotas)
  check(problemWithQuotas(infos))
  const byRole = new Map(infos.map((info) => [info.role, quotaOf(info)]))
  if (agents !== undefined) {
    check(problemWithPromises(capacityOf(agents), [...byRole.values()]))
  }
  return {
    weights: new Map(Object.entries(weights)),
    priorities: new Map(Object.entries(priorities)),
    quotas: byRole,
    ...(whitelist !== undefined && { whitelist: new Set(hostnames(whitelist)) }),
    ...(minAllocatable && {
      minAllocatable: minAllocatable.map(toScalars),
    }),
  }
}

/** Quotas as the master hears of them. Throws InvalidInputError for an option nobody reads. */
export function quotaInfos(quotas: Readonly<Record<string, QuotaOptions>>): QuotaInfo[] {
  return Object.entries(quotas).map(([role, quota]) => {
    checkKeys(`the quota of ${role}`, quota, ['guarantees', 'limits'])
    return { role, ...quota }
  })
}

/** Throws InvalidInputError for anything but a list: a text would be a list of letters. */
export function hostnames(whitelist: readonly string[]): string[] {
  if (Array.isArray(whitelist)) return [...whitelist]
  throw new InvalidInputError('whitelist: give a list of agent names')
}

/** The policy that is meant. Throws InvalidInputError when there is none of the name. */
export function policyNamed(policy: string | AllocationPolicy = drfPolicy): AllocationPolicy {
  if (typeof policy !== 'string') return policies.includes(policy) ? policy : own(policy)
  const [, resource] = /^fair:(.+)$/.exec(policy) ?? []
  const found = resource ? createFairPolicy(resource) : policies.find(({ name }) => name === policy)
  if (found !== undefined) return found
  const names = policies.map(({ name }) => name)
  throw new InvalidInputError(
    `there is no policy ${policy}${suggestion(policy, names)}; known are ${names.join(', ')}`,
  )
}

function own(policy: AllocationPolicy): AllocationPolicy {
  const { name, allocate } = policy ?? {}
  if (typeof name === 'string' && name !== '' && typeof allocate === 'function') {
    return guarded(policy)
  }
  throw new InvalidInputError(
    'policy: give the name of one, or an object with a name and a function `allocate`',
  )
}

/** What is reserved can keep a promise too. */
function capacityOf(agents: readonly AgentInfo[]): Scalars {
  return sumOfScalars(agents.map(({ resources }) => scalarsByName(toQuantities(resources))))
}

function check(problem: string | undefined): void {
  if (problem !== undefined) throw new InvalidInputError(problem)
}
