import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { json, Refusal } from '../../../src/http/server/answers.ts'
import type { Route } from '../../../src/http/server/route.ts'
import { request, serve, Wire } from './support.ts'

const echo: Route = {
  path: '/echo',
  methods: ['POST', 'PUT'],
  handle: ({ body, query }) => json({ body: body.toString(), of: query.get('of') }),
}
const look: Route = { path: '/look', methods: ['GET'], handle: () => json({ seen: true }) }

describe('HTTP server: which route answers', () => {
  it('slashes around a path do not count; what lies below is there where the route says so', async () => {
    const named = (path: string, below?: RegExp): Route => ({
      path,
      ...(below && { below }),
      methods: ['GET'],
      handle: ({ path: own, below: rest }) => json([own, rest]),
    })
    const routes = [named('/look', /^[a-z/]+$/), named('/look/far'), named('/alone')]
    const { url } = await serve({ routes })
    const found = async (path: string): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`)
      return answer.status === 200 ? answer.json() : answer.status
    }
    for (const path of ['/look', '/look?x=/far', '/look/', '//look', '/look//?x=1']) {
      expect([path, await found(path)]).toEqual([path, ['/look', '']])
    }
    expect(await found('/look/more')).toEqual(['/look', 'more'])
    expect(await found(`/look${'/x'.repeat(2_000)}`)).toEqual(['/look', `x${'/x'.repeat(1_999)}`])
    expect(await found('/look/far/')).toEqual(['/look/far', ''])
    expect(await found('/look/farther')).toEqual(['/look', 'farther'])
    expect(await found('/alone/')).toEqual(['/alone', ''])
    const unknown = ['/', '/LOOK', '/looks', '/x/look', '/%6cook', '/alone/more', '/look/far/away']
    for (const path of [...unknown, '/look/MORE'])
      expect([path, await found(path)]).toEqual([path, 404])
  })

  it('a method that the path does not have is told which it has', async () => {
    const { url } = await serve({ routes: [echo, look] })
    const answer = await fetch(`${url}/echo`, { method: 'DELETE' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, PUT'])
    expect(await answer.text()).toBe('/echo answers to POST, PUT, and not to DELETE.')
    expect((await fetch(`${url}/look`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${url}/echo`, { method: 'HEAD' })).status).toBe(405)
  })

  it('a body of JSON, the query and plain text', async () => {
    const { url } = await serve({ routes: [echo] })
    const answer = await fetch(`${url}/echo?of=a%20b`, { method: 'POST', body: 'é' })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual({ body: 'é', of: 'a b' })
  })
})

describe('HTTP server: bodies', () => {
  it('may be gzip, and what is said to be gzip and is not is refused', async () => {
    const { url } = await serve({ routes: [echo] })
    const post = async (body: Uint8Array<ArrayBuffer>, encoding: string) => {
      const headers = { 'content-encoding': encoding }
      const answer = await fetch(`${url}/echo`, { method: 'POST', body, headers })
      return [answer.status, await answer.text()]
    }
    const packed = new Uint8Array(gzipSync('packed'))
    expect(await post(packed, 'gzip')).toEqual([200, '{"body":"packed","of":null}'])
    expect(await post(packed.slice(4), 'gzip')).toEqual([
      400,
      'The body is said to be gzip and is not.',
    ])
    expect(await post(packed, 'br')).toEqual([
      415,
      'The body is encoded as br; send it as it is, or as gzip.',
    ])
  })

  it('are bounded: by what is announced, by what comes, and by what they inflate to', async () => {
    const { port, url } = await serve({ routes: [echo], limits: { bodyBytesMax: 1_000 } })
    const announced = new Wire(port).send('POST /echo HTTP/1.1\r\nhost: x\r\n')
    announced.send('content-length: 1001\r\n\r\n')
    expect(await announced.until((text) => text.includes('bytes.'))).toContain(' 413 ')
    const chunked = new Wire(port).send('POST /echo HTTP/1.1\r\nhost: x\r\n')
    chunked.send(`transfer-encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1_001)}\r\n`)
    expect(await chunked.closed()).toContain('413 Payload Too Large')
    const bomb = await fetch(`${url}/echo`, {
      method: 'POST',
      body: new Uint8Array(gzipSync('x'.repeat(1_001))),
      headers: { 'content-encoding': 'gzip' },
    })
    expect(bomb.status).toBe(413)
    const below = new Wire(port).send('POST /echo/ HTTP/1.1\r\nhost: x\r\n')
    below.send('content-length: 1001\r\n\r\n')
    expect(await below.until((text) => text.includes('bytes.'))).toContain(' 413 ')
    const full = await fetch(`${url}/echo`, { method: 'POST', body: 'x'.repeat(1_000) })
    expect(full.status).toBe(200)
  })

  it('of a caller who hangs up in the middle are not handled', async () => {
    const bodies: string[] = []
    const note: Route = {
      path: '/note',
      methods: ['POST'],
      handle: ({ body }) => {
        bodies.push(body.toString())
        return json({})
      },
    }
    const { port, url } = await serve({ routes: [note] })
    const caller = new Wire(port).send(
      'POST /note HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n',
    )
    caller.send('half')
    await new Promise<void>((sent) => caller.socket.end(() => sent()))
    await caller.closed()
    await fetch(`${url}/note`, { method: 'POST', body: 'whole' })
    expect(bodies).toEqual(['whole'])
  })
})

describe('HTTP server: the order of one connection', () => {
  it('pipelined requests are carried out in order, though the first has to be inflated', async () => {
    const seen: string[] = []
    const note: Route = {
      path: '/note',
      methods: ['POST'],
      handle: async ({ body }) => {
        const text = body.toString()
        seen.push(`${text} begins`)
        if (text === 'slow') await new Promise((later) => setImmediate(later))
        seen.push(`${text} ends`)
        return json(text)
      },
    }
    const { port } = await serve({ routes: [note, look] })
    const wire = new Wire(port)
    const packed = gzipSync('packed')
    const head = `content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n`
    wire.send(`POST /note HTTP/1.1\r\nhost: x\r\n${head}\r\n`)
    wire.socket.write(packed)
    wire.send(request('POST', '/note', 'slow') + request('POST', '/note', 'last'))
    wire.send(request('GET', '/nowhere') + request('GET', '/look'))
    const text = await wire.until((so) => so.includes('seen'))
    expect(seen).toEqual([
      'packed begins',
      'packed ends',
      'slow begins',
      'slow ends',
      'last begins',
      'last ends',
    ])
    expect(text.match(/"\w+"(?=HTTP)|HTTP\/1.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      '"packed"',
      'HTTP/1.1 200',
      '"slow"',
      'HTTP/1.1 200',
      '"last"',
      'HTTP/1.1 404',
      'HTTP/1.1 200',
    ])
  })

  it('whoever pipelines without end behind an answer that takes its time is cut off', async () => {
    const never: Route = {
      path: '/never',
      methods: ['GET'],
      handle: () => new Promise(() => {}),
    }
    const { port } = await serve({ routes: [never, look], limits: { requestsWaitingMax: 10 } })
    const wire = new Wire(port).send(request('GET', '/never'))
    for (let count = 0; count < 11; count++) wire.send(request('GET', '/look'))
    expect(await wire.closed()).toBe('')
  })
})

describe('HTTP server: what goes wrong', () => {
  it('a refusal is an answer; a bug is status 500, told to the operator and to nobody else', async () => {
    const troubles: string[] = []
    const bad: Route = {
      path: '/bad',
      methods: ['GET'],
      handle: ({ query }) => {
        if (query.has('refuse')) throw new Refusal(409, 'not now', { 'retry-after': '1' })
        throw new TypeError('secret')
      },
    }
    const { url } = await serve({
      routes: [bad],
      onTrouble: ({ message }) => void troubles.push(message),
    })
    const refused = await fetch(`${url}/bad?refuse`)
    expect([refused.status, await refused.text()]).toEqual([409, 'not now'])
    expect(refused.headers.get('retry-after')).toBe('1')
    const broken = await fetch(`${url}/bad`)
    expect(broken.status).toBe(500)
    expect(await broken.text()).not.toContain('secret')
    expect(troubles).toEqual(['secret'])
  })

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['a head that is too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(2_000)}`, 431],
    ['no host', 'GET /look HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 2\r\n\r\n', 400],
  ])('%s gets an answer, and the connection ends', async (_what, text, status) => {
    const { port } = await serve({ routes: [look], limits: { headerBytesMax: 1_000 } })
    const answer = await new Wire(port).send(text).closed()
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer.toLowerCase()).toContain('connection: close')
  })

  it('a head or a body that trickles is cut off in time; idle and silent connections are not', async () => {
    const { port } = await serve({
      routes: [echo, look],
      limits: { headersTimeoutMs: 80, requestTimeoutMs: 120 },
    })
    const idle = new Wire(port).send(request('GET', '/look'))
    await idle.until((text) => text.includes('seen'))
    const silent = new Wire(port)
    const head = new Wire(port).send('GET /look HTTP/1.1\r\nho')
    const body = new Wire(port).send('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nx')
    expect(await head.closed()).toContain(' 408 ')
    expect(await body.closed()).toContain(' 408 ')
    idle.send(request('GET', '/look'))
    await idle.until((text) => text.split('seen').length === 3)
    silent.send(request('GET', '/look'))
    expect(await silent.until((text) => text.includes('seen'))).toContain(' 200 ')
  })
})
