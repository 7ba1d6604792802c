import { consumptionOf } from '../../model/allocation/quota-standing.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Quota, RoleRecord } from '../../model/ledger/records.ts'
import { scalarsByName } from '../../model/resources/kinds.ts'
import { type Scalars, sumOfScalars } from '../../model/resources/quantities.ts'
import type { Json } from '../wire/json.ts'
import { plainScalars, scalarResources } from './resource-json.ts'
import type { Viewer } from './viewer.ts'

/** A role, with what it and the roles below it have; scalars by name, in thousandths. */
interface RoleView {
  readonly name: string
  readonly weight: number
  readonly quota: Quota | undefined
  readonly consumed: Readonly<Scalars>
  /** Offered or used, reserved or not. */
  readonly held: Readonly<Scalars>
  readonly offered: Readonly<Scalars>
  readonly reserved: Readonly<Scalars>
  readonly frameworkIds: readonly string[]
}

/** Every role that somebody has, or that an operator has said something about. */
function viewRoles(ledger: Ledger, viewer: Viewer): RoleView[] {
  const names = new Set([...ledger.roles.keys(), ...ledger.weights.keys()])
  names.delete('')
  const offered = offeredByRole(ledger)
  return [...names]
    .filter(viewer.seesRole)
    .sort()
    .map((name) => viewRole(ledger, name, offered))
}

function viewRole(
  ledger: Ledger,
  name: string,
  offered: ReadonlyMap<RoleRecord, Scalars>,
): RoleView {
  const role = ledger.roles.get(name)
  const family = role === undefined ? [] : [...withDescendants(role)]
  const clients = family.flatMap(({ clients }) => [...clients])
  const known = [...(role?.clients ?? [])].filter(({ framework }) =>
    framework.info.roles.includes(name),
  )
  return {
    name,
    weight: ledger.weights.get(name) ?? 1,
    quota: role?.quota,
    consumed: role === undefined ? {} : consumptionOf(role),
    held: sumOfScalars(clients.map(({ allocated }) => allocated)),
    offered: sumOfScalars(family.map((one) => offered.get(one) ?? {})),
    reserved: role?.reserved ?? {},
    frameworkIds: known.map(({ frameworkId }) => frameworkId),
  }
}

function* withDescendants(role: RoleRecord): Generator<RoleRecord> {
  yield role
  for (const child of role.children) yield* withDescendants(child)
}

function offeredByRole(ledger: Ledger): Map<RoleRecord, Scalars> {
  const sums = new Map<RoleRecord, Scalars>()
  for (const { client, resources } of ledger.offers.values()) {
    const sum = sums.get(client.node) ?? {}
    sums.set(client.node, sumOfScalars([sum, scalarsByName(resources)]))
  }
  return sums
}

/** GET_ROLES. */
export function v1Roles(ledger: Ledger, viewer: Viewer): Json {
  const roles = viewRoles(ledger, viewer).map(({ name, weight, frameworkIds, held }) => ({
    name,
    weight,
    frameworks: frameworkIds.map((value) => ({ value })),
    resources: scalarResources(held),
  }))
  return { roles }
}

/** The plain endpoint `/roles`. */
export function plainRoles(ledger: Ledger, viewer: Viewer): Json {
  return { roles: viewRoles(ledger, viewer).map(plainRole) }
}

function plainRole(role: RoleView): Json {
  const { name, weight, quota, held, offered } = role
  const allocated: Scalars = {}
  for (const [kind, amount] of Object.entries(held)) allocated[kind] = amount - (offered[kind] ?? 0)
  return {
    name,
    weight,
    quota: {
      role: name,
      guarantee: plainScalars(quota?.guarantees ?? {}),
      limit: plainScalars(quota?.limits ?? {}),
      consumed: plainScalars(role.consumed),
    },
    resources: plainScalars(held),
    allocated: plainScalars(allocated),
    offered: plainScalars(offered),
    reserved: plainScalars(role.reserved),
    frameworks: role.frameworkIds,
  }
}
