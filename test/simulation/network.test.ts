import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import type { Envelope } from '../../src/messages/index.ts'
import type { Happening } from '../../src/simulation/happenings.ts'
import { type Fate, SimulatedNetwork } from '../../src/simulation/world/network.ts'
import { SimulatedProcess } from '../../src/simulation/world/process.ts'

function createStage(fates: Fate[] = []) {
  const clock = new VirtualClock()
  const told: Happening[] = []
  const network = new SimulatedNetwork({
    clock,
    fateOf: () => fates.shift() ?? { delayMs: 0 },
    tell: (happening) => told.push(happening),
    isDecoding: true,
    settled: () => {},
  })
  const watch = { entering: () => {}, left: () => {}, firing: () => {}, fired: () => {} }
  const begin = (name: string) => new SimulatedProcess(name, clock, watch)
  const heard: string[] = []
  const settle = (process: SimulatedProcess, address: string) =>
    network.portOf(process).subscribe(address, (envelopes) => heard.push(...envelopes.map(textOf)))
  const master = begin('master')
  const agent = begin('agent/a')
  settle(master, 'master')
  settle(agent, 'agent/a')
  const say = (text: string, process = agent, from = 'agent/a', to = 'master') =>
    network.portOf(process).send(exited(from, to, text))
  return { clock, network, heard, told, master, agent, begin, settle, say }
}

function exited(from: string, to: string, reason: string): Envelope {
  return { from, to, message: { type: 'lifecycle.exited', address: from, reason } }
}

function textOf({ message }: Envelope): string {
  return message.type === 'lifecycle.exited' ? message.reason : message.type
}

describe('Simulated network', () => {
  test('what was sent first arrives first, however long it takes', () => {
    const { clock, heard, say } = createStage([{ delayMs: 100 }, { delayMs: 1 }, { delayMs: 50 }])
    for (const text of ['one', 'two', 'three']) say(text)
    clock.advance(99)
    expect(heard).toEqual([])
    clock.advance(1)
    expect(heard).toEqual(['one', 'two', 'three'])
  })

  test('messages of other pairs overtake', () => {
    const stage = createStage([{ delayMs: 100 }, { delayMs: 1 }])
    stage.settle(stage.agent, 'agent/b')
    stage.say('slow')
    stage.say('quick', stage.agent, 'agent/b')
    stage.clock.advance(100)
    expect(stage.heard).toEqual(['quick', 'slow'])
  })

  test('a lost message is told as lost, and those after it arrive', () => {
    const { clock, heard, told, say } = createStage([{ delayMs: 0, lost: 'chance' }])
    say('one')
    say('two')
    clock.settle()
    expect(heard).toEqual(['two'])
    expect(told).toContainEqual(expect.objectContaining({ type: 'lost', why: 'chance', number: 0 }))
  })

  test('inside one process nothing gets lost or takes time', () => {
    const stage = createStage([{ delayMs: 9, lost: 'chance' }])
    stage.settle(stage.agent, 'executor/a/F/E')
    stage.say('near', stage.agent, 'executor/a/F/E', 'agent/a')
    stage.clock.settle()
    expect(stage.heard).toEqual(['near'])
  })

  test('what is said before the end of a connection is noticed goes into that connection', () => {
    const { clock, network, heard, told, master, say } = createStage([{ delayMs: 20 }])
    say('one')
    network.inject(exited('agent/a', 'master', 'its link broke'))
    say('too early', master, 'master', 'agent/a')
    clock.advance(20)
    say('in time', master, 'master', 'agent/a')
    clock.settle()
    expect(heard).toEqual(['one', 'its link broke', 'in time'])
    expect(told).toContainEqual(expect.objectContaining({ type: 'lost', why: 'break' }))
  })

  test('a receiver that stands still hears everything in order when it goes on', () => {
    const { clock, heard, master, say } = createStage()
    master.pause()
    say('one')
    clock.advance(10)
    say('two')
    clock.advance(10)
    expect(heard).toEqual([])
    master.resume()
    clock.settle()
    expect(heard).toEqual(['one', 'two'])
  })

  test('what a slow process had not done when it stood still is done before what came later', () => {
    const { clock, heard, master, say } = createStage()
    master.slowDown(100)
    say('one')
    clock.settle()
    say('two')
    clock.advance(50)
    master.pause()
    say('three')
    clock.advance(500)
    expect(heard).toEqual([])
    master.slowDown(0)
    master.resume()
    clock.settle()
    expect(heard).toEqual(['one', 'two', 'three'])
  })

  test('what comes while a process computes waits until it is done, in order', () => {
    const { clock, heard, master, say } = createStage()
    say('one')
    master.run(() => {
      master.run(() => heard.push('the answer'))
      master.compute(100)
    })
    say('two')
    clock.advance(99)
    expect(heard).toEqual(['the answer'])
    clock.advance(1)
    expect(heard).toEqual(['the answer', 'one', 'two'])
  })

  test('a message does not reach the successor of the one it was sent to', () => {
    const { clock, network, heard, told, master, say, begin, settle } = createStage([
      { delayMs: 5 },
    ])
    say('for the dead')
    master.kill()
    network.detach(master)
    settle(begin('master'), 'master')
    clock.advance(5)
    expect(heard).toEqual([])
    expect(told.at(-1)).toMatchObject({ type: 'lost', why: 'absence' })
  })

  test('what a process said before it died arrives, unless another has taken its place', () => {
    const { clock, network, heard, agent, say, begin, settle } = createStage([
      { delayMs: 5 },
      { delayMs: 50 },
    ])
    say('last words')
    say('later words')
    agent.kill()
    network.detach(agent)
    clock.advance(5)
    expect(heard).toEqual(['last words'])
    settle(begin('agent/a'), 'agent/a')
    clock.advance(50)
    expect(heard).toEqual(['last words'])
  })

  test('timers of a dead process never fire, and cancelled ones of a paused one neither', () => {
    const { clock, agent, begin } = createStage()
    const fired: string[] = []
    agent.setTimer(() => fired.push('dead'), 10)
    agent.kill()
    const paused = begin('agent/b')
    const timer = paused.setTimer(() => fired.push('cancelled'), 10)
    paused.setTimer(() => fired.push('late'), 10)
    paused.pause()
    clock.advance(20)
    paused.clearTimer(timer)
    paused.resume()
    clock.settle()
    expect(fired).toEqual(['late'])
  })
})
