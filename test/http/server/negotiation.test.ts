import { describe, expect, it } from 'vitest'
import { accepts, expectAcceptsJson, expectJson } from '../../../src/http/server/negotiation.ts'

describe('HTTP server: which format is spoken', () => {
  it.each([
    ['application/json', true],
    ['application/json, application/json', true],
    ['application/x-protobuf, application/json;q=0.5', true],
    ['application/*', true],
    ['*/*', true],
    ['text/html, */*; q=0.1', true],
    ['', true],
    ['APPLICATION/JSON', true],
    ['application/x-protobuf', false],
    ['text/html', false],
    ['application/json;q=0', false],
    ['application/json; q=0.00', false],
    ['application/jsonx', false],
  ])('Accept: %s', (accept, expected) => {
    expect(accepts(accept, 'application/json')).toBe(expected)
  })

  it('without Accept everything is welcome, and 406 says what is spoken', () => {
    expect(() => expectAcceptsJson({})).not.toThrow()
    expect(() => expectAcceptsJson({ accept: 'text/html' })).toThrow(
      expect.objectContaining({ status: 406 }),
    )
  })

  it.each([
    [undefined, 400],
    ['text/plain', 415],
    ['application/json; charset=utf-8', 415],
    ['application/x-protobuf', 415],
  ])('Content-Type: %s is refused with %i', (type, status) => {
    expect(() => expectJson(type === undefined ? {} : { 'content-type': type })).toThrow(
      expect.objectContaining({ status }),
    )
  })

  it('Content-Type: application/json is right', () => {
    expect(() => expectJson({ 'content-type': 'application/json' })).not.toThrow()
  })
})
