import type { AgentInfo } from '../../messages/index.ts'
import { readAttributes, writeAttributes } from './attributes.ts'
import { type Json, objectAt, optionalId, optionalInteger, textAt } from './json.ts'
import { type ResourceForm, readResources, writeResources } from './resources.ts'

/** An agent is shown as it is, whoever looks. */
const plainForm: ResourceForm = { refined: true }

/**
 * Writes an AgentInfo, with nothing that v1 has no field for: strict readers refuse that. The port
 * is the one that it answers on, if it answers.
 */
export function writeAgentInfo(agent: AgentInfo, agentId: string): Json {
  const { hostname, endpoint, attributes = {} } = agent
  const list = writeAttributes(attributes)
  return {
    hostname,
    ...(endpoint !== undefined && { port: endpoint.port }),
    resources: writeResources(agent.resources, plainForm),
    ...(list.length > 0 && { attributes: list }),
    id: { value: agentId },
  }
}

/** Reads an AgentInfo; where it answers is known when its host's name is an address. */
export function readAgentInfo(value: unknown, path: string): { info: AgentInfo; id?: string } {
  const json = objectAt(value, path)
  const id = optionalId(json.id, `${path}.id`)
  const hostname = textAt(json.hostname, `${path}.hostname`)
  const port = optionalInteger(json.port, `${path}.port`)
  const attributes = readAttributes(json.attributes, `${path}.attributes`)
  const info: AgentInfo = {
    hostname,
    resources: readResources(json.resources, `${path}.resources`),
    ...(port !== undefined && isAddress(hostname) && { endpoint: { ip: hostname, port } }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }
  return id === undefined ? { info } : { info, id }
}

function isAddress(hostname: string): boolean {
  return /^[\d.]+$|:/.test(hostname)
}
