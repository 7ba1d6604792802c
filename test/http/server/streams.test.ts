import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { AnswerStream, Route } from '../../../src/http/server/route.ts'
import { request, serve, Wire } from './support.ts'

/** A route whose last stream is in the hands of the test. */
function streaming(): { route: Route; stream: () => AnswerStream; endings: string[] } {
  const endings: string[] = []
  let last: AnswerStream | undefined
  const route: Route = {
    path: '/stream',
    methods: ['GET'],
    handle: () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      opened: (stream) => {
        last = stream
        stream.write('first')
      },
      closed: (reason) => void endings.push(reason),
    }),
  }
  const stream = () => {
    if (last === undefined) throw new Error('nobody has asked for a stream')
    return last
  }
  return { route, stream, endings }
}

const look: Route = { path: '/look', methods: ['GET'], handle: () => ({ status: 204 }) }

describe('HTTP server: streaming answers', () => {
  it('each record is a chunk of its own, in bytes, and those of one turn come in one piece', async () => {
    const { route, stream } = streaming()
    const { port } = await serve({ routes: [route] })
    const wire = new Wire(port).send(request('GET', '/stream'))
    const head = await wire.until((text) => text.endsWith('first\r\n'))
    expect(head.toLowerCase()).toContain('transfer-encoding: chunked')
    expect(head.split('\r\n\r\n')[1]).toBe('5\r\nfirst\r\n')
    const pieces: string[] = []
    wire.socket.on('data', (piece) => void pieces.push(piece.toString()))
    stream().write('7\n{"a":1}')
    stream().write('é')
    stream().write('x'.repeat(20))
    await wire.until((text) => text.includes('xxx'))
    expect(pieces).toEqual([`9\r\n7\n{"a":1}\r\n2\r\né\r\n14\r\n${'x'.repeat(20)}\r\n`])
  })

  it('when it ends, what was written arrives, and the connection is good for more', async () => {
    const { route, stream, endings } = streaming()
    const { port } = await serve({ routes: [route, look] })
    const wire = new Wire(port).send(request('GET', '/stream') + request('GET', '/look'))
    await wire.until((text) => text.endsWith('first\r\n'))
    stream().write('last')
    stream().end()
    stream().write('too late')
    stream().end()
    expect(endings).toEqual([])
    const text = await wire.until((so) => so.includes(' 204 '))
    expect(text).toContain('5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\nHTTP/1.1 204')
    expect(endings).toEqual(['it was ended'])
  })

  it('a reader who goes is noticed, once', async () => {
    const { route, stream, endings } = streaming()
    const { port, url } = await serve({ routes: [route, look] })
    const wire = new Wire(port).send(request('GET', '/stream'))
    await wire.until((text) => text.endsWith('first\r\n'))
    wire.socket.destroy()
    while (endings.length === 0) await fetch(`${url}/look`)
    stream().write('into the void')
    await fetch(`${url}/look`)
    expect(endings).toEqual(['its connection was closed'])
  })

  it('a caller who hangs up in the middle of an answer in pieces harms nobody', async () => {
    const asked: Readable[] = []
    const pieces: Route = {
      path: '/pieces',
      methods: ['GET'],
      handle: () => {
        const body = new Readable({ read: () => {} })
        asked.push(body)
        body.push('first')
        return { status: 200, body }
      },
    }
    const { port, url } = await serve({ routes: [pieces, look] })
    const wire = new Wire(port).send(request('GET', '/pieces') + request('GET', '/look'))
    await wire.until((text) => text.includes('first'))
    wire.socket.destroy()
    while (asked[0]?.destroyed === false) await fetch(`${url}/look`)
    expect((await fetch(`${url}/look`)).status).toBe(204)
  })

  it('a body that is shorter than its length breaks off, and nobody waits for the rest', async () => {
    const ofLength = (path: string, length: number): Route => ({
      path,
      methods: ['GET'],
      handle: () => ({
        status: 200,
        headers: { 'content-length': String(length) },
        body: Readable.from([Buffer.from('first'), Buffer.from('last')]),
      }),
    })
    const routes = [ofLength('/whole', 9), ofLength('/short', 10), look]
    const { port } = await serve({ routes })
    const wire = new Wire(port).send(request('GET', '/whole') + request('GET', '/look'))
    expect(await wire.until((text) => text.includes(' 204 '))).toContain('firstlastHTTP')
    wire.send(request('GET', '/short') + request('GET', '/look'))
    expect((await wire.closed()).split(' 204 ')).toHaveLength(2)
  })

  it('a reader who does not read is cut off at the bound; others are not', async () => {
    const { route, stream, endings } = streaming()
    const limits = { unreadBytesMax: 1_000_000 }
    const { port, url } = await serve({ routes: [route, look], limits })
    const wire = new Wire(port).send(request('GET', '/stream'))
    await wire.until((text) => text.endsWith('first\r\n'))
    wire.socket.pause()
    let written = 0
    while (endings.length === 0 && written < 100_000_000) {
      stream().write('x'.repeat(100_000))
      written += 100_000
      await fetch(`${url}/look`)
    }
    expect(endings).toEqual([
      expect.stringMatching(/^its reader is too slow: 1\d{6} bytes wait for it$/),
    ])
    wire.socket.resume()
    await wire.closed()
    expect(wire.text.length).toBeLessThan(written)
  })

  it('a single record that is larger than the bound is sent all the same', async () => {
    const { route, stream, endings } = streaming()
    const limits = { unreadBytesMax: 1_000 }
    const { port, url } = await serve({ routes: [route, look], limits })
    const wire = new Wire(port).send(request('GET', '/stream'))
    await wire.until((text) => text.endsWith('first\r\n'))
    wire.socket.pause()
    stream().write('x'.repeat(8_000_000))
    await fetch(`${url}/look`)
    expect(endings).toEqual([])
    stream().write('y'.repeat(9_000_000))
    await fetch(`${url}/look`)
    stream().write('z'.repeat(9_000_000))
    await fetch(`${url}/look`)
    expect(endings).toEqual([expect.stringMatching(/^its reader is too slow/)])
  })

  it('a caller of HTTP/1.0 gets the records alone, and the end of the connection', async () => {
    const { route, stream } = streaming()
    const { port } = await serve({ routes: [route] })
    const wire = new Wire(port).send('GET /stream HTTP/1.0\r\n\r\n')
    await wire.until((text) => text.endsWith('first'))
    stream().write('last')
    stream().end()
    const text = await wire.closed()
    expect(text.split('\r\n\r\n')[1]).toBe('firstlast')
  })
})
