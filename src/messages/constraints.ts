import Type, { type Static } from 'typebox'
import { pseudoattributeTypes } from './states.ts'

const closed = { additionalProperties: false } as const
const optional = Type.Optional

/**
 * One thing that must be so of an agent: exactly one selector (the first two fields) and exactly
 * one predicate (the others). Patterns are in RE2's syntax and must match the whole text.
 */
export const AttributeConstraint = Type.Object(
  {
    attributeName: optional(Type.String()),
    pseudoattributeType: optional(Type.Enum(pseudoattributeTypes)),
    exists: optional(Type.Literal(true)),
    notExists: optional(Type.Literal(true)),
    textEquals: optional(Type.String()),
    textNotEquals: optional(Type.String()),
    textMatches: optional(Type.String()),
    textNotMatches: optional(Type.String()),
  },
  closed,
)
export type AttributeConstraint = Static<typeof AttributeConstraint>

/**
 * By role, of which agents a framework wants offers: of those that meet all constraints of any one
 * group. Mesos' wrappers with a single field are left out; a role that is not named takes all.
 */
export const OfferConstraints = Type.Record(
  Type.String(),
  Type.Array(Type.Array(AttributeConstraint)),
)
export type OfferConstraints = Static<typeof OfferConstraints>
