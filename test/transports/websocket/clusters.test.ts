import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../../src/messages/index.ts'
import { startHub, startSpoke, until } from './support.ts'

describe('WebSocket link: clusters', () => {
  it('whoever remembers another cluster is sent away before the master hears of it', async () => {
    const { hub, marks, place } = await startHub({ clusterId: 'here' })
    const heard: Envelope[] = []
    hub.subscribe('master', (envelopes) => heard.push(...envelopes))
    const { spoke, news } = startSpoke(place, { clusterId: () => 'there' })
    spoke.subscribe('agent/a', () => {})
    await until('it is sent away', () => news.length > 0)
    expect(news[0]).toEqual({
      type: 'down',
      reason:
        'closed with 4410: it belongs to the cluster there, this master to here; link it up with a master of its own cluster, or start it in an empty work directory',
      denied: true,
    })
    expect([hub.seats, heard]).toEqual([[], []])
    expect(marks[0]).toMatchObject({
      name: 'link.rejected',
      detail: expect.stringMatching(
        /^127.+: it belongs to the cluster there, this master to here$/,
      ),
    })
  })

  const welcome: [string, string | undefined, string | undefined][] = [
    ['of the same cluster', 'here', 'here'],
    ['that remembers none', 'here', undefined],
    ['of any, where the master keeps none', undefined, 'there'],
  ]
  for (const [who, ours, theirs] of welcome) {
    it(`one ${who} is welcome`, async () => {
      const { hub, place } = await startHub(ours === undefined ? {} : { clusterId: ours })
      const { spoke } = startSpoke(place, { clusterId: () => theirs })
      spoke.subscribe('agent/a', () => {})
      await until('it is linked', () => spoke.isOpen)
      expect(hub.seats).toEqual(['agent/a'])
    })
  }
})
