import fc from 'fast-check'
import type { LocalAgent } from '../../src/executors/local-agent.ts'
import type { FrameworkInfo, Offer, Resources, TaskInfo } from '../../src/messages/index.ts'
import { commandOn, type FakeScheduler } from './fake-scheduler.ts'
import type { Stage } from './stage.ts'

/** One thing that happens; `pick` chooses among whatever there is then. */
export type Move =
  | { readonly do: 'join'; readonly info: Partial<FrameworkInfo> }
  | { readonly do: 'leave' | 'crash' | 'finish' | 'agentLeaves'; readonly pick: number }
  | { readonly do: 'agentJoins'; readonly resources: Resources }
  | { readonly do: 'decline'; readonly pick: number; readonly refuseSeconds: number }
  | { readonly do: 'declineAll'; readonly refuseSeconds: number }
  | {
      readonly do: 'launch'
      readonly pick: number
      readonly part: number
      readonly refuseSeconds: number
    }
  | { readonly do: 'revive' | 'suppress'; readonly pick: number; readonly role: number }
  | { readonly do: 'wait'; readonly ms: number }

/** The roles of the game. */
export const playRoles = ['eng', 'eng/ads', 'eng/web', 'ops', '*'] as const

const pick = fc.nat(1_000)
const refuseSeconds = fc.constantFrom(0, 0.5, 2, 7, 3_600)

const infos: fc.Arbitrary<Partial<FrameworkInfo>> = fc.record({
  roles: fc.uniqueArray(fc.constantFrom(...playRoles), { minLength: 1, maxLength: 3 }),
  capabilities: fc
    .subarray(['GPU_RESOURCES', 'REVOCABLE_RESOURCES'] as const)
    .map((extra) => [...extra, 'PARTITION_AWARE' as const]),
  failoverTimeoutMs: fc.constantFrom(0, 4_000),
})

export const playAgents: fc.Arbitrary<Resources> = fc.record(
  {
    cpus: fc.integer({ min: 1, max: 8 }),
    mem: fc.integer({ min: 32, max: 512 }),
    gpus: fc.integer({ min: 1, max: 2 }),
    ports: fc.constant<[number, number][]>([[1, 6]]),
    'cpus(eng)': fc.integer({ min: 1, max: 4 }),
    'mem(eng/ads)': fc.integer({ min: 32, max: 64 }),
    'cpus{revocable}': fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['cpus', 'mem'] },
)

/** Every move, the frequent ones with more weight. */
export const playMoves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('decline'), pick, refuseSeconds }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('launch'),
      pick,
      part: fc.constantFrom(0.1, 0.5, 1),
      refuseSeconds,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('declineAll'), refuseSeconds }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('finish'), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.constantFrom(10, 700, 1_500, 6_000, 31_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('revive', 'suppress'), pick, role: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join'), info: infos }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('agentJoins'), resources: playAgents }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('leave', 'crash', 'agentLeaves'), pick }),
  },
)

/** Schedulers and agents that come, go, and do what the moves say; everything else is real. */
export class OfferPlay {
  readonly stage: Stage
  readonly #schedulers: FakeScheduler[] = []
  readonly #agents: { readonly name: string; readonly agent: LocalAgent }[] = []
  #joined = 0
  #launched = 0

  constructor(stage: Stage, agents: readonly Resources[], frameworks: number) {
    this.stage = stage
    for (const resources of agents) this.make({ do: 'agentJoins', resources })
    for (let index = 0; index < frameworks; index++) {
      const role = playRoles[index % playRoles.length] ?? '*'
      this.make({ do: 'join', info: { roles: [role] } })
    }
  }

  /** Does it, when there is anything to do it with, and lets all that follows from it happen. */
  make(move: Move): void {
    this.#make(move)
    this.stage.settle()
  }

  /** The offers that schedulers hold, as they heard it. */
  get offers(): Offer[] {
    return this.#schedulers.flatMap(({ offers }) => offers)
  }

  /** The work that really runs. */
  get running(): TaskInfo[] {
    return [...this.stage.puppets.running.values()]
  }

  #make(move: Move): void {
    switch (move.do) {
      case 'join':
        return void this.#schedulers.push(this.stage.scheduler(`play-${++this.#joined}`, move.info))
      case 'leave':
        return this.#dismiss(move.pick, (one) =>
          one.say({ type: 'lifecycle.unregister', frameworkId: one.frameworkId }),
        )
      case 'crash':
        return this.#dismiss(move.pick, (one) => one.crash())
      case 'agentJoins': {
        const name = `host-${++this.#joined}`
        return void this.#agents.push({ name, agent: this.stage.agent(name, move.resources) })
      }
      case 'agentLeaves': {
        const [gone] = this.#agents.splice(move.pick % Math.max(1, this.#agents.length), 1)
        return void gone?.agent.stop(0)
      }
      case 'finish': {
        const task = among(this.running, move.pick)
        return task && this.stage.puppets.exit(task.taskId)
      }
      case 'decline':
      case 'launch':
        return this.#answer(move)
      case 'declineAll':
        return this.#declineAll(move.refuseSeconds)
      case 'revive':
      case 'suppress': {
        const one = among(this.#schedulers, move.pick)
        const roles = one?.heard('lifecycle.registered').length ? this.#rolesOf(one, move.role) : {}
        return one?.say({ type: `allocation.${move.do}`, ...roles })
      }
      case 'wait':
        return this.stage.advance(move.ms)
    }
  }

  #answer(move: Extract<Move, { do: 'decline' | 'launch' }>): void {
    const offer = among(this.offers, move.pick)
    const one = this.#schedulers.find(({ offers }) => offer && offers.includes(offer))
    if (offer === undefined || one === undefined) return
    const filters = { refuseSeconds: move.refuseSeconds }
    if (move.do === 'decline') return one.decline(offer, filters)
    const resources = partOf(offer.resources, move.part)
    const id = `T${++this.#launched}`
    one.launch(offer, [commandOn(offer, id, resources)], filters)
  }

  /** Everybody refuses everything, until nobody is offered anything more. */
  #declineAll(refuseSeconds: number): void {
    while (this.offers.length > 0) {
      for (const one of this.#schedulers) {
        for (const offer of one.offers) one.decline(offer, { refuseSeconds })
      }
      this.stage.settle()
    }
  }

  #dismiss(index: number, how: (one: FakeScheduler) => void): void {
    const [gone] = this.#schedulers.splice(index % Math.max(1, this.#schedulers.length), 1)
    if (gone !== undefined) how(gone)
  }

  /** One of its roles, or all when the number is none of them. */
  #rolesOf(one: FakeScheduler, role: number): { roles?: string[] } {
    const roles = this.stage.ledger.frameworks.get(one.frameworkId)?.info.roles ?? []
    const chosen = roles[role]
    return chosen === undefined ? {} : { roles: [chosen] }
  }
}

function among<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)]
}

/** Roughly this part of each amount, and something at least; lists and gpus whole. */
function partOf(resources: Resources, part: number): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([name, amount]) => {
      const isWhole = typeof amount !== 'number' || name.startsWith('gpus')
      return [name, isWhole ? amount : Math.ceil(amount * part * 1_000) / 1_000]
    }),
  )
}
