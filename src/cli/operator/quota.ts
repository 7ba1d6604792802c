import type { Command } from 'commander'
import { describeAmounts } from '../../model/resources/describe.ts'
import { parseAmounts } from '../processes/options.ts'
import { UsageError } from '../usage.ts'
import { type AskGiven, askingCommand, named, print, printJson, show } from './asking.ts'
import type { OperatorClient } from './client.ts'
import { listAt, numberAt, partAt, textAt } from './json.ts'

interface Given extends AskGiven {
  readonly guarantees?: Record<string, number>
  readonly limits?: Record<string, number>
  readonly remove?: boolean
  readonly force?: boolean
}

/** `mesostate quota`: what roles are promised and may have at most. */
export function quotaCommand(): Command {
  const command = named('quota', 'show what roles are promised and may have, or change it')
    .argument('[role]', 'the role whose quota is set or removed')
    .option('--guarantees <amounts>', "what it is promised, as 'cpus:4;mem:4096'", parseAmounts)
    .option('--limits <amounts>', "what it may have at most, as 'cpus:8'", parseAmounts)
    .option('--remove', 'it is promised nothing, and may have all, as at first')
    .option('--force', 'promise more than there is now')
  return askingCommand<Given>(command, async (client, given, [role]) => {
    const { guarantees, limits, remove = false } = given
    const changes = guarantees !== undefined || limits !== undefined || remove
    if (!changes) return list(client, given, role)
    if (role === undefined) throw new UsageError('quota: say of which role')
    if (remove && (guarantees !== undefined || limits !== undefined)) {
      throw new UsageError('quota: --remove leaves nothing to set; leave it out')
    }
    if (remove) await client.call('REMOVE_QUOTA', { role })
    else await client.call('UPDATE_QUOTA', changeOf(given, role))
    if (given.json === true) printJson({})
    else print(`the quota of ${role} is ${remove ? 'removed' : 'set'}`)
  })
}

function changeOf({ guarantees, limits, force }: Given, role: string) {
  return {
    ...(force === true && { force: true }),
    quota_configs: [
      {
        role,
        ...(guarantees !== undefined && { guarantees: valuesOf(guarantees) }),
        ...(limits !== undefined && { limits: valuesOf(limits) }),
      },
    ],
  }
}

async function list(client: OperatorClient, given: Given, role: string | undefined): Promise<void> {
  const answer = await client.call('GET_QUOTA')
  const configs = listAt(answer, 'status', 'configs').filter(
    (config) => role === undefined || textAt(config, 'role') === role,
  )
  show(given, {
    json: answer ?? {},
    titles: ['role', 'is promised', 'may have'],
    rows: configs.map((config) => [
      textAt(config, 'role'),
      amountsText(config, 'guarantees'),
      amountsText(config, 'limits'),
    ]),
    none: role === undefined ? 'no role has a quota' : `${role} has no quota`,
  })
}

/** The amounts of a quota as a person says them; nothing where there are none. */
export function amountsText(config: unknown, kind: 'guarantees' | 'limits'): string {
  const part = partAt(config, kind)
  if (typeof part !== 'object' || part === null) return ''
  const amounts = Object.keys(part).flatMap((name): [string, number][] => {
    const amount = numberAt(part, name, 'value')
    return amount === undefined ? [] : [[name, amount]]
  })
  return amounts.length === 0 ? '' : describeAmounts(Object.fromEntries(amounts))
}

function valuesOf(amounts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, { value }]))
}
