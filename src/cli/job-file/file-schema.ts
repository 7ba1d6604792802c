import Type, { type Static } from 'typebox'
import { Agent, Jobs, Name } from './schema.ts'
import {
  MinAllocatable,
  OfferConstraints,
  Priorities,
  Priority,
  Quotas,
  Weight,
  Weights,
} from './sharing-schema.ts'

/** The job file as a whole: its frameworks, and how the pool is shared. */

const optional = Type.Optional
const closed = { additionalProperties: false } as const

const framework = {
  role: optional(
    Name(
      'The role its share counts for, as eng or eng/ads; frameworks of one role share. Default: its name.',
    ),
  ),
  weight: optional(Weight),
  priority: optional(Priority),
  minAllocatable: optional(MinAllocatable),
  offerConstraints: optional(OfferConstraints),
  jobs: Jobs,
}
export const NamedFramework = Type.Object(
  { name: Name('What it is called.'), ...framework },
  { ...closed, description: 'A tenant and its jobs.' },
)
export const Framework = Type.Object(framework, {
  ...closed,
  description: 'A tenant and its jobs.',
})
export type Framework = Static<typeof NamedFramework>

export const JobFile = Type.Object(
  {
    $schema: optional(Type.String({ description: 'The schema of this file, for editors.' })),
    policy: optional(
      Type.String({
        examples: ['drf', 'priority', 'priority-preemptive', 'fair', 'fair:mem', 'random'],
        description:
          'Who is offered what: drf (default), priority, priority-preemptive, fair (by cpus), fair:RESOURCE or random.',
      }),
    ),
    weights: optional(Weights),
    priorities: optional(Priorities),
    quotas: optional(Quotas),
    agents: optional(
      Type.Array(Agent, {
        minItems: 1,
        description: 'The machines of the cluster; by default this one, with all it has.',
      }),
    ),
    frameworks: optional(
      Type.Union(
        [
          Type.Array(NamedFramework, { minItems: 1, description: 'a list of frameworks' }),
          Type.Record(Type.String({ minLength: 1 }), Framework, {
            minProperties: 1,
            description: 'a map of frameworks by name',
          }),
        ],
        { description: 'The tenants: a list, or a map by name.' },
      ),
    ),
    jobs: optional(Jobs),
  },
  {
    ...closed,
    description: 'Jobs for `mesostate run`: either frameworks with jobs, or jobs alone.',
  },
)
export type JobFile = Static<typeof JobFile>
