import { assert, existing } from '../assert.ts'
import { isRevocable, nameOf, reservedRole } from '../resources/kinds.ts'
import { type Quantities, type Scalars, sumOfScalars } from '../resources/quantities.ts'
import type { Ledger } from './ledger.ts'
import type { ClientRecord, DutyRecord, FrameworkRecord, Quota, RoleRecord } from './records.ts'

/** A role of which nothing is known yet. */
export function newRole(path: string, parent: RoleRecord | undefined): RoleRecord {
  return {
    path,
    parent,
    children: new Set(),
    clients: new Set(),
    held: {},
    revocable: {},
    reserved: {},
    allocations: 0,
    version: 0,
    quota: undefined,
  }
}

/** The role of the path, made with all above it when it is new. */
export function roleAt(ledger: Ledger, path: string): RoleRecord {
  const known = ledger.roles.get(path)
  if (known !== undefined) return known
  const parent = roleAt(ledger, path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  const role = newRole(path, parent)
  parent.children.add(role)
  ledger.roles.set(path, role)
  return role
}

/** The role at the top of the path: quotas are given to these. */
export function topRole(role: RoleRecord): RoleRecord {
  let top = role
  while (top.parent !== undefined && top.parent.path !== '') top = top.parent
  return top
}

/**
 * From now on the quota counts for the role; one that says nothing takes the old one away, unless
 * it is to be kept as such.
 */
export function setQuota(ledger: Ledger, path: string, quota: Quota, keepEmpty = false): void {
  const role = roleAt(ledger, path)
  role.quota = keepEmpty || saysSomething(quota) ? quota : undefined
  pruneRole(ledger, role)
}

/** Whether the quota promises or limits anything. */
export function saysSomething({ guarantees, limits }: Quota): boolean {
  return Object.keys(guarantees).length + Object.keys(limits).length > 0
}

/** Forgets a role that nothing refers to, and those above it that only it kept alive. */
export function pruneRole(ledger: Ledger, role: RoleRecord): void {
  let gone = role
  while (gone.parent !== undefined && isUnused(gone)) {
    ledger.roles.delete(gone.path)
    gone.parent.children.delete(gone)
    gone = gone.parent
  }
}

function isUnused({ children, clients, quota, held, revocable, reserved }: RoleRecord): boolean {
  return (
    quota === undefined &&
    children.size + clients.size === 0 &&
    [held, revocable, reserved].every(isNothing)
  )
}

function isNothing(account: Readonly<Scalars>): boolean {
  return Object.values(account).every((amount) => amount === 0)
}

/** The framework in the role, made when it is new there. */
export function clientIn(ledger: Ledger, framework: FrameworkRecord, role: string): ClientRecord {
  const known = framework.clients.get(role)
  if (known !== undefined) return known
  const node = roleAt(ledger, role)
  const client: ClientRecord = {
    frameworkId: framework.id,
    role,
    node,
    framework,
    allocated: {},
    allocations: 0,
    version: 0,
    filtersFrom: 0,
    renewed: ++ledger.epoch,
    minAllocatable: undefined,
  }
  framework.clients.set(role, client)
  node.clients.add(client)
  ledger.wanting = undefined
  return client
}

/** The client behind a task or an offer, which must exist. */
export function clientOf(
  ledger: Ledger,
  { frameworkId, role }: { readonly frameworkId: string; readonly role: string },
): ClientRecord {
  const framework = existing(ledger.frameworks, frameworkId, 'framework')
  return existing(framework.clients, role, 'client')
}

/** Forgets a client that holds nothing, and what it refused. */
export function dropClient(ledger: Ledger, client: ClientRecord): void {
  for (const agent of ledger.agents.values()) agent.filters.delete(client)
  client.framework.clients.delete(client.role)
  client.node.clients.delete(client)
  pruneRole(ledger, client.node)
  ledger.wanting = undefined
}

/** Forgets a client in a role that its framework gave up, as soon as it holds nothing there. */
export function dropIfGivenUp(ledger: Ledger, client: ClientRecord): void {
  const { framework, role, allocated } = client
  if (framework.info.roles.includes(role)) return
  if (isNothing(allocated)) dropClient(ledger, client)
}

/**
 * The client holds more (`sign` 1) or less (−1): itself, its role, and every role above. What is
 * reserved counts already where it is reserved, and above; only the roles below that borrow it.
 */
export function charge(client: ClientRecord, amounts: Readonly<Quantities>, sign: 1 | -1): void {
  client.version++
  for (let role: RoleRecord | undefined = client.node; role; role = role.parent) role.version++
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount !== 'number') continue
    const name = nameOf(key)
    change(client.allocated, name, amount * sign)
    const owner = reservedRole(key)
    const account = isRevocable(key) ? 'revocable' : 'held'
    for (let role: RoleRecord | undefined = client.node; role; role = role.parent) {
      if (role.path === owner) break
      change(role[account], name, amount * sign)
    }
  }
}

/**
 * More or less of an agent's resources is part of the cluster: sizes and reservations follow. Off
 * duty they are no part of what is shared.
 */
export function countResources(
  ledger: Ledger,
  amounts: Readonly<Quantities>,
  sign: 1 | -1,
  { state }: Pick<DutyRecord, 'state'>,
): void {
  if (state === 'active') countCapacity(ledger, amounts, sign)
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount !== 'number') continue
    const name = nameOf(key)
    const owner = reservedRole(key)
    if (owner === undefined) {
      if (!isRevocable(key)) change(ledger.unreserved, name, amount * sign)
      continue
    }
    for (let role: RoleRecord | undefined = roleAt(ledger, owner); role; role = role.parent) {
      role.version++
      change(role.reserved, name, amount * sign)
    }
    if (sign === -1) pruneRole(ledger, roleAt(ledger, owner))
  }
}

/** More or less of an agent's resources is to be shared. */
export function countCapacity(ledger: Ledger, amounts: Readonly<Quantities>, sign: 1 | -1): void {
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount === 'number') change(ledger.capacity, nameOf(key), amount * sign)
  }
}

function change(account: Scalars, name: string, amount: number): void {
  const changed = (account[name] ?? 0) + amount
  assert(changed >= 0, () => `more ${name} taken than is there`)
  account[name] = changed
}

/** What a framework holds in all its roles together: scalars by name, in thousandths. */
export function allocatedTo(framework: FrameworkRecord): Scalars {
  return sumOfScalars([...framework.clients.values()].map(({ allocated }) => allocated))
}
