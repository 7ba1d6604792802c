import type { Command } from 'commander'
import { parseDuration } from '../options.ts'
import { UsageError } from '../usage.ts'
import { type AskGiven, askingCommand, named, print, printJson } from './asking.ts'
import { findAgent } from './find.ts'
import { textAt } from './json.ts'

interface Given extends AskGiven {
  readonly grace?: number
  readonly markGone?: boolean
  readonly undo?: boolean
}

/** `mesostate drain`: empties an agent before its machine is worked on. */
export function drainCommand(): Command {
  const command = named('drain', 'have the tasks of an agent ended, and offer it no more')
    .argument('<agent>', 'its id, its name, or its name and port')
    .option('--grace <time>', 'how long each task may take to end, at most', parseDuration)
    .option('--mark-gone', 'it does not come back: it is forgotten when it is empty')
    .option('--undo', 'offer it again')
  return askingCommand<Given>(command, async (client, given, [wanted = '']) => {
    const { grace, markGone = false, undo = false } = given
    if (undo && (grace !== undefined || markGone)) {
      throw new UsageError('drain: --undo needs nothing beside it; leave the rest out')
    }
    const agent = findAgent(await client.call('GET_AGENTS'), wanted)
    const id = textAt(agent, 'agent_info', 'id', 'value')
    const agent_id = { value: id }
    if (undo) await client.call('REACTIVATE_AGENT', { agent_id })
    else {
      await client.call('DRAIN_AGENT', {
        agent_id,
        ...(grace !== undefined && { max_grace_period: { nanoseconds: Math.round(grace * 1e6) } }),
        ...(markGone && { mark_gone: true }),
      })
    }
    if (given.json === true) printJson({ agent_id })
    else print(undo ? `agent ${id} is offered again` : `agent ${id} is being emptied`)
  })
}
