import type { ClientOrder } from './in-order.ts'
import type { AllocationRound, Client } from './policy.ts'
import { growTree, type TreeNode } from './role-tree.ts'

/**
 * A new random order for every agent, in which a role of weight 2 comes first twice as often as
 * one of weight 1 (Hindman et al., NSDI 2011, §4.3; Mesos' random sorter). What somebody has does
 * not count, so that nobody with a big share waits for ever.
 */
export class Lottery implements ClientOrder {
  readonly #root: TreeNode
  readonly #random: () => number

  constructor(round: AllocationRound) {
    this.#root = growTree(round).root
    this.#random = () => round.random()
  }

  visit(visitor: (client: Client) => boolean): void {
    this.#draw(this.#root.children, visitor)
  }

  credit(): void {}

  /** Draws one after the other, only as far as somebody looks; who was drawn stands in front. */
  #draw(nodes: TreeNode[], visitor: (client: Client) => boolean): boolean {
    let weights = 0
    let isEven = true
    for (const { weight } of nodes) {
      weights += weight
      isEven &&= weight === nodes[0]?.weight
    }
    for (let drawn = 0; drawn < nodes.length; drawn++) {
      const winner = isEven
        ? drawn + Math.floor(this.#random() * (nodes.length - drawn))
        : this.#winner(nodes, drawn, weights)
      const node = nodes[winner]
      if (node === undefined) break
      const other = nodes[drawn]
      if (other !== undefined) nodes[winner] = other
      nodes[drawn] = node
      weights -= node.weight
      const done =
        node.client === undefined ? this.#draw(node.children, visitor) : visitor(node.client)
      if (done) return true
    }
    return false
  }

  #winner(nodes: readonly TreeNode[], drawn: number, weights: number): number {
    let ticket = this.#random() * weights
    for (let index = drawn; index < nodes.length - 1; index++) {
      ticket -= nodes[index]?.weight ?? 0
      if (ticket < 0) return index
    }
    return nodes.length - 1
  }
}
