import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Authorizer } from '../../../src/http/security/authorizer.ts'
import { temporaryFolder } from '../../executors/harness.ts'
import { program, startAgent, taskOf } from '../executor/support.ts'

export type Started = Awaited<ReturnType<typeof startAgent>>

export function api({ endpoint }: Started, body: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${endpoint.port}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export async function asked(started: Started, type: string, part: object = {}) {
  const answer = await api(started, { type, [type.toLowerCase()]: part })
  expect(answer.status).toBe(200)
  const response = JSON.parse(await answer.text())
  expect(response.type).toBe(type)
  return response[type.toLowerCase()]
}

export async function shown({ endpoint }: Started, path: string) {
  const answer = await fetch(`http://127.0.0.1:${endpoint.port}${path}`)
  expect(answer.status).toBe(200)
  return JSON.parse(await answer.text())
}

/** What was told of a task, in either form. */
export function states({ statuses }: { statuses: { state: string }[] }): string[] {
  return statuses.map(({ state }) => state)
}

/** What no event tells is looked for until it is so. */
export async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`${what}: not so after 20 s`)
    await rest(5)
  }
}

/** An agent with a program that has a task, and a command that writes into its sandbox. */
export async function working(authorizer?: Authorizer) {
  const workDir = temporaryFolder()
  const started = await startAgent({ workDir, http: authorizer ? { authorizer } : {} })
  const { master } = started
  master.launch(taskOf('T1', program('prog', { resources: { cpus: 0.1, mem: 32 } })))
  const { executor: _, ...plain } = taskOf('C1', program())
  master.launch({ ...plain, command: { value: 'echo hello; sleep 100' } })
  await master.reaches('T1', 'TASK_RUNNING')
  const { sandbox = '' } = await master.reaches('C1', 'TASK_RUNNING')
  await eventually('its output', async () => {
    const path = encodeURIComponent(join(sandbox, 'stdout'))
    return (await shown(started, `/files/read?path=${path}&offset=0`)).data === 'hello\n'
  })
  return { ...started, sandbox, workDir }
}
