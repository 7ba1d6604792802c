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
  client: Client | undefined
  readonly weight: number
  readonly priority: number
  /** Whose own clients it stands for; nothing for roles and clients. */
  readonly own: boolean
  /** What was last read of its role or client. */
  version: number
  allocations: number
  /** For orders by share: what it holds of the resources that count, and its share of them. */
  readonly amounts: number[]
  share: number
}

export interface RoleTree {
  readonly root: TreeNode
  /** Where the clients stand, in the order of the round. */
  readonly leaves: readonly TreeNode[]
  /** The nodes of roles, with the roles themselves. */
  readonly roles: ReadonlyMap<TreeNode, Role>
  /** The nodes of roles' own clients, by path, where there are roles below. */
  readonly own: ReadonlyMap<string, TreeNode>
}

/**
 * The tree of the roles that have clients. A role with clients of its own and roles below it gets
 * a node more among its children, for its own clients together (Mesos calls it the virtual leaf).
 */
export function growTree(round: AllocationRound): RoleTree {
  const nodes = new Map<string, TreeNode>()
  const roles = new Map<TreeNode, Role>()
  const own = new Map<string, TreeNode>()
  const root = nodeOf('', undefined, 1, 0)
  nodes.set('', root)
  const roleAt = (path: string): TreeNode => {
    const known = nodes.get(path)
    if (known !== undefined) return known
    const role = round.role(path)
    const node = nodeOf(path, roleAt(role.parent?.path ?? ''), role.weight, role.priority)
    node.parent?.children.push(node)
    nodes.set(path, node)
    roles.set(node, role)
    return node
  }
  for (const { role } of round.clients) roleAt(role)
  const leaves = round.clients.map((client) => {
    const role = roleAt(client.role)
    const home = hasRoles(role) ? ownNode(own, role) : role
    const leaf = { ...nodeOf(client.frameworkId, home, 1, 0), path: client.role, client }
    home.children.push(leaf)
    return leaf
  })
  return { root, leaves, own, roles }
}

function hasRoles({ children }: TreeNode): boolean {
  return children.some(({ client }) => client === undefined)
}

function ownNode(own: Map<string, TreeNode>, role: TreeNode): TreeNode {
  const known = own.get(role.path)
  if (known !== undefined) return known
  const node = { ...nodeOf(`${role.path}/.`, role, 1, 0), path: role.path, own: true }
  role.children.push(node)
  own.set(role.path, node)
  return node
}

function nodeOf(
  name: string,
  parent: TreeNode | undefined,
  weight: number,
  priority: number,
): TreeNode {
  return {
    name,
    path: name,
    parent,
    children: [],
    client: undefined,
    own: false,
    weight,
    priority,
    version: -1,
    allocations: 0,
    amounts: [],
    share: 0,
  }
}
