import { Command } from 'commander'
import { chooseJobs } from './explain/choose-job.ts'
import { documentOf } from './explain/document.ts'
import { filePage, jobPage } from './explain/page.ts'
import { rehearse } from './explain/rehearsal.ts'
import {
  type PlanOptions,
  printDocument,
  readPlan,
  sortArguments,
  withPlanOptions,
} from './plan-options.ts'
import { exitCodes } from './usage.ts'
import { styleFor } from './view/style.ts'

/** `mesostate explain`: what `run` would do with a file, and why the rest would wait. */
export function explainCommand(): Command {
  return withPlanOptions(new Command('explain'))
    .description('say which jobs of a file would run where, and why the others wait; runs nothing')
    .argument('[file]', 'the job file, in YAML or JSON')
    .argument('[job]', 'only this job, as train, ads/train or train-3')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nThe cluster is played through on virtual time with tasks that never end.' +
        '\nExit codes: 0 whatever waits; 2 the file is wrong, or has no such job.',
    )
    .action(async (file: string | undefined, job: string | undefined, options: PlanOptions) => {
      process.exitCode = await explain([file, job], options)
    })
}

async function explain(
  given: readonly (string | undefined)[],
  options: PlanOptions,
): Promise<number> {
  const sorted = sortArguments(given, options.agents, 'mesostate explain FILE.yaml [JOB]')
  const [file, word] = sorted.words
  const plan = await readPlan(file, {
    ...options,
    ...(sorted.specs && { agents: [...sorted.specs] }),
  })
  if (plan === undefined) return exitCodes.usage
  const rehearsal = await rehearse(plan)
  const chosen = word === undefined ? undefined : chooseJobs(word, rehearsal.jobs)
  if (options.json) {
    printDocument(documentOf(plan.file, rehearsal, chosen))
    return exitCodes.ok
  }
  const stream = process.stdout
  const columns = stream.isTTY === true ? Math.max(40, stream.columns) : Number.POSITIVE_INFINITY
  const look = { style: styleFor(stream), columns }
  const pages =
    chosen === undefined
      ? [filePage(rehearsal, look)]
      : chosen.map((job) => jobPage(job, rehearsal, look))
  stream.write(`${pages.map((page) => page.join('\n')).join('\n\n')}\n`)
  return exitCodes.ok
}
