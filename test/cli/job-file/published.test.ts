import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { JobFile } from '../../../src/cli/job-file/file-schema.ts'
import { jobFileSchema } from '../../../src/cli/job-file/published.ts'
import { isRecord } from '../../../src/cli/job-file/shape.ts'

const published = readFileSync(new URL('../../../schema/job-file.json', import.meta.url), 'utf8')

/** A schema with what it refers to in place. */
function resolved(node: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(node)) return node.map((item) => resolved(item, definitions))
  if (!isRecord(node)) return node
  const { $ref } = node
  if (typeof $ref === 'string') {
    return resolved(definitions[$ref.replace('#/definitions/', '')], definitions)
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, resolved(value, definitions)]),
  )
}

/** Every property of a schema with its path. */
function* propertiesOf(node: unknown, path = ''): Generator<[string, unknown]> {
  if (Array.isArray(node)) for (const item of node) yield* propertiesOf(item, path)
  if (!isRecord(node)) return
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'properties' || !isRecord(value)) yield* propertiesOf(value, path)
    else {
      for (const [name, property] of Object.entries(value)) {
        yield [`${path}/${name}`, property]
        yield* propertiesOf(property, `${path}/${name}`)
      }
    }
  }
}

test('Published schema: the file is what `mesostate schema` prints', () => {
  // To renew it: node dist/bin/mesostate.js schema > schema/job-file.json
  expect(published).toBe(jobFileSchema())
})

test('Published schema: with its references resolved it is the schema that checks files', () => {
  const { $schema, title, definitions, ...schema } = JSON.parse(published)
  expect({ $schema, title }).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'mesostate job file',
  })
  expect(resolved(schema, definitions)).toEqual(JSON.parse(JSON.stringify(JobFile)))
})

test('Published schema: every property has a description, so that editors can explain it', () => {
  const bare = [...propertiesOf(JobFile)].filter(
    ([, property]) => !isRecord(property) || typeof property.description !== 'string',
  )
  expect(bare.map(([path]) => path)).toEqual([])
})
