import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster } from '../../cluster.ts'
import type { Framework } from '../../frameworks/framework.ts'
import type { TaskRequest } from '../../frameworks/task-request.ts'
import type { Offer, TaskStatus } from '../../messages/index.ts'
import { ClosedError } from '../../model/errors.ts'
import { describeResources } from '../../model/resources/describe.ts'
import { contains, takeFrom, toQuantities } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import { demandOf } from './work.ts'

export interface TenantOptions {
  readonly name: string
  readonly tasks: readonly TaskRequest[]
  /** An own scheduler would answer at once; people follow better when it takes its time. */
  readonly thinkMs: number
  /** What it thinks, and how its tasks are. */
  readonly remark: (who: string, what: string) => void
  readonly launched: (framework: string, task: TaskRequest) => void
  readonly updated: (framework: string, status: TaskStatus) => void
}

/** A framework with a scheduler of its own: launches what fits an offer, declines what does not. */
export interface Tenant {
  readonly framework: Framework
  /** Resolves when all its tasks have ended; rejects when the framework ended before. */
  readonly done: Promise<void>
}

export function createTenant(cluster: Cluster, options: TenantOptions): Tenant {
  const { name, tasks, thinkMs, remark, launched, updated } = options
  const wanted = [...tasks]
  const open = new Set(tasks.map(({ id }) => id))
  let finish = () => {}
  let fail = (_error: Error) => {}
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  const framework = cluster.framework(
    { name },
    {
      async offers(offers, reply) {
        for (const offer of offers) {
          await pause(thinkMs)
          answer(offer, reply)
        }
      },
      update(status) {
        updated(name, status)
        if (!isTerminal(status.state)) return
        open.delete(status.taskId)
        if (open.size === 0) finish()
      },
    },
  )
  void framework.ended.then((error) => fail(error ?? new ClosedError(`${name} was ended`)))
  return { framework, done }

  function answer(offer: Offer, reply: Framework): void {
    const chosen = choose(offer)
    const next = wanted.find((task) => !chosen.includes(task))
    if (chosen.length === 0) {
      const short = next === undefined ? 'nothing is left to do' : `too small for ${text(next)}`
      remark(name, `${short}, so the offer goes back`)
      reply.decline(offer)
      return
    }
    const rest = next === undefined ? '' : `; ${text(next)} does not fit`
    remark(name, `takes it for ${chosen.map(({ id }) => id).join(' and ')}${rest}`)
    for (const task of chosen) {
      wanted.splice(wanted.indexOf(task), 1)
      launched(name, task)
    }
    reply.launch(offer, chosen)
    if (wanted.length === 0) reply.suppress()
  }

  function choose(offer: Offer): TaskRequest[] {
    const room = toQuantities(offer.resources)
    return wanted.filter((task) => {
      const demand = toQuantities(demandOf(task))
      const fits = contains(room, demand)
      if (fits) takeFrom(room, demand)
      return fits
    })
  }
}

function text(task: TaskRequest): string {
  return `${task.id} ${describeResources(demandOf(task))}`
}
