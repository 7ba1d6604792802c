import { describe, expect, it } from 'vitest'
import type { Ending } from '../../src/actors/host.ts'
import { aviary, killOf } from './support.ts'

const say = (to: string, ...taskIds: string[]) => ({ type: 'say', to, message: killOf(...taskIds) })

describe('Host: what an actor says in one turn', () => {
  it('leaves when the turn is over, like messages to one receiver as one batch', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const parrot = host('scheduler/a').start()
    for (const id of ['T1', 'T2', 'T3']) parrot.post(say('master', id))
    expect(heard).toEqual([])
    clock.settle()
    expect(heard).toEqual([
      { from: 'scheduler/a', to: 'master', message: killOf('T1', 'T2', 'T3') },
    ])
  })

  it('keeps its order for each receiver: only neighbours of a kind are joined', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const elsewhere = mailbox('agent/1')
    const parrot = host('scheduler/a').start()
    parrot.post(say('master', 'T1'))
    parrot.post(say('agent/1', 'T9'))
    parrot.post(say('master', 'T2'))
    parrot.post({ type: 'say', to: 'master', message: { type: 'allocation.suppress' } })
    parrot.post(say('master', 'T3'))
    clock.settle()
    expect(heard.map(({ message }) => message)).toEqual([
      killOf('T1', 'T2'),
      { type: 'allocation.suppress' },
      killOf('T3'),
    ])
    expect(elsewhere.map(({ message }) => message)).toEqual([killOf('T9')])
  })

  it('in two turns arrives as two messages', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const parrot = host('scheduler/a').start()
    parrot.post(say('master', 'T1'))
    clock.settle()
    parrot.post(say('master', 'T2'))
    clock.settle()
    expect(heard).toHaveLength(2)
  })
})

describe('Host: what an actor hears', () => {
  it('comes with its sender and the time of the step', () => {
    const { clock, host, transport } = aviary()
    const parrot = host('agent/1').start()
    clock.advance(250)
    transport.send({ from: 'master', to: 'agent/1', message: killOf('T1') })
    parrot.post({ type: 'do', what: 'sing' })
    clock.settle()
    expect(parrot.snapshot().context.heard).toEqual([
      { type: 'task.kill', at: 5_250 },
      { type: 'do', at: 5_250 },
    ])
  })

  it('has the time at which a timer fired', () => {
    const { clock, host } = aviary()
    const parrot = host('agent/1').start()
    parrot.post({ type: 'wait', ms: 1_000 })
    clock.advance(3_000)
    expect(parrot.snapshot().context.heard).toMatchObject([{ at: 6_000 }])
    expect(parrot.snapshot().value).toBe('alive')
  })

  it('before it was started waits until it is', () => {
    const { clock, host } = aviary()
    const parrot = host('agent/1')
    parrot.post({ type: 'do', what: 'sing' })
    clock.settle()
    expect(parrot.snapshot().context.heard).toEqual([])
    parrot.start()
    clock.settle()
    expect(parrot.snapshot().context.heard).toMatchObject([{ type: 'do' }])
  })
})

describe('Host: effects and marks', () => {
  it('are performed after the step, in order, by the host of the actor that caused them', () => {
    const { clock, host, done, marks } = aviary()
    const others: string[] = []
    const one = host('agent/1').start()
    host('agent/2', { perform: (type) => others.push(type) }).start()
    for (const what of ['sing', 'fly']) one.post({ type: 'do', what })
    one.post({ type: 'wonder' })
    clock.settle()
    expect(done).toEqual(['act sing', 'act fly'])
    expect(others).toEqual([])
    expect(marks.map(({ name }) => name)).toEqual([
      'parrot.began',
      'parrot.began',
      'parrot.wonders',
    ])
  })

  it('that throw crash the actor, not the world', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const perform = (): void => {
      throw new Error('no hands')
    }
    const parrot = host('agent/1', { watchers: ['master'], perform }).start()
    parrot.post({ type: 'do', what: 'sing' })
    clock.settle()
    expect(parrot.ended).toBe(true)
    expect(heard.map(({ message }) => message)).toEqual([
      { type: 'lifecycle.exited', address: 'agent/1', reason: 'no hands' },
    ])
  })
})

describe('Host: the end of an actor', () => {
  it('by a crash is told to its watchers, after what it said before; nobody else is hurt', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const endings: Ending[] = []
    const onEnd = (ending: Ending): void => void endings.push(ending)
    const broken = host('agent/1', { watchers: ['master'], onEnd }).start()
    const healthy = host('agent/2', { watchers: ['master'] }).start()
    broken.post(say('master', 'T1'))
    broken.post({ type: 'break' })
    broken.post(say('master', 'T2'))
    healthy.post(say('master', 'T3'))
    clock.settle()
    expect(heard).toEqual([
      { from: 'agent/1', to: 'master', message: killOf('T1') },
      {
        from: 'agent/1',
        to: 'master',
        message: { type: 'lifecycle.exited', address: 'agent/1', reason: 'the parrot is broken' },
      },
      { from: 'agent/2', to: 'master', message: killOf('T3') },
    ])
    expect(endings).toEqual([
      { address: 'agent/1', how: 'crashed', reason: 'the parrot is broken' },
    ])
    expect([broken.ended, healthy.ended]).toEqual([true, false])
  })

  it('by its own decision is told as well, once', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const endings: Ending[] = []
    const onEnd = (ending: Ending): void => void endings.push(ending)
    const parrot = host('agent/1', { watchers: ['master', 'master'], onEnd }).start()
    parrot.post({ type: 'end' })
    parrot.post({ type: 'end' })
    clock.settle()
    parrot.stop('again')
    clock.settle()
    expect(heard).toHaveLength(2)
    expect(endings).toEqual([{ address: 'agent/1', how: 'done', reason: 'agent/1 is gone' }])
  })

  it('from outside comes at once, and takes its timers with it', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    const parrot = host('agent/1', { watchers: ['master'] }).start()
    parrot.post({ type: 'wait', ms: 1_000 })
    clock.settle()
    parrot.stop('not needed')
    clock.advance(10_000)
    expect(parrot.snapshot().context.heard).toEqual([])
    expect(heard.map(({ message }) => message)).toEqual([
      { type: 'lifecycle.exited', address: 'agent/1', reason: 'not needed' },
    ])
  })

  it('makes everything that comes later harmless, and frees its address', () => {
    const { clock, host, transport } = aviary()
    const parrot = host('agent/1').start()
    parrot.stop('not needed')
    parrot.post({ type: 'do', what: 'sing' })
    transport.send({ from: 'master', to: 'agent/1', message: killOf('T1') })
    clock.settle()
    expect(transport.undeliverable).toBe(1)
    const heir = host('agent/1').start()
    transport.send({ from: 'master', to: 'agent/1', message: killOf('T2') })
    clock.settle()
    expect(heir.snapshot().context.heard).toHaveLength(1)
  })
})

describe('Host: waiting for a state', () => {
  it('resolves in the turn that reaches it, or at once, or when the actor has ended', async () => {
    const { clock, host } = aviary()
    const parrot = host('agent/1').start()
    const waiting = parrot.when((snapshot) => snapshot.matches('waiting'))
    await parrot.when((snapshot) => snapshot.matches('alive'))
    parrot.post({ type: 'wait', ms: 1 })
    clock.settle()
    await waiting
    const never = parrot.when(() => false)
    parrot.stop('not needed')
    await never
    await parrot.when(() => false)
  })

  it('is told in the very turn to those who do not wait for promises, each once', () => {
    const { clock, host } = aviary()
    const parrot = host('agent/1').start()
    const told: string[] = []
    const note = (state: string, then = (): void => {}): void =>
      parrot.once(
        (one) => one.matches(state),
        () => told.push(state) && then(),
      )
    note('waiting', () => note('alive'))
    parrot.post({ type: 'wait', ms: 1 })
    clock.settle()
    expect(told).toEqual(['waiting'])
    clock.advance(1_000)
    expect(told).toEqual(['waiting', 'alive'])
  })
})
