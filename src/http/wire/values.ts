import { integerAt, type Json, listAt, objectAt, textAt } from './json.ts'

/** Reads `{range: [{begin, end}]}`. */
export function rangesAt(ranges: Json, path: string): [number, number][] {
  return listAt(ranges.range, `${path}.range`).map((item, index) => {
    const at = `${path}.range[${index}]`
    const { begin, end } = objectAt(item, at)
    return [integerAt(begin, `${at}.begin`), integerAt(end, `${at}.end`)]
  })
}

export function writeRanges(ranges: readonly (readonly [number, number])[]): Json {
  return { range: ranges.map(([begin, end]) => ({ begin, end })) }
}

/** Reads `{item: […]}`. */
export function itemsAt(set: Json, path: string): string[] {
  return listAt(set.item, `${path}.item`).map((item, index) =>
    textAt(item, `${path}.item[${index}]`),
  )
}
