import type { ResourceOperation, Resources } from '../../messages/index.ts'
import { diskKey, unreservedKey } from '../../model/resources/conversions.ts'
import {
  type Json,
  listAt,
  numberAt,
  objectAt,
  optionalObject,
  optionalText,
  WireProblem,
} from './json.ts'
import { type ResourceForm, readResources, writeResources } from './resources.ts'

type Type = ResourceOperation['type']

/** Reads what is done with which resources, from the part of the operation named like its type. */
export function readResourceOperation(
  type: Type,
  json: Json,
  path: string,
  operationId?: string,
): ResourceOperation {
  const id = operationId === undefined ? undefined : { operationId }
  try {
    const amounts = readAmounts(type, json, path)
    if (type === 'CREATE') {
      return { type, ...id, volumes: amounts, creators: readCreators(json, path) }
    }
    return onResources(type)
      ? { type, ...id, resources: amounts }
      : { type, ...id, volumes: amounts }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    const problem = error.message
    return onResources(type)
      ? { type, ...id, resources: {}, problem }
      : { type, ...id, volumes: {}, problem }
  }
}

function onResources(type: Type): type is 'RESERVE' | 'UNRESERVE' {
  return type === 'RESERVE' || type === 'UNRESERVE'
}

function readAmounts(type: Type, json: Json, path: string): Resources {
  switch (type) {
    case 'RESERVE':
      return readReserve(json, path)
    case 'UNRESERVE':
      return readResources(json.resources, `${path}.resources`)
    case 'CREATE':
    case 'DESTROY':
      return readResources(json.volumes, `${path}.volumes`)
    case 'GROW_VOLUME':
      return readGrowth(json, path)
    case 'SHRINK_VOLUME': {
      const key = volumeAt(json, path)
      const { value } = objectAt(json.subtract, `${path}.subtract`)
      return { [key]: numberAt(value, `${path}.subtract.value`) }
    }
  }
}

/** Who says to have created each volume, which is not told in the names of resources. */
function readCreators(json: Json, path: string): string[] {
  return listAt(json.volumes, `${path}.volumes`).map((item, index) => {
    const at = `${path}.volumes[${index}].disk`
    const disk = optionalObject(objectAt(item, at).disk, at)
    const persistence = optionalObject(disk?.persistence, `${at}.persistence`)
    return optionalText(persistence?.principal, `${at}.persistence.principal`) ?? ''
  })
}

/** The source may say what is reserved; here that is always what lacks the last reservation. */
function readReserve(json: Json, path: string): Resources {
  const resources = readResources(json.resources, `${path}.resources`)
  if (listAt(json.source, `${path}.source`).length === 0) return resources
  const source = readResources(json.source, `${path}.source`)
  for (const key in resources) {
    if (source[unreservedKey(key)] !== undefined) continue
    throw new WireProblem(`${path}.source: what is reserved otherwise must be unreserved first`)
  }
  return resources
}

/** The key of the one volume that is spoken of. */
function volumeAt(json: Json, path: string): string {
  const [key] = Object.keys(readResources([objectAt(json.volume, `${path}.volume`)], path))
  return key ?? ''
}

function readGrowth(json: Json, path: string): Resources {
  const key = volumeAt(json, path)
  const addition = objectAt(json.addition, `${path}.addition`)
  const [[source = '', amount] = []] = Object.entries(readResources([addition], path))
  if (source === diskKey(key) && amount !== undefined) return { [key]: amount }
  throw new WireProblem(`${path}.addition is not of the disk that the volume is made of`)
}

export function writeResourceOperation(operation: ResourceOperation, form: ResourceForm): Json {
  switch (operation.type) {
    case 'RESERVE':
    case 'UNRESERVE':
      return { resources: writeResources(operation.resources, form) }
    case 'CREATE':
    case 'DESTROY':
      return { volumes: writeResources(operation.volumes, form) }
    case 'GROW_VOLUME': {
      const [addition] = writeResources(sourcesOf(operation.volumes), form)
      return { volume: firstOf(operation.volumes, form), addition }
    }
    case 'SHRINK_VOLUME': {
      const [value] = Object.values(operation.volumes)
      return { volume: firstOf(operation.volumes, form), subtract: { value } }
    }
  }
}

/** In Mesos these operations are about one volume each. */
function firstOf(volumes: Resources, form: ResourceForm): Json | undefined {
  return writeResources(volumes, form)[0]
}

function sourcesOf(volumes: Resources): Resources {
  const disks = Object.entries(volumes).map(([key, amount]) => [diskKey(key), amount] as const)
  return Object.fromEntries(disks)
}
