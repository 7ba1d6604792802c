import { Command, Option } from 'commander'
import { machines } from '../machines/index.ts'
import { toJson, toMermaid } from '../machines/support/mermaid.ts'
import { suggestion } from '../model/suggestion.ts'
import { UsageError } from './usage.ts'
import { styleFor } from './view/style.ts'
import { table } from './view/task-table.ts'

/** `mesostate machines`: the statecharts of the system, as a list or one as a drawing. */
export function machinesCommand(): Command {
  return new Command('machines')
    .description('list the statecharts, or print one')
    .argument('[name]', 'the statechart to print')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['mermaid', 'json']))
    .action((name: string | undefined, { format }: { format?: 'mermaid' | 'json' }) => {
      const text = name === undefined ? listText(format) : chartText(name, format)
      process.stdout.write(text)
    })
}

function listText(format: 'mermaid' | 'json' | undefined): string {
  if (format === 'mermaid') {
    throw new UsageError('a drawing shows one statechart: give its name before --format mermaid')
  }
  const entries = machines.map(({ name, kind, summary, machine }) => {
    const { states, transitions } = countsOf(toJson(machine))
    return { name, kind, states, transitions, summary }
  })
  if (format === 'json') return `${JSON.stringify(entries, undefined, 2)}\n`
  const style = styleFor(process.stdout)
  const titles = ['name', 'kind', 'states', 'transitions', 'summary'].map((title) =>
    style.dim(title),
  )
  const rows = entries.map(({ name, kind, states, transitions, summary }) => [
    style.bold(name),
    kind,
    String(states).padStart(6),
    String(transitions).padStart(11),
    summary,
  ])
  const columns = process.stdout.isTTY === true ? process.stdout.columns : Infinity
  return `${table([titles, ...rows], columns).join('\n')}\n`
}

function chartText(name: string, format: 'mermaid' | 'json' = 'mermaid'): string {
  const found = machines.find((candidate) => candidate.name === name)
  if (found === undefined) {
    const names = machines.map((candidate) => candidate.name)
    const hint = suggestion(name, names)
    throw new UsageError(`there is no statechart ${name}${hint}; known are ${names.join(', ')}`)
  }
  if (format === 'mermaid') return toMermaid(found.machine)
  return `${JSON.stringify(toJson(found.machine), undefined, 2)}\n`
}

type State = ReturnType<typeof toJson>

/** States that can be active on their own or hold others, and transitions, eventless ones too. */
function countsOf(state: State): { states: number; transitions: number } {
  const own = [...Object.values(state.on ?? {}).flat(), ...(state.always ?? [])].length
  const below = Object.values(state.states ?? {}).map(countsOf)
  return {
    states: below.reduce((sum, { states }) => sum + states + 1, 0),
    transitions: below.reduce((sum, { transitions }) => sum + transitions, own),
  }
}
