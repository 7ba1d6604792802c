import Type, { type Static } from 'typebox'
import { durationPattern } from './duration.ts'
import { Prefers } from './prefers.ts'

/**
 * The job file's agents and jobs, once: the checks, the types and the published JSON Schema are
 * made from this.
 * Every property has a description, because editors show it where people write.
 */

const optional = Type.Optional
const closed = { additionalProperties: false } as const
/** More of anything than exists anywhere. */
const amountMax = 1e12
const countMax = 100_000

const Amount = (description: string) =>
  optional(Type.Number({ description, minimum: 0, maximum: amountMax }))
export const Name = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 255 })

const Duration = (description: string) =>
  optional(
    Type.Union(
      [
        Type.String({ pattern: durationPattern.source, examples: ['30s', '500ms', '2m'] }),
        Type.Number({ minimum: 0, maximum: amountMax, description: 'seconds' }),
      ],
      { description: `${description} As 500ms, 30s, 2m or 1h; a bare number counts seconds.` },
    ),
  )

const Port = Type.Integer({ minimum: 0, maximum: 65_535, description: 'One port.' })
export const Ports = Type.Array(
  Type.Union([
    Port,
    Type.String({
      pattern: '^\\d{1,5}-\\d{1,5}$',
      examples: ['31000-31005'],
      description: 'From port to port.',
    }),
    Type.Array(Port, { minItems: 2, maxItems: 2, description: 'First and last port.' }),
  ]),
  { description: 'Ports: single ones and ranges, both ends included, as in [31000-31005, 8080].' },
)

export const JobPorts = Type.Union(
  [
    Type.Integer({ minimum: 0, maximum: 65_536 }),
    Type.Array(Ports.items, { description: 'a list such as [31000-31005, 8080]' }),
  ],
  {
    description:
      'How many ports, found by the job as PORT0, PORT1, … and PORTS; or a list of the very ones.',
  },
)

const Resource = Type.Union([
  Type.Number({ minimum: 0, maximum: amountMax }),
  Type.Array(Type.String({ minLength: 1 }), { description: 'A set of names.' }),
])

const amounts = {
  cpus: Amount('Processors; fractions are welcome.'),
  mem: Amount('Memory in MB.'),
  disk: Amount('Disk space in MB.'),
  gpus: optional(
    Type.Integer({
      description: 'Graphics processors, as whole units.',
      minimum: 0,
      maximum: amountMax,
    }),
  ),
  ports: optional(Ports),
  resources: optional(
    Type.Record(Type.String(), Resource, {
      description: 'Resources of your own naming: an amount or a set of names each.',
    }),
  ),
}

const Range = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 })
const AttributeValue = Type.Union([
  Type.String(),
  Type.Number(),
  Type.Array(Range, { minItems: 1, description: 'a list of ranges such as [[1, 5], [8, 9]]' }),
  Type.Array(Type.String(), { minItems: 1, description: 'a list of names' }),
])

const Count = (description: string) =>
  optional(Type.Integer({ description, minimum: 1, maximum: countMax, default: 1 }))

export const Agent = Type.Object(
  {
    name: optional(Name('Its host name; by default agent-1, agent-2, …')),
    count: Count('How many agents of this kind.'),
    ...amounts,
    attributes: optional(
      Type.Record(Type.String(), AttributeValue, {
        description: 'What schedulers may want to know of it, such as a rack or a zone.',
      }),
    ),
  },
  { ...closed, description: 'One machine, or several alike, and what it offers.' },
)
export type Agent = Static<typeof Agent>

const Command = (description: string) =>
  Type.Union(
    [
      Type.String({ minLength: 1, examples: ['make test'] }),
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'a list of the program and its arguments',
      }),
    ],
    { description },
  )

export const HealthCheck = Type.Object(
  {
    command: optional(Command('Healthy when this ends with 0.')),
    http: optional(
      Type.Object(
        {
          port: Port,
          path: optional(Type.String({ description: 'Default /.', pattern: '^/' })),
          scheme: optional(Type.Enum(['http', 'https'], { description: 'Default http.' })),
          host: optional(Type.String({ description: 'Default 127.0.0.1.' })),
        },
        { ...closed, description: 'Healthy when it answers with a status from 200 to 399.' },
      ),
    ),
    tcp: optional(
      Type.Object(
        { port: Port, host: optional(Type.String({ description: 'Default 127.0.0.1.' })) },
        { ...closed, description: 'Healthy when it accepts a connection.' },
      ),
    ),
    delay: Duration('How long after the start the first check is made. Default 15s.'),
    interval: Duration('How long between two checks. Default 10s.'),
    timeout: Duration('How long one check may take. Default 20s.'),
    grace: Duration('How long after the start failed checks are forgiven. Default 10s.'),
    consecutiveFailures: optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000,
        description: 'After how many failed checks in a row the task is ended. Default 3.',
      }),
    ),
  },
  { ...closed, description: 'How to see that a task is well: one of command, http and tcp.' },
)
export type HealthCheck = Static<typeof HealthCheck>

const job = {
  command: optional(
    Command('What to run: a line for the shell, or a list of the program and its arguments.'),
  ),
  module: optional(
    Type.String({
      minLength: 1,
      description:
        'A JavaScript module, relative to this file; its default export is run as a thread.',
    }),
  ),
  input: optional(Type.Unknown({ description: 'What the function of the module is given.' })),
  ...amounts,
  ports: optional(JobPorts),
  count: Count('How many tasks of this kind.'),
  env: optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      description: 'Environment variables.',
    }),
  ),
  cwd: optional(
    Type.String({
      minLength: 1,
      description: 'Folder to run in, relative to this file; by default a fresh sandbox.',
    }),
  ),
  killGrace: Duration('How long it may take to end when it is killed. Default 3s.'),
  timeout: Duration('It is killed, and has failed, when it runs for longer.'),
  healthCheck: optional(HealthCheck),
  prefers: optional(Prefers),
  preferWait: Duration('How long it waits for such an agent before it takes any. Default 5s.'),
  retries: optional(
    Type.Integer({
      minimum: 0,
      maximum: countMax,
      description: 'How often it is run again after it failed. Default 0.',
    }),
  ),
}
const jobName = optional(Name('What it is called; its tasks are name-1, name-2, …'))
const jobText = 'Work to do: a command or a module. Without any amounts it gets 1 cpu.'

export const NamedJob = Type.Object({ name: jobName, ...job }, { ...closed, description: jobText })
export const Job = Type.Object(job, { ...closed, description: jobText })
export type Job = Static<typeof NamedJob>

export const Jobs = Type.Union(
  [
    Type.Array(NamedJob, { minItems: 1, description: 'a list of jobs' }),
    Type.Record(Type.String({ minLength: 1 }), Job, {
      minProperties: 1,
      description: 'a map of jobs by name',
    }),
  ],
  { description: 'The jobs: a list, or a map by name.' },
)
