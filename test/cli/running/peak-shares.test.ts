import { expect, test } from 'vitest'
import { PeakShares } from '../../../src/cli/running/peak-shares.ts'

const agent = {
  id: 'S0',
  name: 'agent-1',
  state: 'connected',
  duty: 'active',
  total: { cpus: 2, 'cpus(eng)': 2, mem: 1000, ports: [[1, 9]] as [number, number][] },
  used: {},
  offered: {},
  free: {},
}

test('Peak: the largest part counts, of whatever there is the largest part, reserved or not', () => {
  const peaks = new PeakShares([agent])
  peaks.launched('ads', 'a-1', { cpus: 1, mem: 100 })
  peaks.launched('ads', 'a-1', { cpus: 1, mem: 100 })
  expect(peaks.of('ads')).toEqual({ resource: 'cpus', share: 0.25 })
  peaks.launched('ads', 'b-1', { mem: 500, ports: 2 })
  expect(peaks.of('ads')).toEqual({ resource: 'mem', share: 0.6 })
  peaks.ended('ads', 'b-1')
  peaks.ended('ads', 'b-1')
  peaks.launched('ads', 'a-2', { cpus: 1 })
  expect(peaks.of('ads')).toEqual({ resource: 'mem', share: 0.6 })
  expect(peaks.of('web')).toBeUndefined()
})
