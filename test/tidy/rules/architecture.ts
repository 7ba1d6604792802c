import { importsOf, resolve } from '../imports.ts'
import { CODE, perFile, type Rule, SOURCE } from '../rule.ts'
import type { Finding, SourceFile } from '../scan.ts'

/** From left to right: who stands further right may import from all who stand further left. */
const ORDER: readonly (readonly string[])[] = [
  ['messages'],
  ['model'],
  ['machines'],
  ['actors'],
  ['executors', 'storage', 'transports', 'frameworks', 'http'],
  ['cluster', 'simulation'],
  ['faces'],
  ['cli'],
]

const ENTRIES: ReadonlySet<string> = new Set([
  'src/index.ts',
  'src/machines/index.ts',
  'src/testing.ts',
  'src/http.ts',
  'src/executor.ts',
  'src/cli/main.ts',
  'src/executors/keeper-entry.js',
  'src/executors/thread-entry.js',
  'src/cli/simulate/seed-worker.ts',
])

const FACES: ReadonlySet<string> = new Set([
  'src/index.ts',
  'src/testing.ts',
  'src/http.ts',
  'src/executor.ts',
])

/** The room a source file stands in; the public faces only gather what the others make. */
function roomOf(path: string): string {
  if (FACES.has(path)) return 'faces'
  const [, room = ''] = path.split('/')
  return room.startsWith('cluster') ? 'cluster' : room
}

function placeOf(room: string): number {
  return ORDER.findIndex((rooms) => rooms.includes(room))
}

const arrows = perFile('imports follow the arrows of the architecture', SOURCE, (file) => {
  const from = roomOf(file.path)
  if (placeOf(from) < 0) {
    const advice = `${from} has no place in the order of rooms: move the file, or name the room`
    return [{ file: file.path, line: 1, advice }]
  }
  return importsOf(file).flatMap(({ specifier, line }) => {
    const target = resolve(file.path, specifier)
    if (target === undefined) return []
    const to = target.startsWith('src/') ? roomOf(target) : 'outside of src'
    const isAllowed = to === from || (placeOf(to) >= 0 && placeOf(to) < placeOf(from))
    const advice = `${from} may not import ${target} (${to}): pass it in, or move it to the left`
    return isAllowed ? [] : [{ file: file.path, line, advice }]
  })
})

const xstate = perFile('xstate is imported only where machines are made or run', SOURCE, (file) =>
  importsOf(file).flatMap(({ specifier, line }) => {
    const isXState = /^(?:xstate|@xstate\/.*)(?:\/|$)/.test(specifier)
    const mayUseIt = /^src\/(?:machines|actors|simulation)\/|^src\/testing\.ts$/.test(file.path)
    const advice = 'keep xstate in machines, actors and simulation: use what they export'
    return isXState && !mayUseIt ? [{ file: file.path, line, advice }] : []
  }),
)

/** A file that no entry point of the package reaches is not part of the product. */
function deadFiles(tree: readonly SourceFile[]): Finding[] {
  const files = new Map(tree.map((file) => [file.path, file]))
  const reached = new Set<string>()
  const reach = (path: string) => {
    const file = files.get(path)
    if (file === undefined || reached.has(path)) return
    reached.add(path)
    for (const { specifier } of importsOf(file)) {
      const target = resolve(path, specifier)
      if (target !== undefined) reach(target)
    }
  }
  for (const entry of ENTRIES) reach(entry)
  return tree
    .filter(({ path }) => SOURCE.test(path) && /\.[jt]s$/.test(path) && !reached.has(path))
    .map(({ path }) => ({
      file: path,
      line: 1,
      advice: 'no entry point reaches it: import it where it belongs, or delete it',
    }))
}

const extensions = perFile('relative imports name the file with its extension', CODE, (file) =>
  importsOf(file).flatMap(({ specifier, line }) => {
    const isNamed = !specifier.startsWith('.') || /\.\w+$|\/$|\.\.$/.test(specifier)
    const advice = `write ${specifier}.ts, or the file it means`
    return isNamed ? [] : [{ file: file.path, line, advice }]
  }),
)

export const architecture: readonly Rule[] = [
  arrows,
  xstate,
  { name: 'every source file is reachable from an entry point', check: deadFiles },
  extensions,
]
