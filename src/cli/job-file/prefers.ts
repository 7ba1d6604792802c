import Type, { type Static } from 'typebox'
import type { Prefers as Wish } from '../../frameworks/jobs/preference.ts'

const Name = Type.String({ minLength: 1 })
const Value = Type.Union([Name, Type.Number()])

/** The part of the job file that says where a job would rather run. */
export const Prefers = Type.Object(
  {
    agents: Type.Optional(
      Type.Union([Name, Type.Array(Name, { minItems: 1, description: 'a list of names' })], {
        description: 'Names of agents.',
      }),
    ),
    attributes: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([Name, Type.Number(), Type.Array(Value, { minItems: 1 })]),
        {
          minProperties: 1,
          description: 'Values of attributes of agents, as in { rack: [r1, r2] }.',
        },
      ),
    ),
  },
  {
    additionalProperties: false,
    description: 'Agents that it would rather run on: each part must hold, a list means any of it.',
  },
)
type Prefers = Static<typeof Prefers>

/** The preference in the words of the API. */
export function prefersOf({ agents, attributes }: Prefers): Wish {
  return {
    ...(agents !== undefined && { agents }),
    ...(attributes !== undefined && { attributes }),
  }
}
