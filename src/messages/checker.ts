import { Compile, type Validator } from 'typebox/schema'
import { roleOf } from './addresses.ts'
import { catalog } from './catalog.ts'
import type { MessageDefinition } from './define.ts'
import type { Address } from './ids.ts'

/** An envelope whose message has not been checked yet. */
export interface Addressed {
  readonly from: Address
  readonly to: Address
  readonly message: { readonly type: string }
}

/** Checks envelopes that come from outside; schemas are compiled when first needed. */
export class EnvelopeChecker {
  readonly #byType = new Map<string, MessageDefinition[]>()
  readonly #compiled = new Map<MessageDefinition, Validator>()

  constructor() {
    for (const definition of catalog) {
      const alike = this.#byType.get(definition.type)
      if (alike === undefined) this.#byType.set(definition.type, [definition])
      else alike.push(definition)
    }
  }

  /** Returns nothing for a good envelope, else a sentence that says what is wrong with it. */
  problemWith(envelope: Addressed): string | undefined {
    const { from, to, message } = envelope
    const { type } = message
    const receiver = roleOf(to)
    const candidates = this.#byType.get(type)?.filter((known) => known.to.includes(receiver)) ?? []
    if (candidates.length === 0) return `a ${receiver} has no message ${type}`
    const definition = candidates.find(
      (known) => known.from === 'host' || known.from === roleOf(from),
    )
    if (definition === undefined) return `${type} to ${to} does not come from ${from}`
    const validator = this.#validatorOf(definition)
    if (validator.Check(message)) return undefined
    const [, [first]] = validator.Errors(message)
    return `${type}${first?.instancePath ?? ''} ${first?.message ?? 'is not as its schema says'}`
  }

  #validatorOf(definition: MessageDefinition): Validator {
    const known = this.#compiled.get(definition)
    if (known !== undefined) return known
    const compiled = Compile(definition.schema)
    this.#compiled.set(definition, compiled)
    return compiled
  }
}
