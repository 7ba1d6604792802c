import { importsOf } from '../imports.ts'
import { PURE, perFile, type Rule, SOURCE } from '../rule.ts'
import { type Finding, matches, type SourceFile } from '../scan.ts'

const TIME = 'take the time from the event: the host stamps it'
const CHANCE = 'take ids and seeds from the input: randomness is an input'
const TIMERS = 'raise a delayed event with a named delay, and cancel it by its id'
const LATER = 'answer with another message: a step has no later'

/** What a pure room must not touch, and what it does instead. */
const REPLACEMENTS: readonly (readonly [name: string, instead: string])[] = [
  ['Date', TIME],
  ['performance', TIME],
  ['Math.random', CHANCE],
  ['crypto', CHANCE],
  ['console', 'leave a mark, and let the host speak of it'],
  ['process', 'pass what is needed in the input'],
  ['setTimeout', TIMERS],
  ['setInterval', TIMERS],
  ['setImmediate', TIMERS],
  ['queueMicrotask', TIMERS],
  ['Promise', LATER],
  ['async', LATER],
  ['await', LATER],
]

const IMPURE_MODULE =
  /^(?:nanoid|node:(?:child_process|cluster|crypto|dgram|dns|fs|http2?|https|net|os|perf_hooks|process|timers|tls|worker_threads)(?:\/.*)?)$/

const globals = perFile('pure rooms touch neither time, chance nor the world', PURE, (file) => [
  ...REPLACEMENTS.flatMap(([name, instead]) => {
    // A property or key of that name is no global.
    const pattern = new RegExp(`(?<![.\\w$])${name.replace('.', '\\.')}\\b(?!\\s*\\??:)`, 'g')
    return matches(file, 'code', pattern, `${name} does not belong here: ${instead}`)
  }),
  ...importsOf(file)
    .filter(({ specifier }) => IMPURE_MODULE.test(specifier))
    .map(({ specifier, line }) => ({
      file: file.path,
      line,
      advice: `${specifier} does not belong here: describe the effect, and let the host do it`,
    })),
])

/** The depth of braces, brackets and parentheses at each line start decides what is top level. */
function topLevelLines({ code }: SourceFile): { line: number; text: string }[] {
  let depth = 0
  return code.split('\n').flatMap((text, index) => {
    const found = depth === 0 ? [{ line: index + 1, text }] : []
    for (const sign of text) {
      if ('([{'.includes(sign)) depth += 1
      else if (')]}'.includes(sign)) depth -= 1
    }
    return found
  })
}

function mutableState(file: SourceFile): Finding[] {
  const lines = file.code.split('\n')
  return topLevelLines(file).flatMap(({ line, text }) => {
    if (/^(?:export\s+)?(?:let|var)\b/.test(text)) {
      const advice = 'a module holds no state: move it into an actor, a class or an argument'
      return [{ file: file.path, line, advice }]
    }
    const declaration = /^(export\s+)?const\s+\w+/.exec(text)
    if (declaration === null) return []
    const rest = lines
      .slice(line - 1)
      .join('\n')
      .slice(declaration[0].length)
    const isExported = declaration[1] !== undefined
    const advice = 'give it a readonly type (ReadonlyMap, readonly T[], Readonly<…>) or `as const`'
    return isMutableCollection(rest, isExported) ? [{ file: file.path, line, advice }] : []
  })
}

/**
 * Reads what follows the name of a constant: its type, if written, and its value. Maps and sets
 * are for nobody to change; lists and records matter when others can reach them.
 */
function isMutableCollection(rest: string, isExported: boolean): boolean {
  const equals = /(?<![=!<>])=(?![=>])/.exec(rest)
  if (equals === null) return false
  const type = rest.slice(0, equals.index)
  const value = rest.slice(equals.index + 1).trimStart()
  if (/\b[Rr]eadonly/.test(type)) return false
  if (/^new\s+(?:Weak)?(?:Map|Set)\b/.test(value)) return true
  const isRecord = value.startsWith('{') && (/\bRecord</.test(type) || /^\{\s*\}/.test(value))
  if (!isExported || !(isRecord || value.startsWith('['))) return false
  return !/^\s*as\s+const\b/.test(afterBrackets(value))
}

function afterBrackets(value: string): string {
  let depth = 0
  for (let at = 0; at < value.length; at += 1) {
    if ('([{'.includes(value[at] ?? '')) depth += 1
    else if (')]}'.includes(value[at] ?? '')) depth -= 1
    if (depth === 0) return value.slice(at + 1)
  }
  return ''
}

export const purity: readonly Rule[] = [
  globals,
  perFile('modules hold no mutable state', SOURCE, mutableState),
]
