import type { Offer, Resources, TaskInfo, TaskStatus } from '../../messages/index.ts'
import type { Call, SchedulerEffect } from '../../model/scheduler/book.ts'
import { isTerminal } from '../../model/task-states.ts'
import { frozen } from './codec.ts'
import type { Move } from './process.ts'

/** A piece of work that its owner wants done once. */
export interface OwnedJob {
  readonly id: string
  phase: 'waiting' | 'launched' | 'ended'
  attempts: number
  taskId: string
  agentId: string | undefined
  state: TaskStatus['state'] | undefined
  /** Its owner asked for its end. */
  isKilled: boolean
}

/** How a task ended, as its framework was told. */
interface End {
  readonly taskId: string
  readonly state: TaskStatus['state']
  /** The master concluded it: it may prove wrong. */
  readonly isConclusion: boolean
}

/** What a tenant keeps on its disk. */
export interface OwnerDisk {
  frameworkId: string | undefined
  readonly jobs: OwnedJob[]
  readonly ends: End[]
  /** Its promises that were broken. */
  readonly problems: string[]
}

/** What it knows only as long as it lives. */
export interface OwnerMind {
  /** Offers that it has not answered. */
  readonly hand: Map<string, Offer>
  isSuppressed: boolean
}

export type Notice = SchedulerEffect['notice']

/** What every task of the explored world needs: two fit on an agent. */
export const taskNeeds: Resources = { cpus: 1, mem: 256 }

export function newDisk(jobIds: readonly string[]): OwnerDisk {
  const jobs = jobIds.map((id): OwnedJob => {
    return {
      id,
      phase: 'waiting',
      attempts: 0,
      taskId: id,
      agentId: undefined,
      state: undefined,
      isKilled: false,
    }
  })
  return { frameworkId: undefined, jobs, ends: [], problems: [] }
}

/**
 * A tenant as a careful author would write it: it runs each job once to its end, begins anew what
 * was lost, and wants no offers while it has nothing to do. Answers with the calls it makes.
 */
export function hearNotice(disk: OwnerDisk, mind: OwnerMind, notice: Notice): Call[] {
  switch (notice.type) {
    case 'registered':
      disk.frameworkId = notice.frameworkId
      return askAfterLaunched(disk)
    case 'offers':
      for (const offer of notice.offers) mind.hand.set(offer.offerId, frozen(offer))
      return rest(disk, mind)
    case 'rescinded':
      for (const id of notice.offerIds) mind.hand.delete(id)
      return []
    case 'updates':
      return [...notice.updates.flatMap((status) => hearStatus(disk, status)), ...wake(disk, mind)]
    case 'failed':
      if (isRemoval(notice.message)) beginAnew(disk)
      return []
    default:
      return []
  }
}

/** What the master says to a framework that was away for too long. */
export function isRemoval(message: string): boolean {
  return message.includes('has been removed')
}

/** It was away for too long: what it had is ended, and the next instance is another framework. */
function beginAnew(disk: OwnerDisk): void {
  disk.frameworkId = undefined
  for (const job of disk.jobs) {
    if (job.phase === 'launched') job.phase = job.isKilled ? 'ended' : 'waiting'
  }
}

/** What it may decide now. */
export function choicesOf(disk: OwnerDisk, { hand }: OwnerMind): Move[] {
  const waiting = disk.jobs.some(({ phase }) => phase === 'waiting')
  const moves: Move[] = []
  for (const { offerId, resources } of hand.values()) {
    const subject = offerId
    if (waiting && hasRoom(resources)) {
      moves.push({ kind: 'choice', text: `launches on ${offerId}`, what: 'launch', subject })
    }
    moves.push({ kind: 'choice', text: `declines ${offerId}`, what: 'decline', subject })
  }
  for (const { taskId: subject, phase, state, isKilled } of disk.jobs) {
    if (phase !== 'launched') continue
    if (!isKilled) moves.push({ kind: 'kill', text: `kills ${subject}`, what: 'kill', subject })
    else moves.push({ kind: 'quiet', text: `kills ${subject} again`, what: 'kill', subject })
    if (state !== 'TASK_UNREACHABLE') continue
    moves.push({ kind: 'quiet', text: `gives up ${subject}`, what: 'giveUp', subject })
  }
  if (waiting && hand.size === 0) {
    moves.push({ kind: 'quiet', text: 'asks for offers again', what: 'revive', subject: '' })
  }
  return moves
}

/** It has decided. */
export function decide(
  disk: OwnerDisk,
  mind: OwnerMind,
  { what, subject }: Pick<Move, 'what' | 'subject'>,
): Call[] {
  const offer = mind.hand.get(subject)
  if (what === 'launch' && offer !== undefined) return launch(disk, mind, offer)
  if (what === 'decline') {
    mind.hand.delete(subject)
    return [{ type: 'call.decline', offerIds: [subject] }]
  }
  if (what === 'revive') {
    mind.isSuppressed = false
    return [{ type: 'call.revive' }]
  }
  const job = disk.jobs.find(({ taskId }) => taskId === subject)
  if (job === undefined) return []
  if (what === 'giveUp') {
    job.phase = 'waiting'
    return wake(disk, mind)
  }
  job.isKilled = true
  return [{ type: 'call.kill', kills: [{ taskId: subject }] }]
}

function launch(disk: OwnerDisk, mind: OwnerMind, offer: Offer): Call[] {
  const job = disk.jobs.find(({ phase }) => phase === 'waiting')
  if (job === undefined) return []
  mind.hand.delete(offer.offerId)
  job.attempts++
  job.phase = 'launched'
  job.taskId = job.attempts === 1 ? job.id : `${job.id}.${job.attempts}`
  job.agentId = offer.agentId
  job.state = undefined
  const task: TaskInfo = frozen({
    taskId: job.taskId,
    name: job.taskId,
    agentId: offer.agentId,
    resources: { ...taskNeeds },
    command: { value: 'work' },
  })
  return [{ type: 'call.launch', offerIds: [offer.offerId], tasks: [task] }, ...rest(disk, mind)]
}

/** Whoever has nothing to do gives everything back, and wants no more. */
function rest(disk: OwnerDisk, mind: OwnerMind): Call[] {
  if (disk.jobs.some(({ phase }) => phase === 'waiting')) return []
  const calls: Call[] = []
  if (mind.hand.size > 0) calls.push({ type: 'call.decline', offerIds: [...mind.hand.keys()] })
  mind.hand.clear()
  if (!mind.isSuppressed) calls.push({ type: 'call.suppress' })
  mind.isSuppressed = true
  return calls
}

function wake(disk: OwnerDisk, mind: OwnerMind): Call[] {
  if (!mind.isSuppressed || disk.jobs.every(({ phase }) => phase !== 'waiting')) return []
  mind.isSuppressed = false
  return [{ type: 'call.revive' }]
}

function askAfterLaunched({ jobs }: OwnerDisk): Call[] {
  const tasks = jobs.flatMap(({ phase, taskId, agentId }) =>
    phase === 'launched' ? [{ taskId, ...(agentId !== undefined && { agentId }) }] : [],
  )
  return tasks.length === 0 ? [] : [{ type: 'call.reconcile', tasks }]
}

function hearStatus(disk: OwnerDisk, status: TaskStatus): Call[] {
  const { taskId, state } = status
  noteEnd(disk, status)
  const job = disk.jobs.find(({ id }) => id === taskId.split('.')[0])
  if (job === undefined) return []
  if (job.phase !== 'launched' || job.taskId !== taskId) {
    const isAlive = !isTerminal(state) && state !== 'TASK_UNREACHABLE' && state !== 'TASK_UNKNOWN'
    return isAlive ? [{ type: 'call.kill', kills: [{ taskId }] }] : []
  }
  job.state = state
  if (!isTerminal(state) && state !== 'TASK_UNKNOWN') return []
  job.phase = state === 'TASK_FINISHED' || job.isKilled ? 'ended' : 'waiting'
  return []
}

/** Only what the master concluded may prove wrong, and an answer that crosses with the end. */
function noteEnd({ ends, problems }: OwnerDisk, status: TaskStatus): void {
  const { taskId, state, source, reason } = status
  const before = ends.find((end) => end.taskId === taskId)
  const isAnswer = source === 'MASTER' && reason === 'RECONCILIATION'
  if (before !== undefined && !before.isConclusion && before.state !== state && !isAnswer) {
    const sentence = `${taskId} is ${state}, and its framework heard before: ${before.state}`
    problems.push(`safety-one-terminal-state: ${sentence}`)
  }
  if (!isTerminal(state) || before?.isConclusion === false) return
  if (before !== undefined) ends.splice(ends.indexOf(before), 1)
  ends.push({ taskId, state, isConclusion: source === 'MASTER' })
}

function hasRoom(offered: Resources): boolean {
  return Object.entries(taskNeeds).every(
    ([name, need]) => Number(offered[name] ?? 0) >= Number(need),
  )
}
