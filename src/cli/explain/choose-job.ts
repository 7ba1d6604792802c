import { suggestion } from '../../model/suggestion.ts'
import { UsageError } from '../usage.ts'
import type { JobOutlook } from './outlook.ts'

const namesShownMax = 10

/**
 * The jobs that a word means: `train`, `ads/train`, or by a task of theirs, `train-3`. Throws
 * UsageError when there is none.
 */
export function chooseJobs(word: string, jobs: readonly JobOutlook[]): JobOutlook[] {
  const exact = jobs.filter((job) => namesOf(job).includes(word))
  if (exact.length > 0) return exact
  const byTask = jobs.filter((job) => namesOf(job).some((name) => isTask(word, name, job.count)))
  if (byTask.length > 0) return byTask
  const known = [...new Set(jobs.map(({ job }) => job))]
  const more = known.length > namesShownMax ? `, and ${known.length - namesShownMax} more` : ''
  const hint =
    suggestion(word, new Set(jobs.flatMap(namesOf))) ||
    `; the jobs are ${known.slice(0, namesShownMax).join(', ')}${more}`
  throw new UsageError(`there is no job ${word}${hint}`)
}

function namesOf({ framework, job }: JobOutlook): [string, string] {
  return [job, `${framework}/${job}`]
}

function isTask(word: string, name: string, count: number): boolean {
  if (!word.startsWith(`${name}-`)) return false
  const number = word.slice(name.length + 1)
  return /^[1-9]\d*$/.test(number) && Number(number) <= count
}
