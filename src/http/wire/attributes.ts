import type { Attributes } from '../../messages/index.ts'
import { enumAt, type Json, keyAt, listAt, numberAt, objectAt, textAt } from './json.ts'
import { itemsAt, rangesAt, writeRanges } from './values.ts'

type Attribute = Attributes[string]

const types = ['TEXT', 'SCALAR', 'RANGES', 'SET'] as const

/** Reads attributes. Of several that share a name the first counts, as for Mesos' constraints. */
export function readAttributes(value: unknown, path: string): Attributes {
  const attributes: Attributes = {}
  for (const [index, item] of listAt(value, path).entries()) {
    const at = `${path}[${index}]`
    const json = objectAt(item, at)
    const name = keyAt(json.name, `${at}.name`)
    attributes[name] ??= attributeAt(json, at)
  }
  return attributes
}

function attributeAt(json: Json, path: string): Attribute {
  switch (enumAt(json.type, types, `${path}.type`)) {
    case 'TEXT':
      return textAt(objectAt(json.text, `${path}.text`).value, `${path}.text.value`)
    case 'SCALAR':
      return numberAt(objectAt(json.scalar, `${path}.scalar`).value, `${path}.scalar.value`)
    case 'RANGES':
      return rangesAt(objectAt(json.ranges, `${path}.ranges`), `${path}.ranges`)
    case 'SET':
      return itemsAt(objectAt(json.set, `${path}.set`), `${path}.set`)
  }
}

/** Writes attributes, in their order. */
export function writeAttributes(attributes: Attributes): Json[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, ...writeValue(value) }))
}

function writeValue(value: Attribute): Json {
  if (typeof value === 'string') return { type: 'TEXT', text: { value } }
  if (typeof value === 'number') return { type: 'SCALAR', scalar: { value } }
  return isNames(value)
    ? { type: 'SET', set: { item: value } }
    : { type: 'RANGES', ranges: writeRanges(value) }
}

function isNames(list: [number, number][] | string[]): list is string[] {
  return typeof list[0] === 'string'
}
