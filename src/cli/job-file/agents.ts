import { type AgentSpec, agentInfos } from '../../cluster/options.ts'
import type { Attributes } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { standardResources } from '../../model/resources/problems.ts'
import { suggestion } from '../../model/suggestion.ts'
import { UsageError } from '../usage.ts'
import { amountsOf, rangesOf } from './amounts.ts'
import { attributesOf, parseAttribute } from './attributes.ts'
import type { Agent } from './schema.ts'

const agentsMax = 10_000
const example = 'expected something like cpus:4,mem:4096 or 2x cpus:4,mem:8192'

/** The agents that an entry of a file stands for: `count` of them, numbered when they are named. */
export function agentSpecsOf(agent: Agent): AgentSpec[] {
  const { name, count = 1, attributes } = agent
  return Array.from({ length: count }, (_, index) => ({
    ...amountsOf(agent),
    ...(attributes !== undefined && { attributes: attributesOf(attributes) }),
    ...(name !== undefined && { name: count === 1 ? name : `${name}-${index + 1}` }),
  }))
}

/** The agents of `--agents`, as `2x cpus:4,mem:8192,rack=r1`. Throws UsageError for others. */
export function parseAgents(specs: readonly string[]): AgentSpec[] {
  const agents: AgentSpec[] = []
  const words = specs.flatMap((spec) => spec.trim().split(/\s+/))
  let count = 1
  let counted: string | undefined
  for (const word of words) {
    const times = /^(\d+)x(.*)$/.exec(word)
    if (times !== null) {
      count = Number(times[1])
      counted = word
      if (count < 1 || count > agentsMax) {
        throw new UsageError(
          `--agents: ${word} asks for ${count} agents; expected 1 to ${agentsMax}`,
        )
      }
    }
    const spec = times === null ? word : (times[2] ?? '')
    if (spec === '') continue
    agents.push(...agentSpecsOf({ ...parseAgent(spec), count }))
    count = 1
    counted = undefined
  }
  if (counted !== undefined)
    throw new UsageError(`--agents: nothing follows ${counted}; ${example}`)
  checkAgents(agents)
  return agents
}

function checkAgents(agents: readonly AgentSpec[]): void {
  try {
    agentInfos(agents)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new UsageError(`--agents: ${error.message}`)
  }
}

/** Commas part resources and attributes, but not what stands in brackets. */
const comma = /,(?![^[{]*[\]}])/

function parseAgent(spec: string): Agent {
  const amounts: Record<string, number> = {}
  const attributes = new Map<string, Attributes[string]>()
  let ports: Agent['ports']
  for (const part of spec.split(comma)) {
    const [, name = '', sign = '', value = ''] = /^([^:=]*)([:=]?)(.*)$/s.exec(part) ?? []
    const isKnown = Object.hasOwn(amounts, name) || attributes.has(name)
    if (isKnown || (name === 'ports' && ports !== undefined)) {
      throw new UsageError(`--agents: ${name} is given twice in ${spec}`)
    }
    if (sign === '=') attributes.set(name, attributeOf(name, value, spec))
    else if (!isStandard(name)) throw new UsageError(noResource(name, spec))
    else if (name === 'ports') ports = parsePorts(value, spec)
    else amounts[name] = parseAmount(name, value, spec)
  }
  return {
    ...amounts,
    ...(ports !== undefined && { ports }),
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
  }
}

function noResource(name: string, spec: string): string {
  const hint =
    suggestion(name, standardResources) || `; an attribute has an equals sign, and ${example}`
  return `--agents: there is no resource ${name || '""'} in ${spec}${hint}`
}

/** Resources are given with a colon: one with an equals sign is a slip. */
function attributeOf(name: string, text: string, spec: string): Attributes[string] {
  if (isStandard(name)) {
    throw new UsageError(`--agents: ${name} is a resource; expected ${name}:${text} in ${spec}`)
  }
  const value = parseAttribute(text)
  if (value !== undefined) return value
  throw new UsageError(
    `--agents: ${name} is ${text === '' ? 'empty' : text} in ${spec}; expected a text, a number, [1-5,8-9] or {a,b}`,
  )
}

function parseAmount(name: string, value: string, spec: string): number {
  const amount = Number(value)
  if (value.trim() !== '' && Number.isFinite(amount) && amount >= 0) return amount
  throw new UsageError(
    `--agents: ${name} is ${value === '' ? 'empty' : value} in ${spec}; expected a number from 0`,
  )
}

function parsePorts(value: string, spec: string): NonNullable<Agent['ports']> {
  if (/^\d{1,5}(-\d{1,5})?$/.test(value)) return rangesOf([value]).map(([from, to]) => [from, to])
  throw new UsageError(`--agents: ports is ${value} in ${spec}; expected a range as 31000-31005`)
}

function isStandard(name: string): boolean {
  return standardResources.some((known) => known === name)
}
