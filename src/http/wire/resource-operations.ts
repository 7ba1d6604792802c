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
import { type ResourceForm, readAmounts, readResources, writeResources } from './resources.ts'

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
    return { ...id, ...readWhat(type, json, path) }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    return refused(type, error.message, operationId)
  }
}

/** An operation that cannot be done, whatever it is about. */
export function refused(type: Type, problem: string, operationId?: string): ResourceOperation {
  const id = operationId === undefined ? undefined : { operationId }
  return onResources(type)
    ? { type, ...id, resources: {}, problem }
    : { type, ...id, volumes: {}, problem }
}

function onResources(type: Type): type is 'RESERVE' | 'UNRESERVE' {
  return type === 'RESERVE' || type === 'UNRESERVE'
}

function readWhat(type: Type, json: Json, path: string): ResourceOperation {
  switch (type) {
    case 'RESERVE':
      return { type, resources: readReserve(json, path) }
    case 'UNRESERVE':
      return { type, resources: readResources(json.resources, `${path}.resources`) }
    case 'CREATE': {
      const volumes = readResources(json.volumes, `${path}.volumes`)
      return { type, volumes, creators: readCreators(json, path) }
    }
    case 'DESTROY':
      return { type, volumes: readResources(json.volumes, `${path}.volumes`) }
    case 'GROW_VOLUME': {
      const { key, ...volume } = volumeAt(json, path)
      return { type, volumes: { [key]: readAddition(json, key, path) }, ...volume }
    }
    case 'SHRINK_VOLUME': {
      const { key, ...volume } = volumeAt(json, path)
      const { value } = objectAt(json.subtract, `${path}.subtract`)
      return { type, volumes: { [key]: numberAt(value, `${path}.subtract.value`) }, ...volume }
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

/** The one volume that is spoken of, and its size; what is no scalar has none. */
function volumeAt(json: Json, path: string): { key: string; size?: number } {
  const volumes = readAmounts([objectAt(json.volume, `${path}.volume`)], path)
  const [[key = '', amount] = []] = Object.entries(volumes)
  return { key, ...(typeof amount === 'number' && { size: amount }) }
}

function readAddition(json: Json, key: string, path: string): Resources[string] {
  const addition = objectAt(json.addition, `${path}.addition`)
  const [[source = '', amount] = []] = Object.entries(readAmounts([addition], path))
  if (source === diskKey(key) && amount !== undefined) return amount
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
      return { volume: volumeOf(operation, form), addition }
    }
    case 'SHRINK_VOLUME': {
      const [value] = Object.values(operation.volumes)
      return { volume: volumeOf(operation, form), subtract: { value } }
    }
  }
}

/** In Mesos these operations are about one volume each. */
function volumeOf(
  { volumes, size }: { readonly volumes: Resources; readonly size?: number },
  form: ResourceForm,
): Json | undefined {
  const [[key, amount] = []] = Object.entries(volumes)
  if (key === undefined || amount === undefined) return undefined
  return writeResources({ [key]: size ?? amount }, form)[0]
}

function sourcesOf(volumes: Resources): Resources {
  const disks = Object.entries(volumes).map(([key, amount]) => [diskKey(key), amount] as const)
  return Object.fromEntries(disks)
}
