import { consumptionOf } from '../../model/allocation/quota-standing.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Quota, RoleRecord } from '../../model/ledger/records.ts'
import { isPlain, scalarsByName } from '../../model/resources/kinds.ts'
import { type Scalars, sumOfScalars } from '../../model/resources/quantities.ts'
import { type Json, withoutEmpty } from '../wire/json.ts'
import { plainScalars, scalarResources } from './resource-json.ts'
import type { Viewer } from './viewer.ts'

/** A role, with what it and the roles below it have; scalars by name, in thousandths. */
interface RoleView {
  readonly name: string
  readonly weight: number
  readonly quota: Quota | undefined
  /** What counts against its quota: used or reserved, but not what is only offered. */
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
  offers: ReadonlyMap<RoleRecord, Offered>,
): RoleView {
  const role = ledger.roles.get(name)
  const family = role === undefined ? [] : [...withDescendants(role)]
  const clients = family.flatMap(({ clients }) => [...clients])
  const known = [...(role?.clients ?? [])].filter(({ framework }) =>
    framework.info.roles.includes(name),
  )
  const unreserved = family.map((one) => offers.get(one)?.unreserved ?? {})
  return {
    name,
    weight: ledger.weights.get(name) ?? 1,
    quota: role?.quota,
    consumed: role === undefined ? {} : less(consumptionOf(role), sumOfScalars(unreserved)),
    held: sumOfScalars(clients.map(({ allocated }) => allocated)),
    offered: sumOfScalars(family.map((one) => offers.get(one)?.all ?? {})),
    reserved: role?.reserved ?? {},
    frameworkIds: known.map(({ frameworkId }) => frameworkId),
  }
}

function* withDescendants(role: RoleRecord): Generator<RoleRecord> {
  yield role
  for (const child of role.children) yield* withDescendants(child)
}

/** What a role is offered: of any kind, and of what nobody has reserved. */
interface Offered {
  readonly all: Readonly<Scalars>
  readonly unreserved: Readonly<Scalars>
}

function offeredByRole(ledger: Ledger): Map<RoleRecord, Offered> {
  const sums = new Map<RoleRecord, Offered>()
  for (const { client, resources } of ledger.offers.values()) {
    const { all = {}, unreserved = {} } = sums.get(client.node) ?? {}
    const plain = Object.entries(resources).filter(([key]) => isPlain(key))
    sums.set(client.node, {
      all: sumOfScalars([all, scalarsByName(resources)]),
      unreserved: sumOfScalars([unreserved, scalarsByName(Object.fromEntries(plain))]),
    })
  }
  return sums
}

function less(amounts: Readonly<Scalars>, taken: Readonly<Scalars>): Scalars {
  const entries = Object.entries(amounts)
  return Object.fromEntries(entries.map(([name, amount]) => [name, amount - (taken[name] ?? 0)]))
}

/** GET_ROLES. */
export function v1Roles(ledger: Ledger, viewer: Viewer): Json {
  const roles = viewRoles(ledger, viewer).map(({ name, weight, frameworkIds, held }) =>
    withoutEmpty({
      name,
      weight,
      frameworks: frameworkIds.map((value) => ({ value })),
      resources: scalarResources(held),
    }),
  )
  return withoutEmpty({ roles })
}

/** The plain endpoint `/roles`. */
export function plainRoles(ledger: Ledger, viewer: Viewer): Json {
  return { roles: viewRoles(ledger, viewer).map(plainRole) }
}

function plainRole(role: RoleView): Json {
  const { name, weight, quota, held, offered } = role
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
    allocated: plainScalars(less(held, offered)),
    offered: plainScalars(offered),
    reserved: plainScalars(role.reserved),
    frameworks: role.frameworkIds,
  }
}
