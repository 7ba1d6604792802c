import { Command } from 'commander'
import { withSettings } from '../settings/settings.ts'
import { UsageError } from '../usage.ts'
import { type Style, styleFor } from '../view/style.ts'
import { table } from '../view/task-table.ts'
import { oneLine } from '../view/width.ts'
import { OperatorClient } from './client.ts'

/** What every command that asks a master is told. */
export interface AskGiven {
  readonly master: string
  readonly json?: boolean
  readonly principal?: string
  readonly secretFile?: string
}

/** A command that asks a master over HTTP; `act` says what. */
export function askingCommand<Given extends AskGiven>(
  command: Command,
  act: (client: OperatorClient, given: Given, args: readonly string[]) => Promise<void>,
): Command {
  const asking = command
    .option('--master <url>', 'where the master listens: host:port or a URL')
    .option('--json', 'the answer of the API as JSON, for programs')
    .option('--principal <name>', 'who asks, where the master wants to know')
    .option('--secret-file <file>', 'a file with the secret of the principal')
  return withSettings(asking, ['master']).action(async () => {
    const given = asking.opts<Given>()
    const client = OperatorClient.for(given.master, given)
    try {
      await act(client, given, asking.args)
    } catch (error) {
      throw (await isWrongPlace(client, error)) ? agentError(client) : error
    }
  })
}

/** Agents have an API of the same form, and know nothing of what these commands are about. */
export function agentError({ url }: OperatorClient): UsageError {
  return new UsageError(`${url} is an agent; --master is where its master listens`)
}

async function isWrongPlace(client: OperatorClient, error: unknown): Promise<boolean> {
  return error instanceof UsageError && (await client.isAgent())
}

/** A command of this name, before it has options. */
export function named(name: string, description: string): Command {
  return new Command(name).description(description)
}

/** A text, or one with a colour. What others wrote never moves the cursor. */
export type Cell = string | readonly [text: string, paint: (style: Style, text: string) => string]

/** What a command shows: rows below titles for people, or what programs read. */
export interface Shown {
  readonly json: unknown
  readonly titles: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** What is said where there are no rows. */
  readonly none: string
}

/** Prints a table, on a terminal as wide as that; lines are cut nowhere else. */
export function show({ json = false }: Pick<AskGiven, 'json'>, shown: Shown): void {
  if (json) return printJson(shown.json)
  if (shown.rows.length === 0) return print(shown.none)
  const style = styleFor(process.stdout)
  const titles = shown.titles.map((title) => style.dim(title))
  const rows = shown.rows.map((cells) =>
    cells.map((cell) => {
      if (typeof cell === 'string') return oneLine(cell)
      const [text, paint] = cell
      return paint(style, oneLine(text))
    }),
  )
  const columns = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
  for (const line of table([titles, ...rows], columns)) print(line)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2))
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
