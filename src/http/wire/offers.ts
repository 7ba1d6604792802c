import type { Endpoint, InverseOffer, Offer, Unavailability } from '../../messages/index.ts'
import { readAttributes, writeAttributes } from './attributes.ts'
import {
  durationAt,
  idAt,
  idsAt,
  integerAt,
  isAbsent,
  type Json,
  objectAt,
  optionalDuration,
  optionalId,
  optionalObject,
  optionalText,
  textAt,
  writeDuration,
} from './json.ts'
import { type ResourceForm, readResources, writeResources } from './resources.ts'

/** Writes an offer. Where its agent answers is left out when it answers nowhere. */
export function writeOffer(offer: Offer, form: ResourceForm): Json {
  const { hostname, attributes = {}, executorIds = [], endpoint, unavailability } = offer
  const json: Record<string, unknown> = {
    id: { value: offer.offerId },
    framework_id: { value: offer.frameworkId },
    agent_id: { value: offer.agentId },
    hostname,
  }
  if (endpoint !== undefined) json.url = writeUrl(hostname, endpoint)
  json.resources = writeResources(offer.resources, form)
  const list = writeAttributes(attributes)
  if (list.length > 0) json.attributes = list
  if (executorIds.length > 0) json.executor_ids = executorIds.map((value) => ({ value }))
  if (unavailability !== undefined) json.unavailability = writeUnavailability(unavailability)
  if (form.allocatedTo !== undefined) json.allocation_info = { role: form.allocatedTo }
  return json
}

/** Where an agent answers, in the form that every agent of Mesos has. */
function writeUrl(hostname: string, { ip, port }: Endpoint): Json {
  return { scheme: 'http', address: { hostname, ip, port }, path: '/slave(1)' }
}

export function writeUnavailability({ startMs, durationMs }: Unavailability): Json {
  return {
    start: writeDuration(startMs),
    ...(durationMs !== undefined && { duration: writeDuration(durationMs) }),
  }
}

export function readUnavailability(value: unknown, path: string): Unavailability {
  const json = objectAt(value, path)
  const durationMs = optionalDuration(json.duration, `${path}.duration`)
  return {
    startMs: durationAt(json.start, `${path}.start`),
    ...(durationMs !== undefined && { durationMs }),
  }
}

/** Reads an offer; `role` is whom it was made to when the offer does not say so. */
export function readOffer(value: unknown, path: string, role = '*'): Offer {
  const json = objectAt(value, path)
  const allocation = optionalObject(json.allocation_info, `${path}.allocation_info`)
  const attributes = readAttributes(json.attributes, `${path}.attributes`)
  const executorIds = idsAt(json.executor_ids, `${path}.executor_ids`)
  const endpoint = readEndpoint(json.url, `${path}.url`)
  return {
    offerId: idAt(json.id, `${path}.id`),
    frameworkId: idAt(json.framework_id, `${path}.framework_id`),
    agentId: idAt(json.agent_id, `${path}.agent_id`),
    hostname: textAt(json.hostname, `${path}.hostname`),
    role: optionalText(allocation?.role, `${path}.allocation_info.role`) ?? role,
    resources: readResources(json.resources, `${path}.resources`),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(executorIds.length > 0 && { executorIds }),
    ...(endpoint !== undefined && { endpoint }),
    ...(!isAbsent(json.unavailability) && {
      unavailability: readUnavailability(json.unavailability, `${path}.unavailability`),
    }),
  }
}

function readEndpoint(value: unknown, path: string): Endpoint | undefined {
  const address = optionalObject(optionalObject(value, path)?.address, `${path}.address`)
  const ip = optionalText(address?.ip, `${path}.address.ip`)
  if (ip === undefined) return undefined
  return { ip, port: integerAt(address?.port, `${path}.address.port`) }
}

/** Writes an inverse offer. Mesos names no resources in it; it is about all of them. */
export function writeInverseOffer(inverse: InverseOffer): Json {
  const { hostname, endpoint } = inverse
  return {
    id: { value: inverse.inverseOfferId },
    ...(endpoint !== undefined && { url: writeUrl(hostname, endpoint) }),
    framework_id: { value: inverse.frameworkId },
    agent_id: { value: inverse.agentId },
    unavailability: writeUnavailability(inverse.unavailability),
  }
}

/** Reads an inverse offer; the host's name is empty when it is not told. */
export function readInverseOffer(value: unknown, path: string): InverseOffer {
  const json = objectAt(value, path)
  const url = optionalObject(json.url, `${path}.url`)
  const address = optionalObject(url?.address, `${path}.url.address`)
  const endpoint = readEndpoint(json.url, `${path}.url`)
  return {
    inverseOfferId: idAt(json.id, `${path}.id`),
    frameworkId: idAt(json.framework_id, `${path}.framework_id`),
    agentId: optionalId(json.agent_id, `${path}.agent_id`) ?? '',
    hostname: optionalText(address?.hostname, `${path}.url.address.hostname`) ?? '',
    ...(endpoint !== undefined && { endpoint }),
    unavailability: readUnavailability(json.unavailability, `${path}.unavailability`),
  }
}
