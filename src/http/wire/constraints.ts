import {
  type AttributeConstraint,
  type OfferConstraints,
  pseudoattributeTypes,
} from '../../messages/index.ts'
import {
  type Json,
  keyAt,
  listAt,
  objectAt,
  optionalEnum,
  optionalObject,
  optionalText,
  textAt,
} from './json.ts'

/**
 * Reads `{role_constraints: {role: {groups: [{attribute_constraints: […]}]}}}`. That a constraint
 * has one selector and one predicate is checked by the master, which answers with a sentence.
 */
export function readOfferConstraints(value: unknown, path: string): OfferConstraints {
  const { role_constraints } = objectAt(value, path)
  const byRole = optionalObject(role_constraints, `${path}.role_constraints`) ?? {}
  const constraints: OfferConstraints = {}
  for (const role of Object.keys(byRole)) {
    const at = `${path}.role_constraints.${role}`
    const { groups } = objectAt(byRole[role], at)
    constraints[keyAt(role, at)] = listAt(groups, `${at}.groups`).map((group, index) =>
      readGroup(group, `${at}.groups[${index}]`),
    )
  }
  return constraints
}

function readGroup(value: unknown, path: string): AttributeConstraint[] {
  const at = `${path}.attribute_constraints`
  return listAt(objectAt(value, path).attribute_constraints, at).map((item, index) =>
    readConstraint(item, `${at}[${index}]`),
  )
}

function readConstraint(value: unknown, path: string): AttributeConstraint {
  const json = objectAt(value, path)
  const selector = objectAt(json.selector, `${path}.selector`)
  const predicate = objectAt(json.predicate, `${path}.predicate`)
  const attributeName = optionalText(selector.attribute_name, `${path}.selector.attribute_name`)
  const pseudoattributeType = optionalEnum(
    selector.pseudoattribute_type,
    pseudoattributeTypes,
    `${path}.selector`,
  )
  return {
    ...(attributeName !== undefined && { attributeName }),
    ...(pseudoattributeType !== undefined && { pseudoattributeType }),
    ...readPredicate(predicate, `${path}.predicate`),
  }
}

function readPredicate(json: Json, path: string): AttributeConstraint {
  const text = (part: string, field: 'value' | 'regex') => {
    const object = optionalObject(json[part], `${path}.${part}`)
    return object && textAt(object[field], `${path}.${part}.${field}`)
  }
  const textEquals = text('text_equals', 'value')
  const textNotEquals = text('text_not_equals', 'value')
  const textMatches = text('text_matches', 'regex')
  const textNotMatches = text('text_not_matches', 'regex')
  return {
    ...(optionalObject(json.exists, `${path}.exists`) && { exists: true }),
    ...(optionalObject(json.not_exists, `${path}.not_exists`) && { notExists: true }),
    ...(textEquals !== undefined && { textEquals }),
    ...(textNotEquals !== undefined && { textNotEquals }),
    ...(textMatches !== undefined && { textMatches }),
    ...(textNotMatches !== undefined && { textNotMatches }),
  }
}

/** Writes the constraints with the wrappers that Mesos has around them. */
export function writeOfferConstraints(constraints: OfferConstraints): Json {
  const roles = Object.entries(constraints).map(([role, groups]) => [
    role,
    { groups: groups.map((group) => ({ attribute_constraints: group.map(writeConstraint) })) },
  ])
  return { role_constraints: Object.fromEntries(roles) }
}

function writeConstraint(constraint: AttributeConstraint): Json {
  const { attributeName, pseudoattributeType } = constraint
  return {
    selector: {
      ...(attributeName !== undefined && { attribute_name: attributeName }),
      ...(pseudoattributeType !== undefined && { pseudoattribute_type: pseudoattributeType }),
    },
    predicate: writePredicate(constraint),
  }
}

function writePredicate(constraint: AttributeConstraint): Json {
  const { textEquals, textNotEquals, textMatches, textNotMatches } = constraint
  return {
    ...(constraint.exists && { exists: {} }),
    ...(constraint.notExists && { not_exists: {} }),
    ...(textEquals !== undefined && { text_equals: { value: textEquals } }),
    ...(textNotEquals !== undefined && { text_not_equals: { value: textNotEquals } }),
    ...(textMatches !== undefined && { text_matches: { regex: textMatches } }),
    ...(textNotMatches !== undefined && { text_not_matches: { regex: textNotMatches } }),
  }
}
