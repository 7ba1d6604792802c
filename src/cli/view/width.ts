import { stripVTControlCharacters } from 'node:util'

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const unseen = /\p{M}|[\u200b-\u200d]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const escapes = /(\u001b\[[0-9;]*m)/u

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  let columns = 0
  for (const sign of stripVTControlCharacters(text)) columns += widthOfSign(sign)
  return columns
}

/** The text with spaces up to a width; `start` puts them in front, as for numbers. */
export function pad(text: string, columns: number, where: 'start' | 'end' = 'end'): string {
  const spaces = ' '.repeat(Math.max(0, columns - widthOf(text)))
  return where === 'end' ? text + spaces : spaces + text
}

/** The text cut to a width, with an ellipsis when something is missing. Colours end with it. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let room = Math.max(0, columns - 1)
  let kept = ''
  for (const part of text.split(escapes)) {
    if (part.startsWith('\u001b')) {
      kept += part
      continue
    }
    for (const sign of part) {
      room -= widthOfSign(sign)
      if (room < 0) return `${kept}…${kept.includes('\u001b') ? '\u001b[0m' : ''}`
      kept += sign
    }
  }
  return kept
}

/** The text in lines of at most this width, broken at spaces; longer words are cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || widthOf(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].map((one) => fit(one, columns))
}

/** One line without signs that would move the cursor: what tasks say is not to be trusted. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}

function widthOfSign(sign: string): number {
  if (unseen.test(sign)) return 0
  return wide.test(sign) ? 2 : 1
}
