import { afterEach, describe, expect, test, vi } from 'vitest'
import { stepLine } from '../../../src/cli/explore/sequence.ts'
import { exploreCluster } from '../../../src/simulation/explore/explore-cluster.ts'
import type { SmallWorldOptions } from '../../../src/simulation/explore/options.ts'

/**
 * The production machines with one function of the model broken at a time: each must be found.
 * What is broken is switched on by name, because modules are replaced before any test runs.
 */
const broken = vi.hoisted(() => ({ name: '' }))

vi.mock('../../../src/model/master/offers.ts', async (load) => {
  const real = await load<typeof import('../../../src/model/master/offers.ts')>()
  const rescindOffers: typeof real.rescindOffers = (step, offerIds, happening) => {
    if (broken.name === 'forgets to rescind' && happening === 'offer.rescinded') return
    real.rescindOffers(step, offerIds, happening)
  }
  return { ...real, rescindOffers }
})

vi.mock('../../../src/model/ledger/accounts.ts', async (load) => {
  const real = await load<typeof import('../../../src/model/ledger/accounts.ts')>()
  const releaseTask: typeof real.releaseTask = (ledger, task) => {
    real.releaseTask(ledger, task)
    if (broken.name === 'frees twice') task.holds = true
  }
  const closeOffer: typeof real.closeOffer = (ledger, offer) => {
    real.closeOffer(ledger, offer)
    if (broken.name === 'keeps used offers') ledger.offers.set(offer.id, offer)
  }
  return { ...real, releaseTask, closeOffer }
})

vi.mock('../../../src/model/agent/launch.ts', async (load) => {
  const real = await load<typeof import('../../../src/model/agent/launch.ts')>()
  const launchTasks: typeof real.launchTasks = (step, message) => {
    if (broken.name === 'launches twice') {
      const framework = step.book.frameworks.get(message.frameworkId)
      for (const { taskId } of message.tasks) {
        framework?.tasks.delete(taskId)
        framework?.executors.delete(taskId)
      }
    }
    real.launchTasks(step, message)
  }
  return { ...real, launchTasks }
})

vi.mock('../../../src/model/agent/streams.ts', async (load) => {
  const real = await load<typeof import('../../../src/model/agent/streams.ts')>()
  const retry: typeof real.retry = (...all) => {
    if (broken.name !== 'never repeats updates') real.retry(...all)
  }
  return { ...real, retry }
})

vi.mock('../../../src/model/scheduler/conversation.ts', async (load) => {
  const real = await load<typeof import('../../../src/model/scheduler/conversation.ts')>()
  const passUpdates: typeof real.passUpdates = (step, message) => {
    const isMute = broken.name === 'never acknowledges'
    const send: typeof step.turn.send = (to, said) => {
      if (!isMute || said.type !== 'task.acknowledge') step.turn.send(to, said)
    }
    const { turn: whole } = step
    const turn: typeof step.turn = {
      at: whole.at,
      send,
      startTimer: (id, event, delay) => whole.startTimer(id, event, delay),
      cancelTimer: (id) => whole.cancelTimer(id),
      raise: (event) => whole.raise(event),
      perform: (effect) => whole.perform(effect),
      mark: (name, detail) => whole.mark(name, detail),
      persist: (key) => whole.persist(key),
    }
    real.passUpdates({ ...step, turn }, message)
  }
  return { ...real, passUpdates }
})

const quick: SmallWorldOptions = { maxStates: 20_000, walks: 0, masterCrashes: 0 }

function exploreBroken(name: string, options: SmallWorldOptions) {
  broken.name = name
  const { violation } = exploreCluster({ ...quick, ...options })
  expect(violation).toBeDefined()
  const { property = '', sentence = '', way = [] } = violation ?? {}
  return { property, sentence, way: way.map(stepLine) }
}

describe('Exploration: a broken machine is found, with a short way to see it', () => {
  afterEach(() => {
    broken.name = ''
  })

  test('with nothing broken, the same worlds are fine', () => {
    for (const along of [false, true]) {
      const options = { ...quick, maxStates: 2_000, along, duplicates: 1 }
      expect(exploreCluster(options).violation).toBeUndefined()
    }
  })

  test('a master that forgets to rescind the offers of an agent that is gone', () => {
    const { property, way } = exploreBroken('forgets to rescind', { timeouts: 0, losses: 0 })
    expect(property).toBe('safety-offers-are-sound')
    expect(way.length).toBeLessThanOrEqual(6)
    expect(way[0]).toMatch(/^agent-\d {2}crashes$/)
  })

  test('a master that frees the resources of a task twice', () => {
    const { property, way } = exploreBroken('frees twice', { along: true, faults: 0 })
    expect(property).toBe('safety-books-balance')
    expect(way.length).toBeLessThanOrEqual(12)
    expect(way.join('\n')).toMatch(/agent-\d {2}T\d is done[\s\S]*→ master {2}update T\d/)
  })

  test('a master that keeps an offer in its book when it was used', () => {
    const { property, way } = exploreBroken('keeps used offers', { faults: 0 })
    expect(property).toBe('safety-offers-are-sound')
    expect(way).toEqual([
      'framework-1  launches on M-O0',
      'framework-1 → master  launch T1 <1 cpu, 256 MB> on O0',
    ])
  })

  test('an agent that begins a task again when its launch arrives twice', () => {
    const { property, sentence, way } = exploreBroken('launches twice', { duplicates: 1 })
    expect(property).toBe('safety-nothing-runs-twice')
    expect(sentence).toBe('the work of T1 is begun twice')
    expect(way).toEqual([
      'framework-1  launches on M-O0',
      'framework-1 → master  launch T1 <1 cpu, 256 MB> on O0',
      expect.stringMatching(/^master → agent-\d {2}launch T1 <1 cpu, 256 MB> \(and once more\)$/),
      expect.stringMatching(/^master → agent-\d {2}launch T1 <1 cpu, 256 MB>$/),
    ])
  })

  test('an agent that never repeats an update: where one is lost, the work never ends', () => {
    const { property, way } = exploreBroken('never repeats updates', { along: true, crashes: 0 })
    expect(property).toBe('liveness-all-tasks-end')
    expect(way.length).toBeLessThanOrEqual(24)
    expect(way.filter((line) => line.endsWith('(lost)'))).toHaveLength(1)
  })

  test('a scheduler that never acknowledges: nothing ends, even without faults', () => {
    const { property } = exploreBroken('never acknowledges', { faults: 0 })
    expect(property).toBe('liveness-all-tasks-end')
  })
})
