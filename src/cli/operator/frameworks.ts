import type { Command } from 'commander'
import { describeAmounts } from '../../model/resources/describe.ts'
import { spanText } from '../view/times.ts'
import { type AskGiven, agentError, askingCommand, type Cell, named, show } from './asking.ts'
import { listAt, numberAt, partAt, resourcesAt, textAt } from './json.ts'

/** `mesostate frameworks`: the tenants of a cluster, and what they have. */
export function frameworksCommand(): Command {
  return askingCommand<AskGiven>(
    named('frameworks', 'list the frameworks of a master, and what they have'),
    async (client, given) => {
      const answer = await client.call('GET_FRAMEWORKS')
      // Masters say of each whether it is active; agents know nothing of that.
      const isOfMaster = listAt(answer, 'frameworks').some(
        (one) => partAt(one, 'active') !== undefined,
      )
      if (!isOfMaster && (await client.isAgent())) throw agentError(client)
      show(given, {
        json: answer ?? {},
        titles: ['framework', 'name', 'roles', 'state', 'since', 'offers', 'has'],
        rows: listAt(answer, 'frameworks').map((framework) => rowOf(framework, Date.now())),
        none: 'there are no frameworks',
      })
    },
  )
}

function rowOf(framework: unknown, now: number): Cell[] {
  const info = partAt(framework, 'framework_info')
  const roles = listAt(info, 'roles')
  const registeredNs = numberAt(framework, 'registered_time', 'nanoseconds')
  const has = resourcesAt(framework, 'allocated_resources')
  return [
    textAt(info, 'id', 'value'),
    textAt(info, 'name'),
    (roles.length > 0 ? roles : [textAt(info, 'role')]).join(','),
    stateOf(framework),
    registeredNs === undefined ? '' : spanText(now - registeredNs / 1e6),
    String(listAt(framework, 'offers').length),
    Object.keys(has).length === 0 ? '' : describeAmounts(has),
  ]
}

function stateOf(framework: unknown): Cell {
  if (partAt(framework, 'active') === true) return ['active', (style, text) => style.good(text)]
  if (partAt(framework, 'connected') === true) return 'inactive'
  const isRecovered = partAt(framework, 'recovered') === true
  return [isRecovered ? 'recovered' : 'disconnected', (style, text) => style.bad(text)]
}
