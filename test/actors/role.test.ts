import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { createRoles } from '../../src/actors/roles.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import { aviary } from './support.ts'

describe('Role: one machine for many actors', () => {
  it('leads the effects of each to its own host', () => {
    const { clock, host } = aviary()
    const done: string[] = []
    const actors = ['a', 'b', 'c'].map((name) =>
      host(`agent/${name}`, { perform: () => done.push(name) }).start(),
    )
    for (const actor of actors) actor.post({ type: 'do', what: 'sing' })
    clock.settle()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('without a host is an error that names the role', () => {
    const { role } = aviary()
    const errors: unknown[] = []
    const actor = createActor(role.logic, { input: {} })
    actor.subscribe({ error: (error) => errors.push(error) })
    actor.start()
    expect(errors).toMatchObject([{ message: 'an actor of the role parrot has no host' }])
  })

  it('leaves a time alone that an event brings with it', () => {
    const { clock, host } = aviary()
    const parrot = host('agent/1').start()
    parrot.post({ type: 'do', what: 'sing', at: 42 })
    clock.settle()
    expect(parrot.snapshot().context.heard).toEqual([{ type: 'do', at: 42 }])
  })

  it('there are four of them, named like their machines', () => {
    const roles = createRoles(new VirtualClock())
    expect(Object.entries(roles).map(([name, role]) => [name, role.name])).toEqual([
      ['master', 'master'],
      ['agent', 'agent'],
      ['scheduler', 'scheduler'],
      ['executor', 'executor'],
    ])
  })
})
