import {
  type AttributeConstraint,
  type OfferConstraints,
  pseudoattributeTypes,
} from '../../messages/index.ts'
import { problemWithPattern } from '../allocation/patterns.ts'
import { suggestion } from '../suggestion.ts'

/** Each costs some nanoseconds per agent and round, in every framework. */
export const constraintsMax = 1_000

/** Of all patterns together: to compile them takes up to 40 µs per character. */
export const patternLengthMax = 4_096

const selectors = ['attributeName', 'pseudoattributeType']
const marks = ['exists', 'notExists']
const predicates = [...marks, 'textEquals', 'textNotEquals', 'textMatches', 'textNotMatches']
const known = [...selectors, ...predicates]

/**
 * Says in a sentence why a framework with these roles cannot have these offer constraints, or
 * nothing. It does not rely on their type, because they may come from plain JavaScript.
 */
export function problemWithConstraints(
  constraints: OfferConstraints,
  roles: readonly string[],
): string | undefined {
  if (!isRecord(constraints)) {
    return "offer constraints are groups by role, such as { eng: [[{ attributeName: 'rack', exists: true }]] }"
  }
  for (const [role, groups] of Object.entries(constraints)) {
    if (!roles.includes(role)) {
      return `there are offer constraints for the role ${role}, which is not among the framework's roles${suggestion(role, roles)}`
    }
    const problem = problemWithGroups(groups)
    if (problem !== undefined) return `the offer constraints of the role ${role}: ${problem}`
  }
  const all = Object.values(constraints).flat(2)
  return problemWithSize(all) ?? problemWithPatterns(all)
}

function problemWithGroups(groups: OfferConstraints[string]): string | undefined {
  if (!Array.isArray(groups)) return 'give a list of groups, each a list of constraints'
  if (groups.length === 0) return 'there is no group; leave the role out to take every agent'
  for (const [index, group] of groups.entries()) {
    const which = `group ${index + 1}`
    if (!Array.isArray(group)) return `${which} is no list; give a list of constraints`
    if (group.length === 0) return `${which} is empty; leave the role out to take every agent`
    for (const [place, constraint] of group.entries()) {
      const problem = problemWithConstraint(constraint)
      if (problem !== undefined) return `constraint ${place + 1} of ${which} ${problem}`
    }
  }
  return undefined
}

function problemWithConstraint(constraint: AttributeConstraint): string | undefined {
  if (!isRecord(constraint)) return "is none; give one such as { attributeName: 'a', exists: true }"
  const given = Object.entries(constraint).filter(([, value]) => value !== undefined)
  const names = given.map(([name]) => name)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    const hint = suggestion(stranger, known)
    return `has the unknown field ${stranger}${hint || `; known are ${known.join(', ')}`}`
  }
  return (
    problemWithChoice('selector', selectors, names) ??
    problemWithChoice('predicate', predicates, names) ??
    given.map(([name, value]) => problemWithField(name, value)).find((found) => found !== undefined)
  )
}

/** A constraint has exactly one of each. */
function problemWithChoice(
  what: string,
  choices: readonly string[],
  names: readonly string[],
): string | undefined {
  const chosen = names.filter((name) => choices.includes(name))
  if (chosen.length === 1) return undefined
  if (chosen.length === 0) return `has no ${what}; give one of ${choices.join(', ')}`
  return `has ${chosen.length} ${what}s, ${chosen.join(' and ')}; give one`
}

function problemWithField(name: string, value: unknown): string | undefined {
  if (marks.includes(name)) {
    if (value === true) return undefined
    return `says ${name}: ${String(value)}; it can only be true`
  }
  if (typeof value !== 'string') return `has a ${name} that is no text`
  if (name === 'attributeName') return value.trim() === '' ? 'names no attribute' : undefined
  if (name === 'pseudoattributeType' && !pseudoattributeTypes.some((type) => type === value)) {
    return `names the pseudoattribute ${value}; known are ${pseudoattributeTypes.join(', ')}`
  }
  return undefined
}

function problemWithSize(constraints: readonly AttributeConstraint[]): string | undefined {
  if (constraints.length > constraintsMax) {
    return `there are ${constraints.length} offer constraints; ${constraintsMax} are allowed`
  }
  const length = patternsOf(constraints).reduce((sum, pattern) => sum + pattern.length, 0)
  if (length <= patternLengthMax) return undefined
  return `the patterns of the offer constraints have ${length} characters; ${patternLengthMax} are allowed`
}

function problemWithPatterns(constraints: readonly AttributeConstraint[]): string | undefined {
  for (const pattern of patternsOf(constraints)) {
    const problem = problemWithPattern(pattern)
    if (problem !== undefined) return `offer constraints: ${problem}`
  }
  return undefined
}

function patternsOf(constraints: readonly AttributeConstraint[]): string[] {
  return constraints
    .flatMap(({ textMatches, textNotMatches }) => [textMatches, textNotMatches])
    .filter((pattern) => pattern !== undefined)
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
