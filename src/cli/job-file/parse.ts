import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { oneLine } from '../view/width.ts'
import { inOrder, type Path, type Problem } from './problems.ts'

/** A file's data, with the way back from the data to the lines. */
export interface ParsedFile {
  readonly data: unknown
  /** What is wrong with the file as YAML or JSON. */
  readonly problems: readonly Problem[]
  /** Whether the data is what the author meant, so that more can be said about it. */
  readonly readable: boolean
  problemAt(path: Path, message: string, at?: 'key' | 'value'): Problem
}

/** After so many faults the others are but their consequence. */
const faultsShownMax = 10

/** Reads YAML, of which JSON is a part. Never throws for what a file may contain. */
export function parseFile(file: string, text: string): ParsedFile {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    merge: true,
    stringKeys: true,
  })
  const problemAtOffset = (offset: number, message: string): Problem => {
    const { line, col } = lineCounter.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), message }
  }
  const faults = [...document.errors, ...document.warnings].slice(0, faultsShownMax)
  const problems = faults.map((error) =>
    problemAtOffset(error.pos[0], sentenceOf(error, file, text)),
  )
  let data: unknown
  let readable = faults.every(({ code }) => code === 'DUPLICATE_KEY')
  try {
    data = document.toJS()
  } catch (error) {
    readable = false
    const why = error instanceof Error ? error.message : String(error)
    problems.push(problemAtOffset(0, `the file cannot be read as data: ${why}`))
  }
  return {
    data,
    problems: inOrder(problems),
    readable,
    problemAt(path, message, at = 'value') {
      return problemAtOffset(offsetOf(document.contents, path, at), message)
    },
  }
}

/** The offset of a place; of the nearest thing around it when the file does not write it out. */
function offsetOf(contents: unknown, path: Path, at: 'key' | 'value'): number {
  let node = contents
  let offset = startOf(contents) ?? 0
  for (const [depth, step] of path.entries()) {
    const atKey = at === 'key' && depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined || !isPair(pair)) return offset
      offset = (atKey ? startOf(pair.key) : (startOf(pair.value) ?? startOf(pair.key))) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      offset = startOf(node) ?? offset
    } else {
      return offset
    }
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined
}

function sentenceOf({ code, message, pos }: YAMLError, file: string, text: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab stands where the line is indented; expected spaces'
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0] ?? 'a key'
      return `${key} is given twice; expected each key once`
    }
    case 'MULTIPLE_DOCS':
      return 'a second document begins; expected one document per file'
    default:
      return `this is not ${language(file)}: ${firstSmall(oneLine(message))}`
  }
}

function language(file: string): string {
  return file.endsWith('.json') ? 'JSON' : 'YAML'
}

function firstSmall(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
