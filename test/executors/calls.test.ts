import { expect, test } from 'vitest'
import { Calls } from '../../src/actors/calls.ts'

const call = { kind: 'function', run: () => 1 } as const

test('Calls: ids count up and find their call', () => {
  const calls = new Calls()
  expect([calls.add(call), calls.add(call)]).toEqual(['call-1', 'call-2'])
  expect(calls.find('call-1')).toBe(call)
  expect(calls.find('call-3')).toBeUndefined()
})

test('Calls: a taken call is forgotten, with and without an outcome', () => {
  const calls = new Calls()
  const done = calls.add(call)
  const never = calls.add(call)
  calls.settle(done, { ok: true, value: 5 })
  expect(calls.take(done)).toEqual({ ok: true, value: 5 })
  expect(calls.take(never)).toBeUndefined()
  expect(calls.find(done)).toBeUndefined()
  expect(calls.size).toBe(0)
})

test('Calls: an outcome that comes after the call was taken does not bring it back', () => {
  const calls = new Calls()
  const id = calls.add(call)
  calls.take(id)
  calls.settle(id, { ok: true, value: 5 })
  expect(calls.take(id)).toBeUndefined()
  expect(calls.size).toBe(0)
})

test('Calls: of a call that ran twice the last outcome counts', () => {
  const calls = new Calls()
  const id = calls.add(call)
  calls.settle(id, { ok: false, error: 'first' })
  calls.settle(id, { ok: true, value: 'second' })
  expect(calls.take(id)).toEqual({ ok: true, value: 'second' })
})
