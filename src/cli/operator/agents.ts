import type { Command } from 'commander'
import { describeAmounts } from '../../model/resources/describe.ts'
import { type AskGiven, askingCommand, type Cell, named, show } from './asking.ts'
import { listAt, numberAt, partAt, resourcesAt, scalarsAt, textAt } from './json.ts'

/** `mesostate agents`: the machines of a cluster, and how much of each is in use. */
export function agentsCommand(): Command {
  return askingCommand<AskGiven>(
    named('agents', 'list the agents of a master, and how much of each is in use'),
    async (client, given) => {
      const answer = await client.call('GET_AGENTS')
      const agents = listAt(answer, 'agents')
      show(given, {
        json: answer ?? {},
        titles: ['agent', 'place', 'state', 'cpus', 'mem', 'disk', 'gpus', 'else', 'attributes'],
        rows: agents.map(rowOf),
        none: 'there are no agents',
      })
    },
  )
}

const measured = ['cpus', 'mem', 'disk', 'gpus'] as const

function rowOf(agent: unknown): Cell[] {
  const total = scalarsAt(agent, 'total_resources')
  const used = scalarsAt(agent, 'allocated_resources')
  const others = Object.entries(resourcesAt(agent, 'total_resources')).filter(
    ([name]) => !measured.some((known) => name === known || name.startsWith(`${known}(`)),
  )
  return [
    textAt(agent, 'agent_info', 'id', 'value'),
    placeOfAgent(agent),
    stateOf(agent),
    ...measured.map((name) => {
      const all = total.get(name)
      return all === undefined ? '' : `${used.get(name) ?? 0} of ${all}`
    }),
    others.length === 0 ? '' : describeAmounts(Object.fromEntries(others)),
    listAt(agent, 'agent_info', 'attributes').map(attributeOf).join(' '),
  ]
}

/** Where people reach it: by its name, with the port if it has one. */
export function placeOfAgent(agent: unknown): string {
  const port = numberAt(agent, 'agent_info', 'port')
  const host = textAt(agent, 'agent_info', 'hostname')
  return port === undefined ? host : `${host}:${port}`
}

function stateOf(agent: unknown): Cell {
  const drain = textAt(agent, 'drain_info', 'state').toLowerCase()
  const off = drain || (partAt(agent, 'deactivated') === true ? 'deactivated' : '')
  if (off !== '') return [off, (style, text) => style.account('offered', text)]
  if (partAt(agent, 'active') === true) return ['active', (style, text) => style.good(text)]
  return ['disconnected', (style, text) => style.bad(text)]
}

function attributeOf(attribute: unknown): string {
  const name = textAt(attribute, 'name')
  const text = textAt(attribute, 'text', 'value') || numberAt(attribute, 'scalar', 'value')
  if (text !== undefined && text !== '') return `${name}:${text}`
  const ranges = listAt(attribute, 'ranges', 'range').map(
    (range) => `${numberAt(range, 'begin')}-${numberAt(range, 'end')}`,
  )
  if (ranges.length > 0) return `${name}:[${ranges.join(',')}]`
  return `${name}:{${listAt(attribute, 'set', 'item').join(',')}}`
}
