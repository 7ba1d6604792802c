import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { agentInfos } from '../cluster/options.ts'
import { policies, policyNamed } from '../cluster/sharing.ts'
import { InvalidInputError } from '../model/errors.ts'
import { parseAgents } from './job-file/agents.ts'
import type { Plan } from './job-file/plan.ts'
import { problemText } from './job-file/problems.ts'
import { exitCodes, UsageError } from './usage.ts'

/** What commands that read a job file have in common. */
export interface PlanOptions {
  readonly agents?: string[]
  readonly policy?: string
  readonly json?: boolean
}

const names = policies.map(({ name }) => name)

/** Adds the options that stand in for what the file says. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--agents <spec...>', 'agents instead of those of the file, as "2x cpus:4,mem:8192"')
    .addOption(
      new Option(
        '--policy <name>',
        `who is offered what, instead of what the file says: ${names.join(', ')} or fair:RESOURCE`,
      ),
    )
}

/**
 * The plan of a job file with what the command line says instead. Nothing when there is a problem:
 * every one is told on stderr, and with `json` in a document on stdout. Throws UsageError.
 */
export async function readPlan(path: string, options: PlanOptions): Promise<Plan | undefined> {
  const { policy, json = false } = options
  if (policy !== undefined) policyNamed(policy)
  const agents = options.agents && parseAgents(options.agents)
  // Loaded only here and where the schema is printed: it takes longer to load than all the rest.
  const { readJobFile } = await import('./job-file/read.ts')
  const { plan, problems } = readJobFile(path, {
    ...(agents !== undefined && { agents }),
    ...(policy !== undefined && { policy }),
  })
  if (plan !== undefined) {
    if (policy !== undefined) await checkOverride(policy, plan)
    return plan
  }
  for (const problem of problems) process.stderr.write(`${problemText(problem)}\n`)
  if (json) printDocument({ file: path, ok: false, exitCode: exitCodes.usage, problems })
  return undefined
}

async function checkOverride(policy: string, { agents }: Plan): Promise<void> {
  const { checkPolicy } = await import('./job-file/check-sharing.ts')
  try {
    checkPolicy(policy, agentInfos(agents))
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new UsageError(`--policy: ${error.message}`)
  }
}

/**
 * `--agents` takes all words that follow, and so those that stand last on the command line. What is
 * no description of agents stands in for the `given` words that are missing. Throws UsageError when
 * no file is named.
 */
export function sortArguments(
  given: readonly (string | undefined)[],
  specs: readonly string[] | undefined,
  usage: string,
): {
  readonly words: readonly [string, ...string[]]
  readonly specs: readonly string[] | undefined
} {
  const words = given.filter((word) => word !== undefined)
  let last = specs?.length ?? 0
  for (let missing = given.length - words.length; missing > 0; missing--) {
    if (isSpec(specs?.[last - 1] ?? ':')) break
    last--
  }
  const [file, ...rest] = [...words, ...(specs?.slice(last) ?? [])]
  if (file === undefined) throw new UsageError(`which file? expected: ${usage}`)
  if (specs !== undefined && last === 0) {
    throw new UsageError(`--agents needs a description before ${specs[0]}`)
  }
  return { words: [file, ...rest], specs: specs?.slice(0, last) }
}

/** Whether a word describes agents, rightly or not: `2x`, `cpus:4`, `rack=r1`. */
function isSpec(word: string): boolean {
  if (existsSync(word) || /\.(ya?ml|json)$/.test(word)) return false
  return /[:=]|^\d+x$/.test(word)
}

export function printDocument(document: object): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
}
