import { isPlain, nameOf, reservedRole } from '../resources/kinds.ts'
import { type Quantities, subtract } from '../resources/quantities.ts'
import type { ClientOrder } from './in-order.ts'
import type { AllocationRound, Client } from './policy.ts'
import { growTree, isOwn, type RoleTree, type TreeNode } from './role-tree.ts'

export interface ShareOptions {
  /** Only these resources count for a share; by default all that the cluster has. */
  readonly resources?: readonly string[]
  /** Whether a role's priority comes before its share. */
  readonly priorities?: boolean
}

/**
 * Dominant Resource Fairness over the tree of roles (Ghodsi et al., NSDI 2011): the smallest share
 * comes first, among the top roles, then within the role, and so on. A share is the largest part
 * that somebody has of any one resource, over its weight. Sorted once; after that each change moves
 * only the nodes concerned.
 */
export class ShareOrder implements ClientOrder {
  readonly #tree: RoleTree
  readonly #capacity: readonly (readonly [name: string, total: number])[]
  readonly #isBefore: (left: TreeNode, right: TreeNode) => boolean

  constructor(round: AllocationRound, options: ShareOptions = {}) {
    this.#tree = growTree(round)
    this.#capacity = counted(round.capacity, options.resources)
    this.#isBefore = options.priorities ? byPriority : byShare
    this.#sort(this.#tree.root)
  }

  visit(visitor: (client: Client) => boolean): void {
    visitBelow(this.#tree.root, visitor)
  }

  credit(client: Client, resources: Readonly<Quantities>): void {
    const leaf = this.#tree.leaves.get(client)
    for (let node = leaf; node?.parent !== undefined; node = node.parent) {
      const siblings = node.parent.children
      const from = this.#place(siblings, node)
      node.allocated = grown(node, client, resources)
      node.allocations++
      node.share = this.shareOf(node)
      this.#shift(siblings, from, node)
      this.#lend(node.parent, node, resources)
    }
  }

  /** The share of a role or client, in its role, over its weight. */
  shareOf({ allocated, weight }: Pick<TreeNode, 'allocated' | 'weight'>): number {
    let share = 0
    for (const [name, total] of this.#capacity) {
      const amount = allocated[name]
      if (typeof amount === 'number' && amount > share * total) share = amount / total
    }
    return share / weight
  }

  /** What is reserved for a role and goes to one below is not its own clients' any more. */
  #lend(role: TreeNode, to: TreeNode, resources: Readonly<Quantities>): void {
    for (const key in resources) {
      if (reservedRole(key) !== role.name) continue
      const own = role.children.find(({ name }) => isOwn(name, role.name))
      if (own === undefined || own === to) return
      own.allocated = subtract(own.allocated, { [nameOf(key)]: resources[key] ?? 0 })
      this.#sort(role)
    }
  }

  #sort(node: TreeNode): void {
    for (const child of node.children) {
      child.share = this.shareOf(child)
      this.#sort(child)
    }
    node.children.sort((left, right) => (this.#isBefore(left, right) ? -1 : 1))
  }

  /** Where the node stands among its siblings: the order is total, so there is one such place. */
  #place(siblings: readonly TreeNode[], node: TreeNode): number {
    let [low, high] = [0, siblings.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const sibling = siblings[middle]
      if (sibling !== undefined && this.#isBefore(sibling, node)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Who was given something stands further back. */
  #shift(siblings: TreeNode[], from: number, node: TreeNode): void {
    let place = from
    for (; ; place++) {
      const next = siblings[place + 1]
      if (next === undefined || !this.#isBefore(next, node)) break
      siblings[place] = next
    }
    siblings[place] = node
  }
}

function visitBelow(node: TreeNode, visitor: (client: Client) => boolean): boolean {
  for (const child of node.children) {
    const done = child.client === undefined ? visitBelow(child, visitor) : visitor(child.client)
    if (done) return true
  }
  return false
}

function counted(
  capacity: Readonly<Quantities>,
  only: readonly string[] | undefined,
): [string, number][] {
  return Object.entries(capacity).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[1] > 0 && (only?.includes(entry[0]) ?? true),
  )
}

/** What is reserved counts already where it is reserved, and above. */
function grown(
  node: TreeNode,
  client: Client,
  resources: Readonly<Quantities>,
): Readonly<Quantities> {
  const sum: Quantities = { ...node.allocated }
  for (const key in resources) {
    const amount = resources[key]
    if (typeof amount !== 'number') continue
    const plain = isPlain(key)
    if (!plain && node.client !== client && countsAlready(node, key)) continue
    const name = plain ? key : nameOf(key)
    const held = sum[name]
    sum[name] = typeof held === 'number' ? held + amount : amount
  }
  return sum
}

function countsAlready({ name }: TreeNode, key: string): boolean {
  const owner = reservedRole(key)
  if (owner === undefined) return false
  return owner === name || owner.startsWith(`${name}/`) || name === '' || isOwn(name, owner)
}

/** Smaller share first, then fewer allocations so far, then by name, as in Mesos. */
function byShare(left: TreeNode, right: TreeNode): boolean {
  if (left.share !== right.share) return left.share < right.share
  if (left.allocations !== right.allocations) return left.allocations < right.allocations
  return left.name < right.name
}

function byPriority(left: TreeNode, right: TreeNode): boolean {
  if (left.priority !== right.priority) return left.priority > right.priority
  return byShare(left, right)
}
