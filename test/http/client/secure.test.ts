import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { RefusedError } from '../../../src/http/client/errors.ts'
import { temporaryFolder, until } from '../../executors/harness.ts'
import { ownCertificate } from '../../support/certificate.ts'
import { cluster } from '../scheduler/support.ts'
import { Client } from './support.ts'

const credentials = JSON.stringify({ credentials: [{ principal: 'web', secret: 'one' }] })

describe('Schedulers over HTTP: who they are', () => {
  test('who shows the wrong secret, or none, is refused; the right one makes the principal', async () => {
    const head = await cluster(1, { security: { credentials, authenticateFrameworks: true } })
    for (const shown of [{}, { credentials: { principal: 'web', secret: 'two' } }]) {
      const stranger = new Client(head.place, shown)
      const error = await stranger.framework.ended
      expect(error?.cause).toBeInstanceOf(RefusedError)
      expect(error?.cause).toMatchObject({ status: 401 })
      expect(error?.message).not.toContain('two')
    }
    const client = new Client(head.place, { credentials: { principal: 'web', secret: 'one' } })
    const id = await client.framework.registered
    client.framework.launch(await client.offer(), { id: 'T1', command: 'exit 0' })
    await client.reaches('T1', 'TASK_FINISHED')
    const answer = await fetch(`http://${head.place}/frameworks`)
    expect(await answer.json()).toMatchObject({ frameworks: [{ id, principal: 'web' }] })
  })

  test('https: a certificate that is trusted, and one that is not', async () => {
    const { key, cert } = ownCertificate(temporaryFolder())
    const head = await cluster(0, { security: { tls: { key, cert } } })
    const stranger = new Client(`https://${head.place}`)
    await until('its trouble', () => stranger.troubles.some((why) => why.includes('self-signed')))
    await stranger.framework.stop()
    const client = new Client(`https://${head.place}`, { ca: readFileSync(cert) })
    await client.framework.registered
    client.framework.suppress()
    await until('a call', () => head.snapshot().frameworks[0]?.suppressed.includes('eng'))
    expect(client.troubles).toEqual([])
  })
})
