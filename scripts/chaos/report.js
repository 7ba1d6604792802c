import { endOf, historiesOf } from './checker.js'

/** So many tasks with a violation are shown whole. */
const shownMax = 10

/**
 * Prints what happened, how often, and what is wrong.
 *
 * @param {import('./checker.js').Evidence & {
 *   faults: Record<string, number>
 *   violations: readonly import('./checker.js').Violation[]
 *   folder: string
 *   seed: number
 * }} found
 */
export function report({ faults, violations, folder, seed, ...evidence }) {
  const histories = historiesOf(evidence)
  const outcomes = {}
  for (const { told } of histories.values()) {
    const outcome = endOf(told)?.state ?? 'not ended'
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  console.log(`\nfaults  ${listOf(faults)}`)
  console.log(`tasks   ${histories.size}: ${listOf(outcomes)}`)
  const words = evidence.lines.filter(({ type }) => type === 'told').length
  const begun = evidence.lines.filter(({ type }) => type === 'begun').length
  console.log(`told    ${words} states, to ${begun} schedulers one after the other`)
  if (violations.length === 0) return console.log('verdict nothing lost')
  console.log(`verdict ${violations.length} violations`)
  for (const { rule, taskId = '', problem } of violations) {
    console.log(`  ${rule}: ${taskId} ${problem}`)
  }
  const tasks = new Set(violations.flatMap(({ taskId }) => taskId ?? []))
  for (const taskId of [...tasks].slice(0, shownMax)) show(taskId, histories.get(taskId), evidence)
  console.log(`\nrecords and logs are kept in ${folder}`)
  console.log(`the same plan again: npm run chaos -- --seed ${seed}`)
}

/** All that is known of a task, in the order of time. */
function show(taskId, history, { lines }) {
  console.log(`\n${taskId}`)
  const own = lines.filter((line) => line.taskId === taskId || line.status?.taskId === taskId)
  const events = [
    ...own.map(({ atMs, type, status, ...rest }) => ({
      atMs,
      text: type === 'told' ? `told ${JSON.stringify(status)}` : `${type} ${JSON.stringify(rest)}`,
    })),
    ...(history?.journal ?? []).map(({ what, value, atMs }) => ({
      atMs,
      text: `the process: ${what} ${value}`,
    })),
  ].sort((left, right) => left.atMs - right.atMs)
  for (const { atMs, text } of events) {
    console.log(`  ${new Date(atMs).toISOString().slice(11, 23)}  ${text}`)
  }
}

function listOf(counts) {
  const sorted = Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1))
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
}
