import type {
  AgentInfo,
  AttributeConstraint,
  Attributes,
  OfferConstraints,
} from '../../messages/index.ts'
import { Pattern } from './patterns.ts'

/** What constraints look at of an agent. */
export type ConstrainedAgent = Pick<AgentInfo, 'hostname' | 'attributes'>

/** Of which agents a framework wants offers in one of its roles. */
export interface RoleConstraints {
  /**
   * May be asked for every agent in every round: some 30 ns per constraint, 100 ns for a pattern
   * over as many different texts as there are host names in a large cluster.
   */
  allows(agent: ConstrainedAgent): boolean
  /** Says in a sentence which constraints are not met; nothing when the agent is allowed. */
  whyNot(agent: ConstrainedAgent): string | undefined
}

/** By role; a role that is absent takes every agent. */
export type CompiledConstraints = ReadonlyMap<string, RoleConstraints>

type Value = Attributes[string]

interface Compiled {
  /** As people write it: `rack = r1`. */
  readonly text: string
  /** What the agent has of what the constraint is about; nothing when it is absent. */
  select(agent: ConstrainedAgent): Value | undefined
  holds(value: Value | undefined): boolean
}

/** Patterns that a compiler keeps for the next framework that uses them. */
const patternsMax = 1_000

/** Groups that an explanation names: it is for people. */
const reasonsMax = 3

const unconstrained: ReadonlyMap<string, RoleConstraints> = new Map()

/**
 * Compiles offer constraints that were validated, and remembers them. Compiled patterns cannot be
 * copied, so they cannot be in the ledger, which an explorer copies before each step; whoever
 * allocates owns a compiler beside the ledger and looks constraints up in it by the very object
 * that the framework record holds. What it remembers changes no answer, only what it costs: a
 * copied ledger is compiled anew, with the patterns that are known already. Verdicts are kept per
 * pattern and text rather than per agent, so they are right whatever becomes of the agent.
 */
export class ConstraintCompiler {
  readonly #compiled = new WeakMap<OfferConstraints, CompiledConstraints>()
  readonly #patterns = new Map<string, Pattern>()

  /** Throws RE2JSException for a malformed pattern, which `problemWithConstraints` refuses. */
  compile(constraints: OfferConstraints | undefined): CompiledConstraints {
    if (constraints === undefined) return unconstrained
    const known = this.#compiled.get(constraints)
    if (known !== undefined) return known
    const compiled = new Map<string, RoleConstraints>()
    for (const [role, groups] of Object.entries(constraints)) {
      compiled.set(role, this.#forRole(groups))
    }
    this.#compiled.set(constraints, compiled)
    return compiled
  }

  #forRole(groups: readonly (readonly AttributeConstraint[])[]): RoleConstraints {
    const compiled = groups.map((group) => group.map((constraint) => this.#one(constraint)))
    return {
      allows: (agent) => compiled.some((group) => unmet(group, agent) === undefined),
      whyNot: (agent) => whyNot(compiled, agent),
    }
  }

  #one(constraint: AttributeConstraint): Compiled {
    return {
      text: `${subjectOf(constraint)} ${predicateText(constraint)}`,
      select: selectorOf(constraint),
      holds: this.#predicateOf(constraint),
    }
  }

  /** What is there but no text meets every predicate about texts, as in Mesos. */
  #predicateOf(constraint: AttributeConstraint): Compiled['holds'] {
    const { exists, notExists, textEquals, textNotEquals } = constraint
    const { textMatches, textNotMatches = '' } = constraint
    if (exists !== undefined) return (value) => value !== undefined
    if (notExists !== undefined) return (value) => value === undefined
    if (textEquals !== undefined) return isText((text) => text === textEquals)
    if (textNotEquals !== undefined) return isNoText((text) => text === textNotEquals)
    const pattern = this.#patternOf(textMatches ?? textNotMatches)
    const matches = (text: string) => pattern.matches(text)
    return textMatches === undefined ? isNoText(matches) : isText(matches)
  }

  #patternOf(text: string): Pattern {
    const known = this.#patterns.get(text)
    if (known !== undefined) return known
    const pattern = new Pattern(text)
    if (this.#patterns.size >= patternsMax) this.#patterns.clear()
    this.#patterns.set(text, pattern)
    return pattern
  }
}

/** The first constraint of the group that the agent does not meet. */
function unmet(group: readonly Compiled[], agent: ConstrainedAgent): Compiled | undefined {
  for (const constraint of group) {
    if (!constraint.holds(constraint.select(agent))) return constraint
  }
  return undefined
}

function whyNot(
  groups: readonly (readonly Compiled[])[],
  agent: ConstrainedAgent,
): string | undefined {
  const reasons: string[] = []
  for (const group of groups) {
    const first = unmet(group, agent)
    if (first === undefined) return undefined
    reasons.push(`${first.text} is not met (${found(first.select(agent))})`)
  }
  if (reasons.length === 1) return `constraint ${reasons.join()}`
  const more = reasons.length > reasonsMax ? `; and ${reasons.length - reasonsMax} more` : ''
  return `no group of constraints is met: ${reasons.slice(0, reasonsMax).join('; ')}${more}`
}

function isText(holds: (text: string) => boolean): Compiled['holds'] {
  return (value) => (typeof value === 'string' ? holds(value) : value !== undefined)
}

function isNoText(holds: (text: string) => boolean): Compiled['holds'] {
  return (value) => typeof value !== 'string' || !holds(value)
}

/** Agents have no region and no zone yet. */
function selectorOf(constraint: AttributeConstraint): Compiled['select'] {
  const { attributeName: name, pseudoattributeType } = constraint
  if (pseudoattributeType === 'HOSTNAME') return ({ hostname }) => hostname
  if (name === undefined) return () => undefined
  return ({ attributes }) =>
    attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined
}

function subjectOf({ attributeName, pseudoattributeType }: AttributeConstraint): string {
  return attributeName ?? pseudoattributeType?.toLowerCase() ?? 'nothing'
}

function predicateText(constraint: AttributeConstraint): string {
  const { exists, notExists, textEquals, textNotEquals } = constraint
  const { textMatches, textNotMatches = '' } = constraint
  if (exists !== undefined) return 'exists'
  if (notExists !== undefined) return 'does not exist'
  if (textEquals !== undefined) return `= ${textEquals}`
  if (textNotEquals !== undefined) return `!= ${textNotEquals}`
  if (textMatches !== undefined) return `matches ${textMatches}`
  return `does not match ${textNotMatches}`
}

/** What the agent has instead. */
function found(value: Value | undefined): string {
  if (value === undefined) return 'the agent has none'
  if (!Array.isArray(value)) return `the agent has ${value}`
  const items = value.map((item) => (typeof item === 'string' ? item : item.join('-')))
  return `the agent has ${items.join(', ')}`
}
