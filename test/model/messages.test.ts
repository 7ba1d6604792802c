import { Compile } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { catalog } from '../../src/messages/catalog.ts'
import { type Addressed, EnvelopeChecker } from '../../src/messages/checker.ts'
import {
  categoryOf,
  idPattern,
  joinBatch,
  problemWithId,
  roleOf,
} from '../../src/messages/index.ts'
import * as task from '../../src/messages/task.ts'
import { samples } from './samples.ts'

const named = catalog.map((entry) => [`${entry.from} → ${entry.to}: ${entry.type}`, entry] as const)

describe('Catalog of messages', () => {
  test('no two entries share type, speaker and listener', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(catalog.length)
  })

  test.each(named)('%s has a line for people, a category and a direction', (_, entry) => {
    expect(entry.doc).toMatch(/^[A-Z].*[.?]$/)
    expect(entry.doc.length).toBeLessThanOrEqual(100)
    expect(entry.type).toMatch(/^[a-z]+\.[a-z][A-Za-z]*$/)
    expect(['lifecycle', 'allocation', 'task']).toContain(categoryOf(entry.type))
    expect(entry.to.length).toBeGreaterThan(0)
    expect(entry.to).not.toContain(entry.from)
  })

  test.each(named)('%s: its schema accepts a sample and rejects a broken one', (name, entry) => {
    const sample = samples[name]
    expect(sample, `give ${name} a sample in samples.ts`).toBeDefined()
    const schema = Compile(entry.schema)
    expect(schema.Check({ type: entry.type, ...sample })).toBe(true)
    expect(schema.Check(JSON.parse(JSON.stringify({ type: entry.type, ...sample })))).toBe(true)
    expect(schema.Check({ ...sample, type: 'lifecycle.other' })).toBe(false)
    expect(schema.Check({ type: entry.type, ...sample, extra: 1 })).toBe(false)
    const required = Object.keys(sample ?? {}).filter((key) => !(key in optionalIn(name)))
    for (const key of required) {
      expect(schema.Check({ type: entry.type, ...sample, [key]: undefined }), key).toBe(false)
      expect(schema.Check({ type: entry.type, ...sample, [key]: Symbol('odd') }), key).toBe(false)
    }
  })

  test('there is no sample of a message that is no more', () => {
    expect(Object.keys(samples).sort()).toEqual(named.map(([name]) => name).sort())
  })
})

/** Fields that the samples show, but that may be left out. */
function optionalIn(name: string): Record<string, true> {
  const entry = named.find(([other]) => other === name)?.[1]
  const required: readonly unknown[] =
    entry !== undefined && 'required' in entry.schema && Array.isArray(entry.schema.required)
      ? entry.schema.required
      : []
  const keys = Object.keys(samples[name] ?? {}).filter((key) => !required.includes(key))
  return Object.fromEntries(keys.map((key) => [key, true]))
}

describe('Checker of envelopes', () => {
  const checker = new EnvelopeChecker()
  const pong: Addressed = { from: 'agent/a', to: 'master', message: { type: 'lifecycle.pong' } }
  const launch = { type: 'task.launch', offerIds: ['O'], tasks: [] }

  test.each<[string, Addressed, string | undefined]>([
    ['a good envelope', pong, undefined],
    [
      'a listener without such a message',
      { ...pong, to: 'scheduler/a' },
      'a scheduler has no message lifecycle.pong',
    ],
    [
      'another speaker',
      { ...pong, from: 'scheduler/a' },
      'lifecycle.pong to master does not come from scheduler/a',
    ],
    [
      'any host may report an end',
      { from: 'executor/a', to: 'agent/a', message: exited() },
      undefined,
    ],
    [
      'the same type to the master',
      { from: 'scheduler/a', to: 'master', message: launch },
      undefined,
    ],
    [
      'the body for another listener',
      { from: 'master', to: 'agent/a', message: launch },
      'task.launch must have required properties frameworkId, framework',
    ],
  ])('%s', (_what, envelope, problem) => {
    expect(checker.problemWith(envelope)).toBe(problem)
  })

  function exited() {
    return { type: 'lifecycle.exited', address: 'executor/a', reason: 'gone' }
  }

  test('words that are no address or no type are errors', () => {
    expect(() => roleOf('somebody/1')).toThrow('somebody/1 is not an address')
    expect(() => categoryOf('chat.hello')).toThrow('chat.hello is not a message type')
  })
})

describe('Batches', () => {
  const update = (...ids: string[]) => ({
    type: 'task.update',
    updates: ids.map((taskId) => ({ taskId })),
  })

  test('two of a kind become one, in order', () => {
    const last = update('a', 'b')
    expect(joinBatch(last, update('c', 'a'))).toBe(true)
    expect(last).toEqual(update('a', 'b', 'c', 'a'))
  })

  test.each([
    ['of different types', update('a'), { type: 'task.kill', kills: [] }],
    ['of different agents', { ...update('a'), agentId: '1' }, { ...update('a'), agentId: '2' }],
    ['of which one names a framework', update('a'), { ...update('a'), frameworkId: 'F' }],
    ['that are no batches', { type: 'lifecycle.pong' }, { type: 'lifecycle.pong' }],
    ['that launch', launchOf('a'), launchOf('b')],
  ])('two %s stay apart, and the first is left as it was', (_what, last, next) => {
    const before = structuredClone(last)
    expect(joinBatch(last, next)).toBe(false)
    expect(last).toEqual(before)
  })

  function launchOf(id: string) {
    return { type: task.launch.type, offerIds: [id], tasks: [] }
  }

  test('the first of which names a framework does not take in one that names none', () => {
    const last = { ...update('a'), frameworkId: 'F' }
    expect(joinBatch(last, update('b'))).toBe(false)
    expect(last.updates).toHaveLength(1)
  })
})

describe('Ids', () => {
  test.each(['a', 'job-1.retry', 'Ä ö', '...', '-', 'x'.repeat(255)])('%j is legal', (id) => {
    expect(problemWithId('the id', id)).toBeUndefined()
    expect(idPattern.test(id)).toBe(true)
  })

  test.each([
    ['', 'the id is empty; give it at least one character'],
    ['x'.repeat(256), 'the id has 256 characters; at most 255 are allowed'],
    ['a/b', 'the id "a/b" is not legal'],
    ['a\\b', 'the id "a\\\\b" is not legal'],
    ['.', 'the id "." is not legal'],
    ['..', 'the id ".." is not legal'],
    ['a\nb', 'the id "a\\nb" is not legal'],
    ['\u007f', 'the id "\u007f" is not legal'],
  ])('%j is refused with a sentence', (id, sentence) => {
    expect(problemWithId('the id', id)).toContain(sentence)
    expect(idPattern.test(id)).toBe(false)
  })
})
