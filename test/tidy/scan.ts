/** A source file in the views that the rules read; all views have the same lines and columns. */
export interface SourceFile {
  /** Path from the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The code alone: comments, and the inside of strings and regular expressions, are blank. */
  readonly code: string
  /** The comments alone. */
  readonly comments: string
}

/** One breach of a rule: where it is and what to do about it. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly advice: string
}

type Kind = 'code' | 'comment' | 'literal'

/** Splits a source text into code, comments and literals, without a parser. */
export function scan(path: string, text: string): SourceFile {
  const kinds = kindsOf(text)
  const view = (kind: Kind) =>
    text
      .split('')
      .map((sign, at) => (kinds[at] === kind || sign === '\n' ? sign : ' '))
      .join('')
  return { path, text, code: view('code'), comments: view('comment') }
}

/** The number of the line, counted from 1, on which an offset lies. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Findings for every match of a pattern in one view of a file. */
export function matches(
  file: SourceFile,
  view: 'code' | 'comments' | 'text',
  pattern: RegExp,
  advice: string | ((match: RegExpExecArray) => string | undefined),
): Finding[] {
  return [...file[view].matchAll(pattern)].flatMap((match) => {
    const said = typeof advice === 'string' ? advice : advice(match)
    const line = lineAt(file.text, match.index + match[0].search(/\S/))
    return said === undefined ? [] : [{ file: file.path, line, advice: said }]
  })
}

/** The kind of each character; quotes count as code, so that a literal can be found again. */
function kindsOf(text: string): Kind[] {
  const kinds: Kind[] = []
  // What closes the innermost open template hole or brace; '`' means back into a template.
  const open: ('`' | '}')[] = []
  let at = 0
  const fill = (end: number, kind: Kind) => {
    for (; at < end && at < text.length; at += 1) kinds[at] = kind
  }
  const literal = (end: number) => {
    fill(at + 1, 'code')
    fill(end, 'literal')
    fill(end + 1, 'code')
  }
  const template = () => {
    const stop = endOf(text, at, /`|\$\{/)
    fill(stop, 'literal')
    if (text[stop] === '$') open.push('`')
    fill(stop + (text[stop] === '$' ? 2 : 1), 'code')
  }
  while (at < text.length) {
    const sign = text[at]
    const pair = text.slice(at, at + 2)
    if (pair === '//' || (at === 0 && pair === '#!')) fill(lineEnd(text, at), 'comment')
    else if (pair === '/*') fill(commentEnd(text, at), 'comment')
    else if (sign === "'" || sign === '"') literal(endOf(text, at + 1, new RegExp(`${sign}|\n`)))
    else if (sign === '/' && startsRegex(text, kinds, at)) literal(regexEnd(text, at + 1))
    else {
      const closes = sign === '}' ? open.pop() : undefined
      if (sign === '{') open.push('}')
      fill(at + 1, 'code')
      if (sign === '`' || closes === '`') template()
    }
  }
  return kinds
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function commentEnd(text: string, from: number): number {
  const end = text.indexOf('*/', from + 2)
  return end < 0 ? text.length : end + 2
}

/** The offset of the first unescaped match. */
function endOf(text: string, from: number, stop: RegExp): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text.slice(at, at + 2).search(stop) === 0) return at
  }
  return text.length
}

function regexEnd(text: string, from: number): number {
  let inClass = false
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    else if (text[at] === '\n' || (text[at] === '/' && !inClass)) return at
  }
  return text.length
}

/** A slash begins a regular expression where an operand may stand, else it divides. */
function startsRegex(text: string, kinds: readonly Kind[], at: number): boolean {
  let before = at - 1
  while (before >= 0 && (/\s/.test(text[before] ?? '') || kinds[before] === 'comment')) before -= 1
  const word = /(\w+)$/.exec(text.slice(0, before + 1))?.[1]
  if (word !== undefined) return ['return', 'case', 'typeof', 'in', 'of', 'do'].includes(word)
  return !/[)\]}'"`$]/.test(text[before] ?? ';')
}
