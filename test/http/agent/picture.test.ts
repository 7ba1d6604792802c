import { describe, expect, it } from 'vitest'
import type { Authorizer } from '../../../src/http/security/authorizer.ts'
import { asked, working } from './support.ts'

describe('Operators of an agent: what may not be seen', () => {
  it('a command whose task is hidden is judged by as whom it runs all the same', async () => {
    const judged = new Set<string | undefined>()
    const authorizer: Authorizer = {
      may: (_, action, { executor }) => {
        if (action === 'view_executors') judged.add(executor?.command?.value)
        return action !== 'view_tasks'
      },
    }
    const started = await working(authorizer)
    judged.clear()
    expect((await asked(started, 'GET_TASKS')).launched_tasks).toEqual([])
    expect((await asked(started, 'GET_EXECUTORS')).executors).toHaveLength(2)
    expect([...judged]).toContain('echo hello; sleep 100')
  })
})
