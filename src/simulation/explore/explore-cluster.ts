import { actionOf } from './actions.ts'
import type { Finding } from './finding.ts'
import {
  type CompleteSmallWorldOptions,
  completeSmallWorld,
  type SmallWorldOptions,
} from './options.ts'
import type { Rules } from './rules.ts'
import { Search } from './search.ts'
import { shorten } from './shorten.ts'
import { createSmallWorld, type ExplorationTools, type SmallWorld } from './small-world.ts'
import { type ExploredStep, follow } from './steps.ts'

/** How an exploration went. */
export interface ExplorationReport {
  readonly options: CompleteSmallWorldOptions
  /** Different worlds that were found. */
  readonly states: number
  /** Steps from one to another that were looked at. */
  readonly steps: number
  /** How many steps from the start the farthest of them is. */
  readonly depth: number
  /** Every world that can be reached was. */
  readonly isComplete: boolean
  /** Different states of single processes, and different steps of them: each was taken once. */
  readonly local: { readonly states: number; readonly steps: number; readonly messages: number }
  /** Worlds in which only time can go on, and how many of them were followed to their end. */
  readonly quiet: number
  readonly drains: number
  /** Random steps beyond the search; where they lead is followed to its end, too. */
  readonly walked: number
  /** In how many worlds of the search and the walks rare things could be seen. */
  readonly sometimes: Readonly<Record<string, number>>
  /** What was wrong, with the shortest way there; nothing when all is well. */
  readonly violation: ExploredViolation | undefined
}

export interface ExploredViolation {
  readonly property: string
  readonly sentence: string
  /** From the start, where all have registered unless the exploration is fresh. */
  readonly way: readonly ExploredStep[]
}

/**
 * Explores a tiny cluster of production machines: every order of messages, every timer, every
 * fault of the budget, breadth first; then random walks. Throws InvalidInputError for options that
 * cannot be.
 */
export function exploreCluster(
  options: SmallWorldOptions = {},
  tools: ExplorationTools = {},
): ExplorationReport {
  const complete = completeSmallWorld(options)
  const world = createSmallWorld(complete, tools)
  const search = new Search(world, startOf(world, complete.fresh), complete)
  search.breadthFirst()
  if (search.finding === undefined) search.walk()
  const finding = search.finding && shorten(world.rules, search.start, search.finding)
  return reportOf(world, search, finding)
}

/** Where the search begins: all have registered, and the first offers are out. */
export function startOf({ rules, budget }: SmallWorld, fresh: boolean): Int32Array {
  let row = rules.first(fresh ? budget : 0)
  if (fresh) return row
  for (let next = settled(rules, row); next !== undefined; next = settled(rules, row)) row = next
  return rules.layout.withBudget(row, budget)
}

function settled(rules: Rules, row: Int32Array): Int32Array | undefined {
  let due: number | undefined
  rules.choices(row, false, (code) => {
    const { name, place, index } = actionOf(code)
    const move = name === 'move' ? rules.layout.glance(row, place).moves[index] : undefined
    if (name === 'deliver' || move?.kind === 'urgent') due ??= code
  })
  return due === undefined ? undefined : rules.take(row, due).row.slice()
}

function reportOf(
  world: SmallWorld,
  search: Search,
  finding: Finding | undefined,
): ExplorationReport {
  const { seats, parts } = world.rules.layout
  const { store, steps, depth, isComplete, quiet, drains, walked, sights, options } = search
  const sum = (of: 'size' | 'steps') => seats.reduce((total, seat) => total + seat[of], 0)
  return {
    options,
    states: store.size,
    steps,
    depth,
    isComplete,
    local: { states: sum('size'), steps: sum('steps'), messages: parts.messages.size },
    quiet,
    drains,
    walked,
    sometimes: { ...sights.counts },
    violation: finding && {
      property: finding.property,
      sentence: finding.sentence,
      way: follow(world.rules, search.start, finding.codes),
    },
  }
}
