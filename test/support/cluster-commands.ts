import fc, { type AsyncCommand } from 'fast-check'
import type { Prefers } from '../../src/frameworks/jobs/preference.ts'
import type { Resources } from '../../src/messages/index.ts'
import { ClosedError } from '../../src/model/errors.ts'
import type { Manner, Playground } from './playground.ts'

/** What a command may rely on before it is run. */
export interface PlayModel {
  readonly closed: Set<string>
  submitted: number
  joined: number
}

export type PlayCommand = AsyncCommand<PlayModel, Playground>

/** A command that may always be tried, and how it reads in a counterexample. */
function command(
  title: string,
  run: (playground: Playground, model: PlayModel) => Promise<void> | void,
  check: (model: Readonly<PlayModel>) => boolean = () => true,
): PlayCommand {
  return {
    check,
    run: async (model, playground) => {
      await run(playground, model)
      await playground.world.settle()
      playground.checkRunning()
    },
    toString: () => title,
  }
}

const tenants = fc.constantFrom('ads', 'search')

/** Demands that the agents of the playground can meet, each at least one of them. */
const demands: fc.Arbitrary<Resources> = fc.oneof(
  fc.record({
    cpus: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
    mem: fc.integer({ min: 32, max: 1_024 }),
  }),
  fc.constantFrom<Resources>(
    { mem: 8_192 },
    { gpus: 1 },
    { gpus: 2, cpus: 0.5 },
    { ports: [[31_000, 31_001]] },
    { ports: [[31_001, 31_002]], cpus: 1 },
    { ports: 1 },
    { ports: 3, cpus: 0.5 },
  ),
)

/** Agents that are there, that are not, and nobody in particular. */
const wishes = fc.constantFrom<Prefers | undefined>(
  undefined,
  undefined,
  { agents: 'a1' },
  { agents: ['a3', 'a2'] },
  { agents: 'a4' },
)

const submit = fc
  .record({
    tenant: tenants,
    demand: demands,
    retries: fc.nat(2),
    isDeaf: fc.boolean(),
    prefers: wishes,
  })
  .map(({ tenant, ...request }) => {
    const { isDeaf, prefers, demand, retries } = request
    const manner = isDeaf ? ', deaf' : ''
    const wish = prefers === undefined ? '' : `, rather on ${prefers.agents}`
    return command(
      `${tenant} submits ${JSON.stringify(demand)}, ${retries} retries${manner}${wish}`,
      (playground, model) => {
        if (!model.closed.has(tenant)) {
          model.submitted++
          playground.submit(tenant, request)
          return
        }
        try {
          playground.submit(tenant, request)
        } catch (error) {
          if (error instanceof ClosedError) return
          throw error
        }
        throw new Error('a closed tenant took a job')
      },
    )
  })

const hasJobs = ({ submitted }: Readonly<PlayModel>): boolean => submitted > 0

/** Something that is done to one of the jobs, whichever there is. */
function onJob(
  what: string,
  among: 'running' | 'alive',
  act: (job: Playground['jobs'][number]) => void,
): fc.Arbitrary<PlayCommand> {
  return fc.nat(100).map((pick) =>
    command(
      `${what} (${among} job ${pick})`,
      (playground) => {
        const jobs = playground[among]
        const job = jobs[pick % Math.max(1, jobs.length)]
        if (job !== undefined) act(job)
      },
      hasJobs,
    ),
  )
}

const advance = fc
  .constantFrom(1, 50, 1_000, 3_000, 5_000, 31_000)
  .map((ms) => command(`${ms} ms pass`, ({ world }) => world.advance(ms)))

const join = fc.constantFrom<Manner>('hoards', 'declines', 'asks for too much').map((manner) =>
  command(
    `a framework joins that ${manner}`,
    (playground, model) => {
      model.joined++
      playground.join(manner)
    },
    ({ joined }) => joined < 3,
  ),
)

const leave = fc.nat(2).map((pick) =>
  command(
    `framework ${pick} stops`,
    async ({ frameworks, world }) => {
      const framework = frameworks[pick % Math.max(1, frameworks.length)]
      if (framework !== undefined) await world.until(framework.stop())
    },
    ({ joined }) => joined > 0,
  ),
)

const closeTenant = tenants.map((tenant) =>
  command(
    `${tenant} is closed`,
    async (playground, model) => {
      model.closed.add(tenant)
      await playground.world.until(playground.tenant(tenant).close({ graceMs: 2_000 }))
    },
    ({ closed }) => !closed.has(tenant),
  ),
)

const kill = onJob('is killed', 'alive', ({ task }) => task.kill())
const killHard = onJob('is killed at once', 'alive', ({ task }) => task.kill({ graceMs: 0 }))
const finish = onJob('finishes', 'running', ({ held }) => held.finish('done'))
const fail = onJob('fails', 'running', ({ held }) => held.fail(new Error('it failed')))

/** Somebody's bug: a number in the book of the master is wrong. */
export const sabotage: fc.Arbitrary<PlayCommand> = fc.constant(
  command('a number in the book changes by itself', ({ world }) => {
    for (const agent of world.ledger.agents.values()) {
      const { cpus } = agent.free
      if (typeof cpus === 'number') agent.free = { ...agent.free, cpus: cpus - 100 }
    }
  }),
)

/** Every command, the frequent ones several times. */
export const playCommands: fc.Arbitrary<PlayCommand>[] = [
  ...[submit, submit, submit, submit, finish, finish, fail, fail, kill, killHard],
  ...[advance, advance, advance, join, join, leave, closeTenant],
]
