import { isPlain, isWithin, nameOf, reservedRole } from '../resources/kinds.ts'
import type { Quantities, Quantity } from '../resources/quantities.ts'
import type { ClientOrder } from './in-order.ts'
import type { AllocationRound, Client } from './policy.ts'
import { growTree, type RoleTree, type TreeNode } from './role-tree.ts'

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
  /** The resources that count, and how much the cluster has of each. */
  readonly #names: readonly string[]
  readonly #totals: readonly number[]
  readonly #isBefore: (left: TreeNode, right: TreeNode) => boolean

  constructor(round: AllocationRound, options: ShareOptions = {}) {
    this.#tree = growTree(round)
    const counted = countedIn(round.capacity, options.resources)
    this.#names = counted.map(([name]) => name)
    this.#totals = counted.map(([, total]) => total)
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
      siblings.splice(this.#place(siblings, node), 1)
      this.#grow(node, resources)
      node.allocations++
      node.share = this.#shareOf(node)
      siblings.splice(this.#place(siblings, node), 0, node)
    }
    for (const key in resources) if (!isPlain(key)) this.#lend(client, key, resources[key])
  }

  /** What a role's own clients could have had of its reservation is with a role below now. */
  #lend({ role }: Client, key: string, amount: Quantity | undefined): void {
    const owner = reservedRole(key)
    const own = owner === undefined || owner === role ? undefined : this.#tree.own.get(owner)
    const index = this.#names.indexOf(nameOf(key))
    if (own?.parent === undefined || index === -1 || typeof amount !== 'number') return
    const siblings = own.parent.children
    siblings.splice(this.#place(siblings, own), 1)
    own.amounts[index] = Math.max(0, (own.amounts[index] ?? 0) - amount)
    own.share = this.#shareOf(own)
    siblings.splice(this.#place(siblings, own), 0, own)
  }

  #shareOf({ amounts, weight }: TreeNode): number {
    let share = 0
    for (let index = 0; index < amounts.length; index++) {
      const part = (amounts[index] ?? 0) / (this.#totals[index] ?? 1)
      if (part > share) share = part
    }
    return share / weight
  }

  #sort(node: TreeNode): void {
    for (const child of node.children) {
      for (const name of this.#names) {
        const amount = child.allocated[name]
        child.amounts.push(typeof amount === 'number' ? amount : 0)
      }
      child.share = this.#shareOf(child)
      this.#sort(child)
    }
    node.children.sort((left, right) => (this.#isBefore(left, right) ? -1 : 1))
  }

  /** What is reserved counts already where it is reserved, and above. */
  #grow(node: TreeNode, resources: Readonly<Quantities>): void {
    for (const key in resources) {
      const amount = resources[key]
      if (typeof amount !== 'number') continue
      const plain = isPlain(key)
      if (!plain && node.client === undefined && countsAlready(node, key)) continue
      const index = this.#names.indexOf(plain ? key : nameOf(key))
      if (index !== -1) node.amounts[index] = (node.amounts[index] ?? 0) + amount
    }
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
}

function visitBelow(node: TreeNode, visitor: (client: Client) => boolean): boolean {
  for (const child of node.children) {
    const done = child.client === undefined ? visitBelow(child, visitor) : visitor(child.client)
    if (done) return true
  }
  return false
}

function countedIn(
  capacity: Readonly<Quantities>,
  only: readonly string[] | undefined,
): [string, number][] {
  return Object.entries(capacity).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[1] > 0 && (only?.includes(entry[0]) ?? true),
  )
}

function countsAlready({ path }: TreeNode, key: string): boolean {
  const owner = reservedRole(key)
  return owner !== undefined && isWithin(owner, path)
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
