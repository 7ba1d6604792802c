import type { Command } from 'commander'
import { parseWeights } from '../processes/options.ts'
import { type AskGiven, askingCommand, named, print, printJson, show } from './asking.ts'
import { listAt, numberAt, textAt } from './json.ts'

interface Given extends AskGiven {
  readonly set?: Record<string, number>
}

/** `mesostate weights`: how much roles count. */
export function weightsCommand(): Command {
  const command = named('weights', 'show how much roles count, or change it').option(
    '--set <roles>',
    'how much roles count from now on, as eng=2,ads=1',
    parseWeights,
  )
  return askingCommand<Given>(command, async (client, given) => {
    if (given.set !== undefined) {
      const weights = Object.entries(given.set).map(([role, weight]) => ({ role, weight }))
      await client.call('UPDATE_WEIGHTS', { weight_infos: weights })
      if (given.json === true) return printJson({})
      return print(weights.map(({ role, weight }) => `${role} counts ${weight}`).join('\n'))
    }
    const answer = await client.call('GET_WEIGHTS')
    show(given, {
      json: answer ?? {},
      titles: ['role', 'weight'],
      rows: listAt(answer, 'weight_infos').map((info) => [
        textAt(info, 'role'),
        String(numberAt(info, 'weight') ?? 1),
      ]),
      none: 'all roles count alike',
    })
  })
}
