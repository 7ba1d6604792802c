import type { AllocationRound, Client, Role } from './policy.ts'

/** A role or a client in the tree that orders look at. */
export interface TreeNode {
  /** Path of a role, id of a framework: the last tie-breaker. */
  readonly name: string
  /** The role that it is, or stands in. */
  readonly path: string
  readonly parent: TreeNode | undefined
  readonly children: TreeNode[]
  /** Who stands here; nothing for a role. */
  readonly client: Client | undefined
  readonly weight: number
  readonly priority: number
  readonly allocated: Role['allocated']
  allocations: number
  /** For orders by share: what it holds of the resources that count, and its share of them. */
  readonly amounts: number[]
  share: number
}

export interface RoleTree {
  readonly root: TreeNode
  /** Where each client stands. */
  readonly leaves: ReadonlyMap<Client, TreeNode>
  /** The nodes of roles' own clients, by path, where there are roles below. */
  readonly own: ReadonlyMap<string, TreeNode>
}

/**
 * The tree of the roles that have clients. A role with clients of its own and roles below it gets
 * a node more among its children, for its own clients together (Mesos calls it the virtual leaf).
 */
export function growTree(round: AllocationRound): RoleTree {
  const roles = new Map<string, TreeNode>()
  const leaves = new Map<Client, TreeNode>()
  const own = new Map<string, TreeNode>()
  const root = nodeOf(round.role(''), undefined)
  roles.set('', root)
  const byRole = new Map<string, Client[]>()
  for (const client of round.clients) {
    const siblings = byRole.get(client.role)
    if (siblings === undefined) byRole.set(client.role, [client])
    else siblings.push(client)
  }
  for (const path of byRole.keys()) roleNode(round, roles, round.role(path))
  for (const [path, clients] of byRole) {
    const role = roleNode(round, roles, round.role(path))
    const home = role.children.length > 0 ? ownNode(round, role) : role
    if (home !== role) own.set(path, home)
    for (const client of clients) {
      const leaf = leafOf(client, home)
      home.children.push(leaf)
      leaves.set(client, leaf)
    }
  }
  return { root, leaves, own }
}

function roleNode(round: AllocationRound, roles: Map<string, TreeNode>, role: Role): TreeNode {
  const known = roles.get(role.path)
  if (known !== undefined) return known
  const parent = role.parent === undefined ? undefined : roleNode(round, roles, role.parent)
  const node = nodeOf(role, parent)
  parent?.children.push(node)
  roles.set(role.path, node)
  return node
}

function nodeOf(role: Role, parent: TreeNode | undefined): TreeNode {
  const { path, weight, priority, allocated, allocations } = role
  return {
    name: path,
    path,
    parent,
    children: [],
    client: undefined,
    weight,
    priority,
    allocated,
    allocations,
    amounts: [],
    share: 0,
  }
}

/** The role's own clients hold what the roles below it do not. */
function ownNode(round: AllocationRound, role: TreeNode): TreeNode {
  const { allocated, allocations } = round.role(role.name).own
  const node: TreeNode = {
    name: `${role.name}/.`,
    path: role.path,
    parent: role,
    children: [],
    client: undefined,
    weight: 1,
    priority: 0,
    allocated,
    allocations,
    amounts: [],
    share: 0,
  }
  role.children.push(node)
  return node
}

function leafOf(client: Client, parent: TreeNode): TreeNode {
  const { frameworkId, allocated, allocations } = client
  return {
    name: frameworkId,
    path: parent.path,
    parent,
    children: [],
    client,
    weight: 1,
    priority: 0,
    allocated,
    allocations,
    amounts: [],
    share: 0,
  }
}
