import { expect } from 'vitest'
import type { Framework } from '../../src/frameworks/framework.ts'
import type { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import type { Prefers } from '../../src/frameworks/jobs/preference.ts'
import type { TaskHandle } from '../../src/frameworks/jobs/task-handle.ts'
import type { Resources } from '../../src/messages/index.ts'
import { contains, toQuantities } from '../../src/model/resources/quantities.ts'
import { isTerminal } from '../../src/model/task-states.ts'
import { Held } from './held.ts'
import { World } from './world.ts'

/** How an own scheduler of the playground behaves. */
export type Manner = 'hoards' | 'declines' | 'asks for too much'

/** A job on the playground: work that a command can end, and how it ended. */
export interface PlayJob {
  readonly tenant: string
  readonly held: Held
  readonly task: TaskHandle
  /** Set when its promise has settled. */
  outcome?: 'value' | 'error'
}

/** What a command asks for. */
export interface PlayRequest {
  readonly demand: Resources
  readonly retries: number
  readonly isDeaf: boolean
  readonly prefers: Prefers | undefined
}

const agents = [
  { name: 'a1', cpus: 4, mem: 4_096, ports: [[31_000, 31_003]] as const },
  { name: 'a2', cpus: 2, mem: 1_024, gpus: 2 },
  { name: 'a3', cpus: 1, mem: 8_192 },
]

/** Enough for every job to get its turn, however long others held it up. */
const roundsMax = 500

/** A cluster with two tenants that commands play with; every verb checks the books. */
export class Playground {
  readonly world = new World({ agents })
  readonly jobs: PlayJob[] = []
  readonly frameworks: Framework[] = []
  readonly #tenants = new Map<string, Jobs>()

  static async open(): Promise<Playground> {
    const playground = new Playground()
    await playground.world.until(playground.world.cluster.ready)
    for (const [name, weight] of [
      ['ads', 2],
      ['search', 1],
    ] as const) {
      playground.#tenants.set(name, playground.world.cluster.jobs(name, { weight }))
    }
    return playground
  }

  tenant(name: string): Jobs {
    const tenant = this.#tenants.get(name)
    if (tenant === undefined) throw new Error(`there is no tenant ${name}`)
    return tenant
  }

  submit(tenant: string, { demand, retries, isDeaf, prefers }: PlayRequest): void {
    const held = new Held({ isDeaf })
    const wish = prefers && { prefers, preferWaitMs: 3_000 }
    const value = this.tenant(tenant).call(held.work, { resources: demand, retries, ...wish })
    const job: PlayJob = { tenant, held, task: value.task }
    value.then(
      () => settle(job, 'value'),
      () => settle(job, 'error'),
    )
    this.jobs.push(job)
  }

  join(manner: Manner): void {
    const name = `own-${this.frameworks.length + 1}`
    const framework = this.world.cluster.framework(
      { name },
      {
        offers: (offers, reply) => {
          if (manner === 'declines') reply.decline(offers, { refuseSeconds: 3 })
          if (manner !== 'asks for too much') return
          for (const [index, offer] of offers.entries()) {
            const id = `${offer.offerId}-${index}`
            reply.launch(offer, { id, command: 'true', cpus: 1_000 })
          }
        },
      },
    )
    this.frameworks.push(framework)
  }

  get alive(): PlayJob[] {
    return this.jobs.filter(({ outcome }) => outcome === undefined)
  }

  get running(): PlayJob[] {
    return this.alive.filter(({ task }) => task.state === 'TASK_RUNNING')
  }

  /** The functions that really run never need more than their agent has. */
  checkRunning(): void {
    for (const { id, total } of this.world.cluster.snapshot().agents) {
      const rest = this.running.filter(({ task }) => task.status?.agentId === id)
      const needed: Record<string, number> = {}
      for (const { task } of rest) {
        for (const [name, amount] of Object.entries(task.resources ?? {})) {
          if (typeof amount === 'number') needed[name] = (needed[name] ?? 0) + amount
        }
      }
      const fits = contains(toQuantities(total), toQuantities(needed))
      expect(fits, `${id} runs ${JSON.stringify(needed)}`).toBe(true)
    }
  }

  /** Lets everything come to its end, and checks that it does, in exactly one way for each job. */
  async wrapUp(): Promise<void> {
    await Promise.all(this.frameworks.map((framework) => this.world.until(framework.stop())))
    for (let round = 0; this.alive.length > 0; round++) {
      if (round > roundsMax) throw new Error(`${this.alive[0]?.task.id} never came to its end`)
      for (const { held } of this.running) held.finish('done')
      await this.world.advance(1_000)
    }
    await this.world.advance(15_000)
    for (const job of this.jobs) await checkStory(job)
    for (const tenant of this.#tenants.values()) {
      expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
    }
    for (const { used } of this.world.cluster.snapshot().agents) expect(used).toEqual({})
  }
}

function settle(job: PlayJob, outcome: 'value' | 'error'): void {
  if (job.outcome !== undefined) throw new Error(`${job.task.id} ended twice`)
  job.outcome = outcome
}

/** Each attempt ends once; only the last end is the end, and it agrees with the promise. */
async function checkStory({ task, outcome }: PlayJob): Promise<void> {
  const states: string[] = []
  let ends = 0
  for await (const { state } of task.updates) {
    states.push(state)
    if (isTerminal(state)) ends++
  }
  const { state, attempts } = await task.done
  const story = `${task.id}: ${states.join(' ')}`
  expect(states.at(-1), story).toBe(state)
  expect(isTerminal(state), story).toBe(true)
  expect(ends, story).toBeLessThanOrEqual(attempts + 1)
  expect(outcome, story).toBe(state === 'TASK_FINISHED' ? 'value' : 'error')
  for (const [index, past] of states.slice(0, -1).entries()) {
    if (past === 'TASK_FAILED') expect(states[index + 1], story).toMatch(/STAGING|KILLED/)
    else expect(past, story).not.toMatch(/FINISHED|KILLED|LOST|ERROR|GONE|UNREACHABLE/)
  }
}
