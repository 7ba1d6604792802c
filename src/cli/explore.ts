import { Command } from 'commander'
import { type ExplorationReport, exploreCluster } from '../simulation/explore/explore-cluster.ts'
import { defaultSmallWorld, type SmallWorldOptions } from '../simulation/explore/options.ts'
import { type Effort, explorationPage, exploreCommandFor, neverIn } from './explore/page.ts'
import { mermaidWay } from './explore/sequence.ts'
import { parseCount } from './options.ts'
import { printDocument } from './plan-options.ts'
import { exitCodes } from './usage.ts'
import { styleFor } from './view/style.ts'

interface Given extends SmallWorldOptions {
  readonly json?: boolean
  readonly diagram?: boolean
}

/** The flags that take a number, with what they mean. */
const numbers: readonly (readonly [keyof SmallWorldOptions, string, string])[] = [
  ['agents', '--agents <n>', 'how many machines'],
  ['frameworks', '--frameworks <n>', 'how many tenants'],
  ['tasks', '--tasks <n>', 'how many jobs in all; two fit on a machine'],
  ['faults', '--faults <n>', 'faults of all kinds in one history'],
  ['losses', '--losses <n>', 'messages that may be lost'],
  ['crashes', '--crashes <n>', 'how often an agent, a scheduler and an executor may crash'],
  ['masterCrashes', '--master-crashes <n>', 'how often the master may crash'],
  ['timeouts', '--timeouts <n>', 'timers that may fire early, or because somebody is late'],
  ['duplicates', '--duplicates <n>', 'messages that may arrive twice'],
  ['kills', '--kills <n>', 'tasks that their tenant may want to end'],
  ['maxStates', '--max-states <n>', 'end the search with so many different worlds'],
  ['depth', '--depth <n>', 'end the search so many steps from the start'],
  ['walks', '--walks <n>', 'random walks after the search'],
  ['walkLength', '--walk-length <n>', 'steps of a walk'],
  ['seed', '--seed <n>', 'of the walks'],
]

/** `mesostate explore`: every order of messages, timers and faults in a tiny cluster. */
export function exploreCommand(): Command {
  const command = new Command('explore').description(
    'try every order of messages, timers and faults in a tiny cluster, and check every promise',
  )
  for (const [name, flag, text] of numbers) {
    const usual = defaultSmallWorld[name]
    const shown = usual === Number.POSITIVE_INFINITY ? 'no bound' : String(usual)
    command.option(flag, `${text} (default: ${shown})`, parseCount)
  }
  return command
    .option('--every-order', 'also orders that lead to the same books as others')
    .option('--along', 'begin at every step of a run in which all goes well')
    .option('--fresh', 'begin before anybody has registered')
    .option('--json', 'print one JSON document')
    .option('--diagram', 'print the way to a violation as a Mermaid sequence diagram')
    .addHelpText(
      'after',
      '\nThe same options always explore the same worlds in the same order.' +
        '\nExit codes: 0 every promise held; 1 one was broken; 2 the options are wrong.',
    )
    .action(({ json = false, diagram = false, ...options }: Given) => {
      process.exitCode = run(options, json, diagram)
    })
}

function run(options: SmallWorldOptions, json: boolean, diagram: boolean): number {
  const began = performance.now()
  const report = exploreCluster(options)
  const effort: Effort = {
    wallMs: Math.round(performance.now() - began),
    memoryMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
  }
  const { violation } = report
  if (json) printDocument(documentOf(report, effort))
  else print(explorationPage(report, effort, styleFor(process.stdout)).join('\n'))
  if (diagram && violation !== undefined) print(`\n${mermaidWay(violation.way)}`)
  return violation === undefined ? exitCodes.ok : exitCodes.failed
}

function documentOf(report: ExplorationReport, effort: Effort): object {
  const { options, ...found } = report
  return {
    ...effort,
    statesPerSecond: Math.round((report.states * 1_000) / Math.max(1, effort.wallMs)),
    never: neverIn(report),
    command: exploreCommandFor(options),
    options,
    ...found,
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
