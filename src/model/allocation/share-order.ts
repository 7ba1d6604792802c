import { isPlain, isWithin, nameOf, reservedRole } from '../resources/kinds.ts'
import type { Quantities, Quantity, Scalars } from '../resources/quantities.ts'
import type { ClientOrder } from './in-order.ts'
import type { AllocationRound, Client, RoundConstants } from './policy.ts'
import { growTree, type RoleTree, type TreeNode } from './role-tree.ts'

export interface ShareOptions {
  /** Only these resources count for a share; by default all that the cluster has. */
  readonly resources?: readonly string[]
  /** Whether a role's priority comes before its share. */
  readonly priorities?: boolean
}

type Change = (node: TreeNode) => void

interface Counted {
  readonly names: readonly string[]
  readonly totals: readonly number[]
}

type Holder = Pick<Client, 'allocated' | 'allocations' | 'version'>

/**
 * Dominant Resource Fairness over the tree of roles (Ghodsi et al., NSDI 2011): the smallest share
 * comes first, among the top roles, then within the role, and so on. A share is the largest part
 * that somebody has of any one resource, over its weight. Sorted once; after that each change moves
 * only the nodes concerned.
 */
export class ShareOrder implements ClientOrder {
  readonly #tree: RoleTree
  readonly #leaves: Map<Client, TreeNode>
  /** The resources that count, and how much the cluster has of each. */
  readonly #counted: Counted
  readonly #constants: RoundConstants
  readonly #isBefore: (left: TreeNode, right: TreeNode) => boolean

  constructor(round: AllocationRound, options: ShareOptions = {}) {
    this.#tree = growTree(round)
    this.#leaves = new Map()
    for (const leaf of this.#tree.leaves) if (leaf.client) this.#leaves.set(leaf.client, leaf)
    this.#constants = round.constants
    this.#counted = countedIn(round.capacity, options.resources)
    this.#isBefore = options.priorities ? byPriority : byShare
    this.#refresh(round, (node, change) => change(node))
    this.#sort(this.#tree.root)
    this.#creditGiven(round)
  }

  visit(visitor: (client: Client) => boolean): void {
    visitBelow(this.#tree.root, visitor)
  }

  credit(client: Client, resources: Readonly<Quantities>): void {
    for (let node = this.#leaves.get(client); node?.parent !== undefined; node = node.parent) {
      this.#move(node, (moved) => {
        this.#grow(moved, resources)
        moved.allocations++
        moved.version = -1
      })
    }
    for (const key in resources) if (!isPlain(key)) this.#lend(client, key, resources[key])
  }

  /** Whether it is still about the same clients, roles and resources. */
  isAbout({ constants, capacity }: AllocationRound, { resources }: ShareOptions): boolean {
    const { clients, weights, priorities } = this.#constants
    const counted = countedIn(capacity, resources)
    return (
      clients === constants.clients &&
      weights === constants.weights &&
      priorities === constants.priorities &&
      isSame(counted.names, this.#counted.names) &&
      isSame(counted.totals, this.#counted.totals)
    )
  }

  /** Moves who holds more or less now than when it was last read. */
  catchUp(round: AllocationRound): void {
    this.#refresh(round, (node, change) => this.#move(node, change))
    this.#creditGiven(round)
  }

  /** What was given out in this round before counts already. */
  #creditGiven({ given }: AllocationRound): void {
    for (const { client, resources } of given) this.credit(client, resources)
  }

  /** Reads what changed since it was last read; after a credit that came to nothing, too. */
  #refresh(round: AllocationRound, move: (node: TreeNode, change: Change) => void): void {
    for (const [index, leaf] of this.#tree.leaves.entries()) {
      const client = round.clients[index]
      if (client === undefined) continue
      if (leaf.client !== client) this.#assign(leaf, client)
      if (leaf.version !== client.version) move(leaf, (node) => this.#read(node, client))
    }
    for (const [node, role] of this.#tree.roles) {
      if (node.version === role.version) continue
      move(node, () => this.#read(node, role))
      const own = this.#tree.own.get(node.path)
      if (own !== undefined) move(own, () => this.#read(own, { ...role.own, version: 0 }))
    }
  }

  /** From now on the leaf stands for the client. */
  #assign(leaf: TreeNode, client: Client): void {
    if (leaf.client !== undefined) this.#leaves.delete(leaf.client)
    leaf.client = client
    this.#leaves.set(client, leaf)
  }

  #read(node: TreeNode, { allocated, allocations, version }: Holder): void {
    node.version = version
    node.allocations = allocations
    for (const [index, name] of this.#counted.names.entries()) {
      node.amounts[index] = allocated[name] ?? 0
    }
    node.share = this.#shareOf(node)
  }

  /** What a role's own clients could have had of its reservation is with a role below now. */
  #lend({ role }: Client, key: string, amount: Quantity | undefined): void {
    const owner = reservedRole(key)
    const own = owner === undefined || owner === role ? undefined : this.#tree.own.get(owner)
    const index = this.#counted.names.indexOf(nameOf(key))
    if (own === undefined || index === -1 || typeof amount !== 'number') return
    this.#move(own, () => {
      own.amounts[index] = Math.max(0, (own.amounts[index] ?? 0) - amount)
    })
  }

  /** Changes a node, and its place among its siblings with it. */
  #move(node: TreeNode, change: Change): void {
    const siblings = node.parent?.children ?? []
    siblings.splice(this.#place(siblings, node), 1)
    change(node)
    node.share = this.#shareOf(node)
    siblings.splice(this.#place(siblings, node), 0, node)
  }

  #shareOf({ amounts, weight }: TreeNode): number {
    let share = 0
    for (let index = 0; index < amounts.length; index++) {
      const part = (amounts[index] ?? 0) / (this.#counted.totals[index] ?? 1)
      if (part > share) share = part
    }
    return share / weight
  }

  #sort(node: TreeNode): void {
    for (const child of node.children) this.#sort(child)
    node.children.sort((left, right) => (this.#isBefore(left, right) ? -1 : 1))
  }

  /** What is reserved counts already where it is reserved, and above. */
  #grow(node: TreeNode, resources: Readonly<Quantities>): void {
    for (const key in resources) {
      const amount = resources[key]
      if (typeof amount !== 'number') continue
      const plain = isPlain(key)
      if (!plain && node.client === undefined && countsAlready(node, key)) continue
      const index = this.#counted.names.indexOf(plain ? key : nameOf(key))
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

/**
 * The order of the round. It is the one of the last round with the same name, if that is still
 * about the same clients and resources; then only who holds more or less now is moved.
 */
export function shareOrderOf(
  round: AllocationRound,
  name: string,
  options: ShareOptions = {},
): ShareOrder {
  const known = round.memory.get(name)
  if (known instanceof ShareOrder && known.isAbout(round, options)) {
    known.catchUp(round)
    return known
  }
  const order = new ShareOrder(round, options)
  round.memory.set(name, order)
  return order
}

function visitBelow(node: TreeNode, visitor: (client: Client) => boolean): boolean {
  for (const child of node.children) {
    const done = child.client === undefined ? visitBelow(child, visitor) : visitor(child.client)
    if (done) return true
  }
  return false
}

function countedIn(capacity: Readonly<Scalars>, only: readonly string[] | undefined): Counted {
  const counted: { names: string[]; totals: number[] } = { names: [], totals: [] }
  for (const [name, total] of Object.entries(capacity)) {
    if (total <= 0 || only?.includes(name) === false) continue
    counted.names.push(name)
    counted.totals.push(total)
  }
  return counted
}

function isSame<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
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
