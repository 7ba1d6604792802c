import Type, { type Static } from 'typebox'
import { pseudoattributeTypes } from '../../messages/index.ts'

/** The parts of the job file that say who is due how much, and of which agents. */

const optional = Type.Optional
const closed = { additionalProperties: false } as const
/** More of anything than exists anywhere. */
const amountMax = 1e12

export const Weight = Type.Number({
  exclusiveMinimum: 0,
  maximum: amountMax,
  default: 1,
  description: 'How much it counts: 2 is due twice as much as 1.',
})

export const Priority = Type.Number({
  default: 0,
  description: 'Higher comes first, under the policies priority and priority-preemptive.',
})

export const Weights = Type.Record(Type.String(), Weight, {
  description: 'Weights by role, as in { eng: 2, eng/ads: 3 }: a role counts among its siblings.',
})

export const Priorities = Type.Record(Type.String(), Priority, {
  description: 'Priorities by role, under the policies priority and priority-preemptive.',
})

const Scalars = (description: string) =>
  Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: amountMax }), { description })

export const Quota = Type.Object(
  {
    guarantees: optional(Scalars('What is kept for it, as in { cpus: 4, mem: 1024 }.')),
    limits: optional(Scalars('What it may have at most, as in { cpus: 8 }.')),
  },
  { ...closed, description: 'What a role, with all below it, is promised and may have at most.' },
)

export const Quotas = Type.Record(Type.String(), Quota, {
  description: 'Quotas by role; only roles at the top have one.',
})

export const MinAllocatable = Type.Array(Scalars('Amounts that are worth an offer together.'), {
  description: 'a list of what is worth an offer, as in [{ cpus: 4 }]; empty for anything at all.',
})

const Constraint = Type.Object(
  {
    attributeName: optional(Type.String({ minLength: 1, description: 'Which attribute.' })),
    pseudoattributeType: optional(
      Type.Enum(pseudoattributeTypes, {
        description: 'Instead of an attribute: HOSTNAME for the name of the agent.',
      }),
    ),
    exists: optional(Type.Literal(true, { description: 'It must be there.' })),
    notExists: optional(Type.Literal(true, { description: 'It must not be there.' })),
    textEquals: optional(Type.String({ description: 'It must be this text.' })),
    textNotEquals: optional(Type.String({ description: 'It must not be this text.' })),
    textMatches: optional(Type.String({ description: 'All of it must match this pattern (RE2).' })),
    textNotMatches: optional(Type.String({ description: 'It must not match this pattern (RE2).' })),
  },
  { ...closed, description: 'One attribute or pseudoattribute, and what must be true of it.' },
)

export const OfferConstraints = Type.Record(
  Type.String(),
  Type.Array(
    Type.Array(Constraint, {
      minItems: 1,
      description: 'a list of constraints that must all hold',
    }),
    { minItems: 1, description: 'a list of groups of constraints, of which one must hold' },
  ),
  {
    description:
      'By role, of which agents it wants offers: { ads: [[{ attributeName: rack, textEquals: r1 }]] }.',
  },
)
export type OfferConstraints = Static<typeof OfferConstraints>
