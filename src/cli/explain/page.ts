import type { Resources } from '../../messages/index.ts'
import { describeResources } from '../../model/resources/describe.ts'
import {
  addTo,
  type Quantities,
  toQuantities,
  toResources,
} from '../../model/resources/quantities.ts'
import { table } from '../view/task-table.ts'
import { spanText } from '../view/times.ts'
import { fit, pad, widthOf, wrap } from '../view/width.ts'
import type { JobOutlook, Place } from './outlook.ts'
import type { Rehearsal } from './rehearsal.ts'
import { type PageLook, shareTable } from './share-table.ts'

const agentsShownMax = 6
const countWidth = 7
/** A column of sentences is at least so wide, whatever else stands beside it. */
const sentenceMin = 30

/** What `explain` tells people of a whole file. */
export function filePage(rehearsal: Rehearsal, look: PageLook): string[] {
  const { jobs, explanation } = rehearsal
  return [
    ...headLines(rehearsal, look),
    '',
    ...shareTable(explanation, look),
    ...startTable(jobs, look),
    ...waitTable(jobs, look),
  ]
}

/** What it tells of one job: the answer first. */
export function jobPage(job: JobOutlook, { explanation }: Rehearsal, look: PageLook): string[] {
  const { style, columns } = look
  const isAbove = (role: string) => job.role === role || job.role.startsWith(`${role}/`)
  const answer = wrap(answerTo(job), columns)
  const name = nameOf(job)
  const [first = '', ...rest] = answer
  return [
    first.startsWith(name) ? `${style.bold(name)}${first.slice(name.length)}` : first,
    ...rest,
    '',
    fit(`${style.dim('each')}    ${describeResources(job.resources)}`, columns),
    ...(job.places.length === 0
      ? []
      : [fit(`${style.dim('starts')}  ${placesText(job.places)}`, columns)]),
    '',
    ...shareTable(explanation, look, isAbove),
  ]
}

/** `ads/train: 3 of 4 tasks start, 1 waits: it needs 2 cpus on one agent, none is free`. */
function answerTo(job: JobOutlook): string {
  const { count, waiting, why = 'nobody can say why' } = job
  const name = nameOf(job)
  const started = count - waiting
  const when = job.places.some(({ afterMs }) => afterMs > 0) ? '' : ' at once'
  if (waiting === 0) {
    return count === 1 ? `${name} starts${when}` : `${name}: all ${count} tasks start${when}`
  }
  if (started === 0) {
    return count === 1 ? `${name} waits: ${why}` : `${name}: all ${count} tasks wait: ${why}`
  }
  const others = waiting === 1 ? '1 waits' : `${waiting} wait`
  const those = started === 1 ? 'starts' : 'start'
  return `${name}: ${started} of ${count} tasks ${those}${when}, ${others}: ${why}`
}

function headLines({ cluster, explanation }: Rehearsal, look: PageLook) {
  const { style, columns } = look
  const { policy, roles } = explanation
  const { agents } = cluster
  const what = agents.length === 1 ? '1 agent' : `${agents.length} agents`
  const total = describeResources(sumOf(agents.map((agent) => agent.total)))
  const isIgnored = !policy.startsWith('priority') && roles.some(({ priority }) => priority !== 0)
  return [
    fit(`policy ${style.bold(policy)}, ${what} with ${total}`, columns),
    ...(isIgnored ? [fit(`the policy ${policy} does not look at priorities`, columns)] : []),
  ]
}

/** Which jobs begin, how many tasks of each, and where. */
function startTable(jobs: readonly JobOutlook[], { style, columns }: PageLook): string[] {
  const starting = jobs.filter(({ places }) => places.length > 0)
  if (starting.length === 0) return ['', 'nothing starts']
  const titles = [pad('starts', countWidth, 'start'), 'job', 'each', 'where']
  const rows = starting.map((job) => {
    const count = style.state('TASK_RUNNING', pad(countText(job), countWidth, 'start'))
    return [count, nameOf(job), describeResources(job.resources), placesText(job.places)]
  })
  return ['', ...table([titles.map((title) => style.dim(title)), ...rows], columns)]
}

/** Which jobs wait, and the sentence that says why, over as many lines as it needs. */
function waitTable(jobs: readonly JobOutlook[], { style, columns }: PageLook): string[] {
  const waiting = jobs.filter((job) => job.waiting > 0)
  if (waiting.length === 0) return ['', style.good('nothing waits')]
  const longest = Math.max(...waiting.map((job) => widthOf(nameOf(job))))
  const nameWidth = Math.max(3, Math.min(longest, columns - countWidth - sentenceMin - 4))
  const indent = countWidth + nameWidth + 4
  const titles = `${pad('waits', countWidth, 'start')}  ${pad('job', nameWidth)}  why`
  const lines = waiting.flatMap((job) => {
    const { waiting: count, why = '' } = job
    const [first = '', ...rest] = wrap(why, columns - indent)
    const number = style.state('TASK_KILLING', pad(String(count), countWidth, 'start'))
    const name = pad(fit(nameOf(job), nameWidth), nameWidth)
    return [`${number}  ${name}  ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)]
  })
  return ['', style.dim(titles), ...lines]
}

function nameOf({ framework, job }: JobOutlook): string {
  return `${framework}/${job}`
}

function countText({ count, waiting }: JobOutlook): string {
  return waiting === 0 ? `${count}` : `${count - waiting} of ${count}`
}

/** `2 on node-1, node-2; node-3 after 5.00 s`. */
function placesText(places: readonly Place[]): string {
  const times = [...new Set(places.map(({ afterMs }) => afterMs))]
  const parts = times.map((time) => {
    const own = places.filter(({ afterMs }) => afterMs === time)
    const shown = own.slice(0, agentsShownMax).map(({ agent, count }) => {
      return count === 1 ? agent : `${count} on ${agent}`
    })
    const more = own.length - shown.length
    const after = time === 0 ? '' : ` after ${spanText(time)}`
    return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}${after}`
  })
  return parts.join('; ')
}

/** What there is of each amount in all; lists are not counted. */
function sumOf(all: readonly Resources[]): Resources {
  const sum: Quantities = {}
  for (const resources of all) {
    for (const [name, amount] of Object.entries(toQuantities(resources))) {
      if (typeof amount === 'number') addTo(sum, { [name]: amount })
    }
  }
  return toResources(sum)
}
