import * as file from './file-schema.ts'
import { Prefers } from './prefers.ts'
import * as schema from './schema.ts'
import { OfferConstraints } from './sharing-schema.ts'

/** The parts that stand in several places, by the names that the published file refers to. */
const definitions: Readonly<Record<string, object>> = {
  agent: schema.Agent,
  framework: file.Framework,
  namedFramework: file.NamedFramework,
  jobs: schema.Jobs,
  job: schema.Job,
  namedJob: schema.NamedJob,
  healthCheck: schema.HealthCheck,
  ports: schema.Ports,
  jobPorts: schema.JobPorts,
  prefers: Prefers,
  offerConstraints: OfferConstraints,
}

/** The published JSON Schema of job files, as text. Parts that repeat are written out once. */
export function jobFileSchema(): string {
  const names = new Map(
    Object.entries(definitions).map(([name, part]) => [JSON.stringify(part), name]),
  )
  const document = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'mesostate job file',
    ...inside(file.JobFile),
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, part]) => [name, inside(part)]),
    ),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`

  function inside(part: object): object {
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, referred(value)]))
  }

  function referred(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(referred)
    const name = names.get(JSON.stringify(value))
    return name === undefined ? inside(value) : { $ref: `#/definitions/${name}` }
  }
}
