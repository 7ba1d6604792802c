import { describe, expect, it } from 'vitest'
import { Stage } from '../support/stage.ts'

/** A real scheduler, which its master believes to be gone: the link broke, and only it noticed. */
function stageWithForgotten() {
  const stage = new Stage()
  const ends: string[] = []
  const framework = stage.framework(
    'first',
    { offers: () => {}, failed: ({ message }) => void ends.push(message) },
    { failoverTimeoutMs: 60_000 },
  )
  stage.settle()
  const address = 'scheduler/first'
  const reason = 'its link broke'
  const message = { type: 'lifecycle.exited', address, reason } as const
  stage.road.send({ from: 'host', to: 'master', message })
  stage.settle()
  return { stage, framework, ends }
}

describe('A scheduler that the master has forgotten (found by simulation with master crashes)', () => {
  it('registers again at its next call, and goes on', () => {
    const { stage, framework, ends } = stageWithForgotten()
    framework.revive()
    stage.settle()
    expect(ends).toEqual([])
    expect([...stage.ledger.frameworks.values()].map(({ state }) => state)).toEqual(['connected'])
  })

  it('is sent away when another instance has taken its place meanwhile', () => {
    const { stage, framework, ends } = stageWithForgotten()
    const [frameworkId = ''] = stage.ledger.frameworks.keys()
    stage.mailbox('scheduler/heir').say({
      type: 'lifecycle.reregister',
      frameworkId,
      framework: { name: 'first', roles: ['first'], failoverTimeoutMs: 60_000 },
    })
    stage.settle()
    framework.revive()
    stage.settle()
    expect(ends).toHaveLength(1)
    expect(stage.ledger.frameworks.get(frameworkId)?.address).toBe('scheduler/heir')
  })
})
