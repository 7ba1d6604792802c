import { describe, expect, it } from 'vitest'
import type { Ending, Keeping } from '../../src/actors/host.ts'
import { aviary, killOf } from './support.ts'

const say = (to: string, ...taskIds: string[]) => ({ type: 'say', to, message: killOf(...taskIds) })

/** A storage that is done when the test says so, and keeps how much its actor had heard. */
function slowStorage() {
  const writes: { kept: unknown; done: (error?: Error) => void }[] = []
  const keeping: Keeping = {
    storage: {
      write: (changes, done) => writes.push({ kept: Object.fromEntries(changes), done }),
      close: async () => {},
    },
    recordOf: ({ context }, key) => `${key} after ${context.heard.length}`,
  }
  return { writes, keeping }
}

describe('Host: an actor that keeps something', () => {
  const keep = { type: 'keep', key: 'nest' }

  it('neither speaks nor acts before it is kept', () => {
    const { clock, host, mailbox, done } = aviary()
    const { writes, keeping } = slowStorage()
    const heard = mailbox('master')
    const parrot = host('agent/1', { keeping }).start()
    for (const event of [keep, say('master', 'T1'), { type: 'do', what: 'sing' }]) {
      parrot.post(event)
    }
    clock.settle()
    expect([heard, done, writes.map(({ kept }) => kept)]).toEqual([
      [],
      [],
      [{ nest: 'nest after 3' }],
    ])
    writes[0]?.done()
    clock.settle()
    expect([heard.length, done]).toEqual([1, ['act sing']])
  })

  it('speaks at once while nothing is to be kept', () => {
    const { clock, host, mailbox } = aviary()
    const heard = mailbox('master')
    host('agent/1', { keeping: slowStorage().keeping }).start().post(say('master', 'T1'))
    clock.settle()
    expect(heard).toHaveLength(1)
  })

  it('crashes when it cannot be kept: its watchers hear why, and nothing else is heard of it', () => {
    const { clock, host, mailbox, done } = aviary()
    const { writes, keeping } = slowStorage()
    const heard = mailbox('master')
    const endings: Ending[] = []
    const onEnd = (ending: Ending): void => void endings.push(ending)
    const parrot = host('agent/1', { keeping, watchers: ['master'], onEnd }).start()
    for (const event of [keep, say('master', 'T1'), { type: 'do', what: 'sing' }]) {
      parrot.post(event)
    }
    clock.settle()
    writes[0]?.done(new Error('the disk is full'))
    clock.settle()
    expect(heard.map(({ message }) => message)).toEqual([
      { type: 'lifecycle.exited', address: 'agent/1', reason: 'the disk is full' },
    ])
    expect([done, endings.map(({ how }) => how)]).toEqual([[], ['crashed']])
  })

  it('has not left before its last words are safe, nor has anybody heard that it ended', async () => {
    const { clock, host, mailbox } = aviary()
    const { writes, keeping } = slowStorage()
    const heard = mailbox('master')
    const endings: Ending[] = []
    const onEnd = (ending: Ending): void => void endings.push(ending)
    const parrot = host('agent/1', { keeping, onEnd }).start()
    for (const event of [keep, say('master', 'goodbye'), { type: 'end' }]) parrot.post(event)
    clock.settle()
    expect([parrot.ended, heard, endings]).toEqual([true, [], []])
    writes[0]?.done()
    clock.settle()
    expect([heard.length, endings.map(({ how }) => how)]).toEqual([1, ['done']])
    await parrot.when(() => false)
  })

  it('whose last words cannot be kept has crashed, not left in good order', () => {
    const { clock, host, mailbox } = aviary()
    const { writes, keeping } = slowStorage()
    const heard = mailbox('master')
    const endings: Ending[] = []
    const onEnd = (ending: Ending): void => void endings.push(ending)
    const parrot = host('agent/1', { keeping, watchers: ['master'], onEnd }).start()
    for (const event of [keep, say('master', 'goodbye'), { type: 'end' }]) parrot.post(event)
    clock.settle()
    writes[0]?.done(new Error('the disk is full'))
    clock.settle()
    expect(heard.map(({ message }) => message)).toMatchObject([{ reason: 'the disk is full' }])
    expect(endings.map(({ how }) => how)).toEqual(['crashed'])
  })

  it('that is stopped meanwhile says nothing more but that', () => {
    const { clock, host, mailbox } = aviary()
    const { writes, keeping } = slowStorage()
    const heard = mailbox('master')
    const parrot = host('agent/1', { keeping, watchers: ['master'] }).start()
    parrot.post(keep)
    parrot.post(say('master', 'T1'))
    clock.settle()
    parrot.stop('enough')
    writes[0]?.done()
    clock.settle()
    expect(heard.map(({ message }) => message.type)).toEqual(['lifecycle.exited'])
  })
})
