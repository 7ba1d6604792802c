import { capabilities, type FrameworkInfo, problemWithId } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import { readOfferConstraints } from './constraints.ts'
import {
  isAbsent,
  type Json,
  keyAt,
  listAt,
  objectAt,
  optionalBoolean,
  optionalEnum,
  optionalId,
  optionalNumber,
  optionalObject,
  optionalText,
  textAt,
  textsAt,
  toMilliseconds,
  WireProblem,
  withoutEmpty,
} from './json.ts'
import { readLabels, writeLabels } from './labels.ts'
import { readQuantities, writeQuantities } from './quantities.ts'

type Capability = (typeof capabilities)[number]

/** A framework as it describes itself. */
export interface ReadFramework {
  readonly info: FrameworkInfo
  readonly id?: string
  /** Why it cannot join, which Mesos tells by an ERROR event rather than by a status. */
  readonly problem?: string
}

/** What SUBSCRIBE and UPDATE_FRAMEWORK say. */
export interface ReadSubscription extends ReadFramework {
  readonly suppressedRoles: string[]
}

const undecided: Undecided = { hostname: 'text', webui_url: 'text' }
const undecidedOfOld: Undecided = { ...undecided, role: 'text' }

const msPerSecond = 1000
/** About 292 years: what 64 bits of nanoseconds can say. */
const failoverTimeoutSecondsMax = 9_223_372_036

/** Reads a FrameworkInfo; name and user must be there. */
export function readFrameworkInfo(value: unknown, path: string): ReadFramework {
  const json = objectAt(value, path)
  const able = readCapabilities(json.capabilities, `${path}.capabilities`)
  // Who wants a new id may send an empty one.
  const id = optionalId(json.id, `${path}.id`) || undefined
  const role = optionalText(json.role, `${path}.role`)
  const roles = textsAt(json.roles, `${path}.roles`)
  const isMultiRole = able.includes('MULTI_ROLE')
  const failoverTimeout = optionalNumber(json.failover_timeout, `${path}.failover_timeout`) ?? 0
  const principal = optionalText(json.principal, `${path}.principal`)
  const ownRoles = isMultiRole ? roles : [role ?? '*']
  const minAllocatable = readOfferFilters(json.offer_filters, `${path}.offer_filters`)
  const { labels, carried: allLabels } = readLabels(json.labels, `${path}.labels`)
  // The role is kept beside the roles, so that the framework is described as it described itself.
  const carried = carry(json, isMultiRole ? undecided : undecidedOfOld, path)
  const problem =
    (id === undefined ? undefined : problemWithId('the framework id', id)) ??
    problemWithRoles(role, roles, isMultiRole) ??
    problemWithMinimums(minAllocatable) ??
    problemWithTimeout(failoverTimeout)
  const info: FrameworkInfo = {
    name: textAt(json.name, `${path}.name`),
    user: textAt(json.user, `${path}.user`),
    roles: ownRoles,
    checkpoint: optionalBoolean(json.checkpoint, `${path}.checkpoint`) ?? false,
    // Mesos takes a negative one, and then waits no longer than for zero.
    failoverTimeoutMs: toMilliseconds(Math.max(0, failoverTimeout)),
    capabilities: able,
    ...(principal !== undefined && { principal }),
    ...(labels !== undefined && { labels }),
    ...(minAllocatable !== undefined && { minAllocatable: ofRoles(minAllocatable, ownRoles) }),
    ...((carried || allLabels) && {
      carried: { ...carried, ...(allLabels && labelled(allLabels)) },
    }),
  }
  return { info, ...(id !== undefined && { id }), ...(problem !== undefined && { problem }) }
}

function labelled(labels: Json): Json {
  return { labels }
}

function readCapabilities(value: unknown, path: string): Capability[] {
  const able = new Set<Capability>()
  for (const [index, item] of listAt(value, path).entries()) {
    const { type } = objectAt(item, `${path}[${index}]`)
    const capability = optionalEnum(type, capabilities, `${path}[${index}].type`)
    if (capability !== undefined) able.add(capability)
  }
  return [...able]
}

function problemWithRoles(
  role: string | undefined,
  roles: readonly string[],
  isMultiRole: boolean,
): string | undefined {
  if (isMultiRole) {
    if (role === undefined) return undefined
    return 'a framework with MULTI_ROLE names its roles in `roles`, not in `role`'
  }
  if (roles.length === 0) return undefined
  return 'a framework without MULTI_ROLE names its role in `role`, not in `roles`'
}

function problemWithTimeout(seconds: number): string | undefined {
  if (seconds <= failoverTimeoutSecondsMax) return undefined
  return `failover_timeout is ${seconds} s; no more than 292 years can be waited`
}

type MinAllocatable = NonNullable<FrameworkInfo['minAllocatable']>

/** Those of roles that the framework has; Mesos takes the others, and does nothing with them. */
function ofRoles(filters: MinAllocatable, roles: readonly string[]): MinAllocatable {
  const own = new Set(roles)
  return Object.fromEntries(Object.entries(filters).filter(([role]) => own.has(role)))
}

function problemWithMinimums(filters: MinAllocatable = {}): string | undefined {
  const [role] =
    Object.entries(filters).find(([, minimums]) =>
      minimums.some((minimum) => Object.keys(minimum).length === 0),
    ) ?? []
  if (role === undefined) return undefined
  return `offer_filters.${role} has quantities without a quantity; give at least one`
}

function readOfferFilters(value: unknown, path: string): MinAllocatable | undefined {
  const byRole = optionalObject(value, path)
  if (byRole === undefined) return undefined
  const filters: MinAllocatable = {}
  for (const role of Object.keys(byRole)) {
    const at = `${path}.${role}.min_allocatable_resources`
    const { min_allocatable_resources } = objectAt(byRole[role], `${path}.${role}`)
    const minimums = optionalObject(min_allocatable_resources, at)
    if (minimums === undefined) continue
    filters[keyAt(role, path)] = listAt(minimums.quantities, `${at}.quantities`).map(
      (item, index) => {
        const { quantities } = objectAt(item, `${at}.quantities[${index}]`)
        return readQuantities(quantities, `${at}.quantities[${index}].quantities`)
      },
    )
  }
  return filters
}

/** Writes a FrameworkInfo as Mesos shows it: what was not given is told by its default. */
export function writeFrameworkInfo(info: FrameworkInfo, id?: string): Json {
  const { user = '', principal, failoverTimeoutMs = 0, labels, minAllocatable } = info
  const able = info.capabilities ?? []
  return withoutEmpty({
    user,
    name: info.name,
    ...(id !== undefined && { id: { value: id } }),
    failover_timeout: failoverTimeoutMs / msPerSecond,
    checkpoint: info.checkpoint ?? false,
    ...writeRoles(info.roles, able.includes('MULTI_ROLE')),
    ...(principal !== undefined && { principal }),
    capabilities: able.map((type) => ({ type })),
    ...(labels !== undefined && { labels: writeLabels(labels) }),
    ...(minAllocatable !== undefined && { offer_filters: writeOfferFilters(minAllocatable) }),
    ...info.carried,
  })
}

/** Frameworks of our own may have several roles without saying that they can. */
function writeRoles(roles: readonly string[], isMultiRole: boolean): Json {
  if (isMultiRole || roles.length > 1) return { roles }
  const [role = '*'] = roles
  return role === '*' ? {} : { role }
}

function writeOfferFilters(filters: MinAllocatable): Json {
  const roles = Object.entries(filters).map(([role, minimums]) => {
    const quantities = minimums.map((minimum) => ({ quantities: writeQuantities(minimum) }))
    return [role, { min_allocatable_resources: { quantities } }]
  })
  return Object.fromEntries(roles)
}

/** Reads what SUBSCRIBE and UPDATE_FRAMEWORK have in common. */
export function readSubscribe(value: unknown, path: string): ReadSubscription {
  const json = objectAt(value, path)
  const framework = readFrameworkInfo(json.framework_info, `${path}.framework_info`)
  const suppressedRoles = textsAt(json.suppressed_roles, `${path}.suppressed_roles`)
  if (isAbsent(json.offer_constraints)) return { ...framework, suppressedRoles }
  try {
    const at = `${path}.offer_constraints`
    const offerConstraints = readOfferConstraints(json.offer_constraints, at)
    return { ...framework, info: { ...framework.info, offerConstraints }, suppressedRoles }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    return { problem: error.message, ...framework, suppressedRoles }
  }
}
