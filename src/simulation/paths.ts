/**
 * Tests for a chart: few, short paths that take each of its transitions, and their replay on a
 * real actor. Made for any XState machine, also those of framework authors.
 */
import type { AnyStateMachine, EventObject, StateValue } from 'xstate'
import { valueText } from '../machines/support/names.ts'
import { type Edge, type Exploration, type ExplorationOptions, explore } from './exploration.ts'
import type { Path } from './replay.ts'

export type { ExplorationOptions } from './exploration.ts'
export { type Path, type ReplayOptions, runPath } from './replay.ts'
export {
  type Coverage,
  coverage,
  expectFullCoverage,
  type Transition,
  transitionsOf,
} from './transitions.ts'

/** How paths are made. */
export interface PathOptions<TEvent extends EventObject> extends ExplorationOptions<TEvent> {
  /** A path goes on to further transitions only up to this many steps; 24 when left out. */
  readonly maxSteps?: number
}

/**
 * Makes few and short paths that together take every transition which the events can reach.
 * Deterministic: the same chart and events give the same paths.
 *
 * What no path takes is not reported here: replay the paths with `runPath` and hand all that they
 * took to `expectFullCoverage`. In a parallel chart a transition counts as taken when it was
 * selected, even if another region's transition pre-empted it.
 */
export function transitionPaths<TEvent extends EventObject>(
  machine: AnyStateMachine,
  options: PathOptions<TEvent>,
): Path<TEvent>[] {
  const world = explore(machine, options)
  const wanted = new Set([...world.edges.values()].flat().flatMap((edge) => edge.taken))
  for (const id of world.takenAtStart) wanted.delete(id)
  const maxSteps = options.maxSteps ?? 24
  const first = walk(world, wanted, maxSteps)
  const paths: Path<TEvent>[] = [{ ...first, takes: [...world.takenAtStart, ...first.takes] }]
  while (wanted.size > 0) {
    const path = walk(world, wanted, maxSteps)
    // An exploration that contradicts itself must not keep this loop going for ever.
    if (path.takes.length === 0) {
      throw new Error(`serializeState gives different texts for one state of ${machine.id}`)
    }
    paths.push(path)
  }
  return paths
}

/**
 * Walks from the start to the nearest wanted transition and on to the next, as long as that is no
 * longer a way than starting afresh. Removes from `wanted` what it takes.
 */
function walk<TEvent extends EventObject>(
  world: Exploration<TEvent>,
  wanted: Set<string>,
  maxSteps: number,
): Path<TEvent> {
  const steps: Edge<TEvent>[] = []
  const takes: string[] = []
  for (;;) {
    const fresh = route(world, world.start, wanted)
    const onward = route(world, steps.at(-1)?.to ?? world.start, wanted)
    if (fresh === undefined || onward === undefined) break
    const tooLong = onward.length > fresh.length + 1 || steps.length + onward.length > maxSteps
    if (steps.length > 0 && tooLong) break
    steps.push(...onward)
    takes.push(...onward.flatMap((edge) => edge.taken).filter((id) => wanted.delete(id)))
  }
  return {
    description: describe(world.startValue, steps),
    startValue: world.startValue,
    steps: steps.map(({ event, value }) => ({ event, expectedValue: value })),
    takes,
  }
}

/** A way through the explored states, told backwards: its last step and how it got there. */
interface Way<TEvent extends EventObject> {
  readonly edge: Edge<TEvent>
  readonly before: Way<TEvent> | undefined
}

/**
 * The shortest way to a step that takes wanted transitions; of equally short ones, the one whose
 * last step takes the most. Nothing when there is none.
 */
function route<TEvent extends EventObject>(
  world: Exploration<TEvent>,
  from: string,
  wanted: ReadonlySet<string>,
): Edge<TEvent>[] | undefined {
  const onFrom = (state: string, before: Way<TEvent> | undefined): Way<TEvent>[] =>
    (world.edges.get(state) ?? []).map((edge) => ({ edge, before }))
  const gain = ({ edge }: Way<TEvent>) => new Set(edge.taken.filter((id) => wanted.has(id))).size
  const seen = new Set([from])
  let ways = onFrom(from, undefined)
  while (ways.length > 0) {
    const best = ways.reduce((most, way) => Math.max(most, gain(way)), 0)
    if (best > 0) return unwind(ways.find((way) => gain(way) === best))
    const fresh = ways.filter(({ edge }) => !seen.has(edge.to) && seen.add(edge.to))
    ways = fresh.flatMap((way) => onFrom(way.edge.to, way))
  }
  return undefined
}

function unwind<TEvent extends EventObject>(last: Way<TEvent> | undefined): Edge<TEvent>[] {
  const edges: Edge<TEvent>[] = []
  for (let way = last; way !== undefined; way = way.before) edges.unshift(way.edge)
  return edges
}

function describe(start: StateValue, steps: readonly Edge<EventObject>[]): string {
  const last = steps.at(-1)
  if (last === undefined) return `starts in ${valueText(start)}`
  return `reaches ${valueText(last.value)} by ${steps.map(({ event }) => event.type).join(', ')}`
}
