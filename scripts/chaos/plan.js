import { randomOf } from './random.js'

/**
 * A fault: after a while, something happens to some of the processes, and lasts.
 *
 * @typedef {object} Fault
 * @property {number} restMs since the fault before it
 * @property {'kill' | 'stop' | 'end'} kind `kill -9`, SIGSTOP, or SIGTERM
 * @property {string[]} targets names of processes: master, tenant, keeper, agent-1, …
 * @property {number} lastsMs until they are started again, or go on
 */

/** How often each kind comes, by what it hits. Nobody asks an agent to end: that ends its tasks. */
const weights = {
  'kill master': 3,
  'end master': 1,
  'stop master': 2,
  'kill agent': 7,
  'stop agent': 5,
  'kill tenant': 3,
  'stop tenant': 2,
  'kill agents': 1,
  'kill pair': 2,
  'kill all': 1,
  'kill keeper': 1,
}

/** So often an interruption is so long that a link breaks or an agent is given up. */
const longChance = 0.12
/** So often a process is killed again while it starts: what it does then must bear that, too. */
const againChance = 0.15

/**
 * Faults without end, the same for the same seed.
 *
 * @param {{ seed: number, agents: readonly string[] }} world
 * @returns {Generator<Fault, never>}
 */
export function* planOf({ seed, agents }) {
  const random = randomOf(seed)
  for (;;) {
    const [kind, whom] = random.weighted(weights).split(' ')
    const isLong = random.next() < longChance
    const isAgain = kind === 'kill' && random.next() < againChance
    const lastsMs = isLong ? random.between(6_000, 18_000) : random.between(0, 3_000)
    const agent = random.pick(agents)
    const targets = {
      master: ['master'],
      tenant: ['tenant'],
      agent: [agent],
      agents: [...agents],
      pair: [random.pick(['master', 'tenant']), agent],
      keeper: ['keeper'],
      all: ['master', 'tenant', ...agents],
    }[whom]
    yield { restMs: random.between(300, 6_000), kind, targets, lastsMs: isAgain ? 0 : lastsMs }
    if (isAgain) yield { restMs: random.between(100, 2_500), kind, targets, lastsMs }
  }
}
