import { setTimeout as rest } from 'node:timers/promises'
import { planOf } from './plan.js'

/**
 * Does what the plan says until the time is over, and lets everybody run again.
 *
 * @param {object} parts
 * @param {readonly import('./member.js').Member[]} parts.members
 * @param {readonly string[]} parts.agents their names
 * @param {number} parts.seed
 * @param {number} parts.lastsMs
 * @param {(line: string) => void} parts.say
 * @returns {Promise<Record<string, number>>} how often each kind of fault came
 */
export async function doFaults({ members, agents, seed, lastsMs, say }) {
  const counts = {}
  const endsAtMs = Date.now() + lastsMs
  for (const fault of planOf({ seed, agents })) {
    if (Date.now() + fault.restMs > endsAtMs) break
    await rest(fault.restMs)
    const hit = members.filter((member) => canHit(member, fault))
    say(`${describe(fault)}${hit.length < fault.targets.length ? ' (not all are there)' : ''}`)
    if (hit.length === 0) continue
    await Promise.all(hit.map((member) => strike(member, fault)))
    const whom = fault.targets.length > 2 ? 'several' : fault.targets[0].replace(/-\d+$/, '')
    const name = `${fault.kind} ${fault.targets.length === 2 ? 'pair' : whom}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  await rest(Math.max(0, endsAtMs - Date.now()))
  for (const member of members) member.heal()
  return counts
}

/** Nobody can be stopped who does not run. */
function canHit(member, { kind, targets }) {
  return targets.includes(member.name) && (kind !== 'stop' || member.isUp)
}

/** @param {import('./member.js').Member} member @param {import('./plan.js').Fault} fault */
async function strike(member, { kind, lastsMs }) {
  if (kind === 'stop') member.stop(lastsMs)
  else await member.restart(kind === 'kill' ? 'SIGKILL' : 'SIGTERM', lastsMs)
}

/** @param {import('./plan.js').Fault} fault */
function describe({ kind, targets, lastsMs }) {
  const after = `${(lastsMs / 1_000).toFixed(1)} s`
  if (kind === 'stop') return `stop ${targets.join(', ')} for ${after}`
  return `${kind} ${targets.join(', ')}, and start again after ${after}`
}
