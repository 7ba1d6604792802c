import type { Static, TSchema } from 'typebox'
import Type from 'typebox'

/**
 * Who speaks. All but one hold a mailbox: `operator` is whoever runs the cluster, and a host only
 * speaks, when it reports an end.
 */
export type Role = 'scheduler' | 'master' | 'agent' | 'executor' | 'operator' | 'host'

/** One entry of the vocabulary: who says it to whom, what it means, and its body's schema. */
export interface MessageDefinition<Name extends string = string, Body extends TSchema = TSchema> {
  readonly type: Name
  readonly from: Role
  readonly to: readonly Role[]
  /** When it is sent, and what the receiver does: one line for people. */
  readonly doc: string
  /** Schema of the whole message, `type` included. */
  readonly schema: Body
}

/** Declares a message. The TypeScript type of the message is derived from the schema. */
export function message<const Name extends string, const Fields extends Record<string, TSchema>>(
  type: Name,
  between: { from: Role; to: Role | readonly Role[] },
  doc: string,
  fields: Fields,
) {
  const schema = Type.Object(
    { type: Type.Literal(type), ...fields },
    { additionalProperties: false, description: doc },
  )
  const to = typeof between.to === 'string' ? [between.to] : between.to
  return { type, from: between.from, to, doc, schema } as const
}

/** The TypeScript type of a declared message. */
export type MessageOf<Definition extends { schema: TSchema }> = Static<Definition['schema']>
