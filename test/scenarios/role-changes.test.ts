import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/messages/index.ts'
import { commandOn, type FakeScheduler } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

const forLong = { refuseSeconds: 3_600 }

/** Two agents, and a framework in two roles that refused everything in both, for an hour. */
function refusedInTwoRoles() {
  const stage = new Stage()
  const framework = stage.scheduler('first', { roles: ['a', 'b'] })
  for (const name of ['agent-1', 'agent-2']) stage.agent(name, { cpus: 2 })
  refuseAll(stage, framework)
  return { stage, framework }
}

function refuseAll(stage: Stage, framework: FakeScheduler): void {
  while (framework.offers.length > 0) {
    for (const offer of framework.offers) framework.decline(offer, forLong)
    stage.settle()
  }
}

function rolesOffered({ offers }: FakeScheduler): string[] {
  return [...new Set(offers.map(({ role }) => role))].sort()
}

/** The framework comes back, at the same address, with these roles. */
function withRoles(framework: FakeScheduler, roles: string[], suppressedRoles?: string[]): Message {
  const { frameworkId } = framework
  return {
    type: 'lifecycle.reregister',
    frameworkId,
    framework: { name: 'first', roles, capabilities: ['PARTITION_AWARE'] },
    ...(suppressedRoles && { suppressedRoles }),
  }
}

describe('Revive (MESOS-9856, MESOS-9028)', () => {
  test('of one role leaves the filters of the other, and its offers come at once', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say({ type: 'allocation.revive', roles: ['b'] })
    stage.settle()
    expect(framework.offers).toHaveLength(2)
    expect(rolesOffered(framework)).toEqual(['b'])
    refuseAll(stage, framework)
    stage.advance(600_000)
    expect(framework.offers).toEqual([])
  })

  test('of one role leaves the silence of the other', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say({ type: 'allocation.suppress' })
    framework.say({ type: 'allocation.revive', roles: ['a'] })
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['a'])
    refuseAll(stage, framework)
    stage.advance(600_000)
    expect(framework.offers).toEqual([])
  })

  test.each([
    ['in the same turn', 0],
    ['while its offers are out', 1],
    ['when it was answered', 2],
  ])('said again %s, is as good as said once', (_when, moment) => {
    const { stage, framework } = refusedInTwoRoles()
    const revive = (): void => framework.say({ type: 'allocation.revive', roles: ['a'] })
    revive()
    if (moment === 0) revive()
    stage.settle()
    expect(framework.offers).toHaveLength(2)
    const { offers } = framework
    if (moment === 1) {
      revive()
      stage.settle()
      expect(framework.offers).toEqual(offers)
    }
    if (moment === 2) {
      refuseAll(stage, framework)
      revive()
      stage.settle()
      expect(framework.offers).toHaveLength(2)
    }
    refuseAll(stage, framework)
    stage.advance(600_000)
    expect(framework.offers).toEqual([])
  })

  test('of a framework that refused nothing changes nothing', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 2 })
    const framework = stage.scheduler('first')
    const { offer } = framework
    for (let count = 0; count < 3; count++) framework.say({ type: 'allocation.revive' })
    stage.advance(5_000)
    expect(framework.offer).toEqual(offer)
  })
})

describe('Suppression that crosses with a change of roles (MESOS-9870)', () => {
  type Step = 'suppress a' | 'suppress' | 'give up a for c' | 'revive c'

  function say(framework: FakeScheduler, step: Step): void {
    if (step === 'suppress a') framework.say({ type: 'allocation.suppress', roles: ['a'] })
    else if (step === 'suppress') framework.say({ type: 'allocation.suppress' })
    else if (step === 'revive c') framework.say({ type: 'allocation.revive', roles: ['c'] })
    else framework.say(withRoles(framework, ['b', 'c']))
  }

  test.each<[Step[]]>([
    [['suppress a', 'give up a for c', 'revive c']],
    [['suppress a', 'revive c', 'give up a for c']],
    [['give up a for c', 'suppress a', 'revive c']],
    [['give up a for c', 'revive c', 'suppress a']],
    [['revive c', 'suppress a', 'give up a for c']],
    [['revive c', 'give up a for c', 'suppress a']],
  ])('%j in one turn: offers in the new role at once, in none that it gave up', (steps) => {
    const { stage, framework } = refusedInTwoRoles()
    for (const step of steps) say(framework, step)
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['c'])
    refuseAll(stage, framework)
    framework.say({ type: 'allocation.revive' })
    stage.settle()
    expect(rolesOffered(framework).every((role) => role !== 'a')).toBe(true)
    expect(framework.offers).toHaveLength(2)
  })

  test('all roles suppressed before the change: the new list counts, and all of it is offered', () => {
    const { stage, framework } = refusedInTwoRoles()
    say(framework, 'suppress')
    say(framework, 'give up a for c')
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['b', 'c'])
  })

  test('all roles suppressed after the change: silent until it revives, then served at once', () => {
    const { stage, framework } = refusedInTwoRoles()
    say(framework, 'give up a for c')
    say(framework, 'suppress')
    stage.settle()
    for (const offer of framework.offers) framework.decline(offer, { refuseSeconds: 0 })
    stage.advance(600_000)
    expect(framework.offers).toEqual([])
    framework.say({ type: 'allocation.revive' })
    stage.settle()
    expect(framework.offers).toHaveLength(2)
  })

  test('a role that comes back is neither suppressed nor filtered any more', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say({ type: 'allocation.suppress', roles: ['a'] })
    framework.say(withRoles(framework, ['b']))
    framework.say(withRoles(framework, ['a', 'b']))
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['a'])
  })

  test('a role that is suppressed no longer is not filtered either, and the others still are', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say({ type: 'allocation.suppress', roles: ['a'] })
    framework.say(withRoles(framework, ['a', 'b']))
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['a'])
  })

  test('nothing is kept of what was refused in a role that was given up', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say(withRoles(framework, ['b']))
    stage.settle()
    const [agent] = stage.ledger.agents.values()
    const refusers = [...(agent?.filters.keys() ?? [])]
    expect(refusers.map(({ role }) => role)).toEqual(['b'])
  })

  test('roles that are suppressed in the new list stay silent, the others are served', () => {
    const { stage, framework } = refusedInTwoRoles()
    framework.say(withRoles(framework, ['c', 'd'], ['c']))
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['d'])
    refuseAll(stage, framework)
    framework.say({ type: 'allocation.revive', roles: ['c'] })
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['c'])
  })

  test('whatever it says and in whatever order, it is served in the end', () => {
    const steps = fc.array(
      fc.constantFrom<Step>('suppress a', 'suppress', 'give up a for c', 'revive c'),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(steps, fc.boolean(), (said, isOneTurn) => {
        const { stage, framework } = refusedInTwoRoles()
        for (const step of said) {
          say(framework, step)
          if (!isOneTurn) stage.settle()
        }
        stage.settle()
        refuseAll(stage, framework)
        framework.say({ type: 'allocation.revive' })
        stage.settle()
        expect(framework.offers).toHaveLength(2)
      }),
      { seed: 1, numRuns: 30 },
    )
  })
})

describe('A role that is given up', () => {
  test('while its offers are out: they are void, and its resources go to the roles it has', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 2 })
    const framework = stage.scheduler('first', { roles: ['a', 'b'] })
    const { offer } = framework
    expect(offer.role).toBe('a')
    framework.say(withRoles(framework, ['b']))
    stage.settle()
    const next = framework.offers.find(({ offerId }) => offerId !== offer.offerId)
    expect(next).toMatchObject({ role: 'b', resources: { cpus: 2 } })
    framework.launch(offer, [commandOn(offer, 'T', { cpus: 1 })])
    stage.settle()
    expect(framework.states('T')).toEqual(['TASK_DROPPED'])
  })

  test('while a task runs in it: the task goes on, and the role is forgotten when it ends', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 2 })
    const framework = stage.scheduler('first', { roles: ['a/x', 'b'] })
    framework.launch(framework.offer, [commandOn(framework.offer, 'T', { cpus: 2 })])
    stage.settle()
    framework.say(withRoles(framework, ['b']))
    stage.settle()
    expect(stage.ledger.roles.get('a')?.held).toMatchObject({ cpus: 2_000 })
    expect(framework.states('T').at(-1)).toBe('TASK_RUNNING')
    stage.puppets.exit('T')
    stage.settle()
    expect(rolesOffered(framework)).toEqual(['b'])
    expect([...stage.ledger.roles.keys()].sort()).toEqual(['', 'b'])
  })

  test('while a task in it is out of reach: the task may come back with its agent', () => {
    const stage = new Stage()
    stage.agent('agent-1', { cpus: 2 })
    const framework = stage.scheduler('first', { roles: ['a', 'b'] })
    framework.launch(framework.offer, [commandOn(framework.offer, 'T', { cpus: 1 })])
    stage.settle()
    const heal = stage.road.drop('lifecycle.pong')
    stage.advance(100_000)
    expect(framework.states('T').at(-1)).toBe('TASK_UNREACHABLE')
    framework.say(withRoles(framework, ['b']))
    stage.settle()
    heal()
    stage.advance(100_000)
    expect(stage.master.ended).toBe(false)
    expect(framework.states('T').at(-1)).toBe('TASK_RUNNING')
    expect(stage.ledger.roles.get('a')?.held).toMatchObject({ cpus: 1_000 })
    stage.puppets.exit('T')
    stage.settle()
    expect([...stage.ledger.roles.keys()].sort()).toEqual(['', 'b'])
  })
})
