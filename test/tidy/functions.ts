import type { SourceFile } from './scan.ts'

/** A function: the line it opens on, and its lines without those of charts written in it. */
export interface FunctionSpan {
  readonly line: number
  readonly lines: number
}

/** A chart is data, not a sequence of steps: its own lines do not make a function long. */
const CHART = /\b(?:setup|createMachine)\s*\($/

const NO_FUNCTION = /\b(?:if|for|while|switch|catch|with)\s*$/

interface Bracket {
  readonly line: number
  readonly isBody: boolean
  readonly isParameters: boolean
  readonly isChart: boolean
  chartLines: number
}

/**
 * Finds the bodies of functions, methods and arrow functions by their braces. A brace opens a body
 * after `=>`, after a parameter list, or after a return type that follows a parameter list.
 */
export function functionSpans({ code }: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = []
  const open: Bracket[] = []
  // Where a parameter list closed at the present depth, so that a return type may follow.
  let closed: { depth: number } | undefined
  let last = ''
  let line = 1
  for (let at = 0; at < code.length; at += 1) {
    const sign = code[at] ?? ''
    if (sign === '\n') line += 1
    if (/\s/.test(sign)) continue
    if ('([{'.includes(sign)) {
      const afterHead = closed?.depth === open.length && !isTypeBefore(code, at)
      const isBody =
        sign === '{' && (afterHead || /=>\s*$/.test(code.slice(Math.max(0, at - 80), at)))
      const isParameters = sign === '(' && !NO_FUNCTION.test(code.slice(Math.max(0, at - 80), at))
      if (isBody) closed = undefined
      const isChart = sign === '(' && CHART.test(code.slice(Math.max(0, at - 80), at + 1))
      open.push({ line, isBody, isParameters, isChart, chartLines: 0 })
    } else if (')]}'.includes(sign)) {
      const start = open.pop()
      const lines = start === undefined ? 0 : line - start.line + 1
      if (start?.isBody) spans.push({ line: start.line, lines: lines - start.chartLines })
      const around = open.at(-1)
      if (around !== undefined && start !== undefined) {
        around.chartLines += start.isChart ? lines : start.chartLines
      }
      if (closed !== undefined && closed.depth > open.length) closed = undefined
      if (start?.isParameters) closed = { depth: open.length }
    } else if (closed?.depth === open.length && endsHead(sign, last, code[at + 1])) {
      closed = undefined
    }
    last = sign
  }
  return spans
}

/** After a parameter list only a return type may stand before the body. */
function endsHead(sign: string, last: string, next: string | undefined): boolean {
  if (sign === '=' && next === '>') return false
  if (last === ')' && sign !== ':' && sign !== '=') return true
  return ';,='.includes(sign)
}

/** A brace right after one of these signs begins a type or an object, not a body. */
function isTypeBefore(code: string, at: number): boolean {
  return /(?:[:|&<,=?(]|\b(?:is|extends|keyof|readonly))\s*$/.test(
    code.slice(Math.max(0, at - 80), at),
  )
}
