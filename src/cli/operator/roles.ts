import type { Command } from 'commander'
import { describeAmounts } from '../../model/resources/describe.ts'
import { type AskGiven, askingCommand, named, show } from './asking.ts'
import { listAt, numberAt, resourcesAt, textAt } from './json.ts'
import { amountsText } from './quota.ts'

/** `mesostate roles`: how the cluster is shared. */
export function rolesCommand(): Command {
  return askingCommand<AskGiven>(
    named('roles', 'list roles: their weights, their quotas, and what they have'),
    async (client, given) => {
      const [roles, quotas] = await Promise.all([
        client.call('GET_ROLES'),
        client.call('GET_QUOTA'),
      ])
      const configs = new Map(
        listAt(quotas, 'status', 'configs').map((config) => [textAt(config, 'role'), config]),
      )
      show(given, {
        json: { ...asObject(roles), quota: quotas },
        titles: ['role', 'weight', 'frameworks', 'has', 'is promised', 'may have'],
        rows: listAt(roles, 'roles').map((role) => {
          const name = textAt(role, 'name')
          const has = resourcesAt(role, 'resources')
          return [
            name,
            String(numberAt(role, 'weight') ?? 1),
            String(listAt(role, 'frameworks').length),
            Object.keys(has).length === 0 ? '' : describeAmounts(has),
            amountsText(configs.get(name), 'guarantees'),
            amountsText(configs.get(name), 'limits'),
          ]
        }),
        none: 'there are no roles: nobody has joined, and nothing was said about any',
      })
    },
  )
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
