import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { json } from '../../../src/http/server/answers.ts'
import type { Route } from '../../../src/http/server/route.ts'
import { serve } from './support.ts'

const state: Route = { path: '/state', methods: ['GET', 'POST'], handle: () => json({}) }

/** What a browser says of where a request comes from. */
interface Origin {
  readonly site?: string
  readonly mode?: string
}

async function statusOf(method: string, { site, mode }: Origin): Promise<number | undefined> {
  const { url } = await serve({ routes: [state] })
  const headers = {
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...(mode !== undefined && { 'sec-fetch-mode': mode }),
  }
  return new Promise((resolve, reject) => {
    request(`${url}/state`, { method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('HTTP server: what pages in a browser ask for', () => {
  it.each([
    ['a script or an image', 'GET', 'no-cors'],
    ['a fetch', 'GET', 'cors'],
    ['the question whether it may fetch', 'OPTIONS', 'cors'],
    ['a form that is posted', 'POST', 'navigate'],
  ])('another site: %s is 403', async (_what, method, mode) => {
    expect(await statusOf(method, { site: 'cross-site', mode })).toBe(403)
  })

  it('another site: a link may be followed', async () => {
    expect(await statusOf('GET', { site: 'cross-site', mode: 'navigate' })).toBe(200)
    expect(await statusOf('HEAD', { site: 'cross-site', mode: 'navigate' })).toBe(200)
  })

  it.each(['same-origin', 'same-site', 'none', undefined])(
    'this site, another port of it, an address that was typed, no browser: %s may',
    async (site) => {
      expect(await statusOf('POST', { ...(site && { site }), mode: 'cors' })).toBe(200)
      expect(await statusOf('GET', { ...(site && { site }), mode: 'no-cors' })).toBe(200)
    },
  )
})
