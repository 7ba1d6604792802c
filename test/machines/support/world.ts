import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import {
  expectFullCoverage,
  type Path,
  runPath,
  transitionPaths,
} from '../../../src/simulation/paths.ts'

/** A small closed world around one actor: what it may be told in each state, and what must hold. */
export interface World<Book, Told extends EventObject> {
  readonly machine: AnyStateMachine
  /** The machine's input; whether it is explorable is added. */
  readonly input: object
  /** Every event that may reach the actor now. Few enough that the world comes to an end. */
  readonly events: (book: Book, snapshot: AnyMachineSnapshot) => readonly Told[]
  /** Fields that no decision reads, or that only count: two books that differ in them are one. */
  readonly omitted: readonly string[]
  /** Sentences about what is wrong with a book; it is asked for each state that is reached. */
  readonly problems: (book: Book) => readonly string[]
  readonly limit?: number
}

/** An event that is in no vocabulary: it is what the wildcards are for. */
export interface Unheard {
  readonly type: 'rumour'
}
export const unheard: Unheard = { type: 'rumour' }

/** What the walk through a world came to. */
export interface Walk {
  /** Ids of the transitions that were taken by real actors. */
  readonly taken: ReadonlySet<string>
  /** How many different states the world has. */
  readonly states: number
  readonly paths: number
}

/** The clock of XState on top of virtual time. */
export function clockOf(clock: VirtualClock) {
  return {
    setTimeout: (callback: () => void, delayMs: number) => clock.setTimer(callback, delayMs),
    clearTimeout: (timer: ReturnType<VirtualClock['setTimer']>) => clock.clearTimer(timer),
  }
}

/**
 * Explores a world and replays the paths that take all its transitions on real actors: once with
 * a book that is changed in place, as in production, and once with a book that is copied before
 * each step, as the explorer has it. Throws when they differ, or when a book is wrong.
 */
export function walkThrough<Book, Told extends EventObject>(world: World<Book, Told>): Walk {
  const { machine, input, events, limit = 60_000 } = world
  const states = new Set<string>()
  const texts = new WeakMap<AnyMachineSnapshot, string>()
  const paths = transitionPaths(machine, {
    input: { ...input, explorable: true },
    events: (snapshot) => events(snapshot.context.book, snapshot),
    serializeState: (snapshot) => {
      const known = texts.get(snapshot)
      if (known !== undefined) return known
      const text = textOf(world, snapshot)
      texts.set(snapshot, text)
      // What is wrong with a book is wrong with all of the same text.
      if (!states.has(text)) check(world, snapshot, text)
      states.add(text)
      return text
    },
    stamp,
    limit,
  })
  const taken = new Set<string>()
  for (const path of paths) {
    const explored = replay(world, path, { ...input, explorable: true })
    const live = replay(world, path, { ...input, explorable: false })
    for (const id of live.taken) taken.add(id)
    for (const [step, text] of live.texts.entries()) {
      if (text === explored.texts[step]) continue
      throw new Error(`${path.description}: live and copied books differ at step ${step}: ${text}`)
    }
  }
  return { taken, states: states.size, paths: paths.length }
}

/**
 * Walks through all worlds of one machine, and throws when a transition was taken in none of them.
 * Returns the number of states of each world.
 */
export function coverWith<Book, Told extends EventObject>(
  machine: AnyStateMachine,
  worlds: Readonly<Record<string, World<Book, Told>>>,
): Record<string, number> {
  const walks = Object.entries(worlds).map(([name, world]) => [name, walkThrough(world)] as const)
  expectFullCoverage(
    machine,
    walks.flatMap(([, { taken }]) => [...taken]),
  )
  return Object.fromEntries(walks.map(([name, { states }]) => [name, states]))
}

function replay<Book, Told extends EventObject>(
  world: World<Book, Told>,
  path: Path<Told>,
  input: object,
) {
  const texts: string[] = []
  const taken = runPath(path, {
    machine: world.machine,
    input,
    clock: clockOf(new VirtualClock()),
    stamp,
    start: (actor) => {
      actor.subscribe((snapshot) => texts.push(checkedText(world, snapshot)))
      actor.start()
    },
  })
  return { taken, texts }
}

/** Hosts stamp the time on each event; here it stands at zero unless an event says otherwise. */
function stamp(event: EventObject): EventObject {
  return Object.assign({ at: 0 }, event)
}

function checkedText<Book, Told extends EventObject>(
  world: World<Book, Told>,
  snapshot: AnyMachineSnapshot,
): string {
  const text = textOf(world, snapshot)
  check(world, snapshot, text)
  return text
}

function textOf<Book, Told extends EventObject>(
  { omitted }: World<Book, Told>,
  { value, context, status }: AnyMachineSnapshot,
): string {
  return `${JSON.stringify(value)} ${status} ${written(context.book, omitted)}`
}

function check<Book, Told extends EventObject>(
  { problems }: World<Book, Told>,
  { context }: AnyMachineSnapshot,
  text: string,
): void {
  const found = problems(context.book)
  if (found.length > 0) throw new Error(`${found.join('; ')} in ${text}`)
}

/** Maps keep their order, because decisions go through them in that order; sets are sorted. */
function written(value: unknown, omitted: readonly string[]): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  let text = ''
  if (value instanceof Map) {
    for (const [key, item] of value) text += `${written(key, omitted)}→${written(item, omitted)},`
    return `(${text})`
  }
  if (value instanceof Set) {
    const items = [...value].map((item) => written(item, omitted))
    return `{${items.sort().join()}}`
  }
  if (Array.isArray(value)) {
    for (const item of value) text += `${written(item, omitted)},`
    return `[${text}]`
  }
  for (const [name, item] of Object.entries(value)) {
    if (!omitted.includes(name)) text += `${name}:${written(item, omitted)},`
  }
  return `<${text}>`
}
