import { Compile, type Validator } from 'typebox/compile'
import * as allocation from './allocation.ts'
import type { MessageDefinition, Role } from './define.ts'
import type { Address } from './ids.ts'
import * as lifecycle from './lifecycle.ts'
import * as task from './task.ts'

/** One of the three families of the scheduler API. */
export type Category = 'lifecycle' | 'allocation' | 'task'

/** The family a message type belongs to. */
export function categoryOf(type: string): Category {
  const [category] = type.split('.')
  if (category === 'lifecycle' || category === 'allocation' || category === 'task') return category
  throw new Error(`${type} is not a message type: it starts with none of the three categories`)
}

const roles: readonly Role[] = ['scheduler', 'master', 'agent', 'executor', 'operator']

/** The role that lives at an address: the part before the first slash. */
export function roleOf(address: Address): Role {
  const [role] = address.split('/')
  const known = roles.find((candidate) => candidate === role)
  if (known !== undefined) return known
  throw new Error(`${address} is not an address: it names none of the roles`)
}

/** The whole vocabulary in reading order: by category, then by receiver. */
export const catalog: readonly MessageDefinition[] = [
  ...new Set<MessageDefinition>([
    ...lifecycle.toMaster,
    ...lifecycle.toScheduler,
    ...lifecycle.toAgent,
    ...lifecycle.toExecutor,
    ...allocation.toMaster,
    ...allocation.toScheduler,
    ...task.toMaster,
    ...task.toScheduler,
    ...task.toAgent,
    ...task.toExecutor,
  ]),
]

/** An envelope whose message has not been checked yet. */
export interface Addressed {
  readonly from: Address
  readonly to: Address
  readonly message: { readonly type: string }
}

/** Checks envelopes that come from outside; schemas are compiled when first needed. */
export class EnvelopeChecker {
  readonly #compiled = new Map<MessageDefinition, Validator>()

  /** Returns nothing for a good envelope, else a sentence that says what is wrong with it. */
  problemWith(envelope: Addressed): string | undefined {
    const { from, to, message } = envelope
    const { type } = message
    const receiver = roleOf(to)
    const candidates = catalog.filter((known) => known.type === type && known.to.includes(receiver))
    if (candidates.length === 0) return `a ${receiver} has no message ${type}`
    const definition = candidates.find(
      (known) => known.from === 'host' || known.from === roleOf(from),
    )
    if (definition === undefined) return `${type} to ${to} does not come from ${from}`
    const validator = this.#validatorOf(definition)
    if (validator.Check(message)) return undefined
    const first = validator.Errors(message)[0]
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
