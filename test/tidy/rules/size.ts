import { functionSpans } from '../functions.ts'
import { CODE, perFile, type Rule, SOURCE } from '../rule.ts'
import type { Finding, SourceFile } from '../scan.ts'

const FILE_LINES_MAX = 300
const FILE_LINES_MEDIAN_MAX = 120
const FUNCTION_LINES_MAX = 70
const COLUMNS_MAX = 100

function linesOf({ text }: SourceFile): number {
  return text.trimEnd().split('\n').length
}

const fileLength = perFile(`files have at most ${FILE_LINES_MAX} lines`, CODE, (file) => {
  const lines = linesOf(file)
  const advice = `${lines} lines are more than ${FILE_LINES_MAX}: split it by what changes together`
  return lines <= FILE_LINES_MAX ? [] : [{ file: file.path, line: FILE_LINES_MAX + 1, advice }]
})

/** Long files are allowed as long as they are the exception. */
function median(tree: readonly SourceFile[]): Finding[] {
  const files = tree.filter(({ path }) => SOURCE.test(path)).sort((a, b) => linesOf(a) - linesOf(b))
  const middle = files[Math.floor((files.length - 1) / 2)]
  if (middle === undefined || linesOf(middle) <= FILE_LINES_MEDIAN_MAX) return []
  const advice = `the median file has ${linesOf(middle)} lines, more than ${FILE_LINES_MEDIAN_MAX}`
  return [{ file: middle.path, line: 1, advice: `${advice}: split the longest ones` }]
}

const functionLength = perFile(
  `functions have at most ${FUNCTION_LINES_MAX} lines`,
  /^(?:src|bench|scripts)\//,
  (file) =>
    functionSpans(file)
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(({ line, lines }) => ({
        file: file.path,
        line,
        advice: `${lines} lines are more than ${FUNCTION_LINES_MAX}: give a part of it a name`,
      })),
)

/** A long string or regular expression cannot be broken, so what is in them does not count. */
const width = perFile(`lines have at most ${COLUMNS_MAX} columns`, SOURCE, (file) => {
  const code = file.code.split('\n')
  const comments = file.comments.split('\n')
  return file.text.split('\n').flatMap((text, index) => {
    const isLiteral = (sign: string, at: number) =>
      sign !== ' ' && code[index]?.[at] === ' ' && comments[index]?.[at] === ' '
    const columns = text.length - text.split('').filter(isLiteral).length
    const advice = `${columns} columns are more than ${COLUMNS_MAX}: break the line`
    return columns > COLUMNS_MAX ? [{ file: file.path, line: index + 1, advice }] : []
  })
})

export const size: readonly Rule[] = [
  fileLength,
  { name: `half of the files have at most ${FILE_LINES_MEDIAN_MAX} lines`, check: median },
  functionLength,
  width,
]
