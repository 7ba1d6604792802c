import { createHmac } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AgentDoors } from '../../../src/cluster/processes/agent-doors.ts'
import { ExecutorTokens } from '../../../src/http/security/executor-tokens.ts'
import { Refusal } from '../../../src/http/server/answers.ts'
import { temporaryFolder, until } from '../../executors/harness.ts'
import { program, startAgent, taskOf } from './support.ts'

const key = Buffer.alloc(32, 1)
const tokens = new ExecutorTokens(key)
const claims = { fid: 'F', eid: 'E', cid: 'C' }
const realm = 'mesos-agent-executor'

function statusOf(shown: string | undefined): number | undefined {
  try {
    tokens.identify(shown, realm)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.status
    throw error
  }
}

function signed(head: object, body: object): string {
  const text = [head, body].map((part) => encoded(JSON.stringify(part))).join('.')
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url')
}

describe('Executor tokens', () => {
  test('one that was signed here shows whose it is', () => {
    expect(tokens.identify(`Bearer ${tokens.sign(claims)}`, realm)).toEqual({ claims })
  })

  test('it is a JSON Web Token as others read it', () => {
    const [head = '', body = ''] = tokens.sign(claims).split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(head)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(read(body)).toEqual(claims)
  })

  test.for([
    ['nothing', undefined],
    ['no token', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['another key', `Bearer ${new ExecutorTokens(Buffer.alloc(32, 2)).sign(claims)}`],
    ['no signature', `Bearer ${tokens.sign(claims).split('.').slice(0, 2).join('.')}.`],
    ['another algorithm', `Bearer ${signed({ alg: 'none', typ: 'JWT' }, claims)}`],
    ['more parts', `Bearer ${tokens.sign(claims)}.x`],
  ] as const)('%s is refused with 401', ([, shown]) => {
    expect(statusOf(shown)).toBe(401)
  })

  test('claims that were changed are refused', () => {
    const [head, , signature] = tokens.sign(claims).split('.')
    const body = encoded(JSON.stringify({ ...claims, eid: 'X' }))
    expect(statusOf(`Bearer ${head}.${body}.${signature}`)).toBe(401)
  })

  test('an agent that asks for them lets its executors in, and nobody else', async () => {
    const workDir = temporaryFolder()
    const http = { authenticateExecutors: true }
    const { master, endpoint } = await startAgent({ workDir, http })
    master.launch(taskOf('T1', program()))
    await master.reaches('T1', 'TASK_RUNNING')
    master.say('hello')
    await until('an answer', () => master.words().includes('hello'))
    const answer = await fetch(`http://127.0.0.1:${endpoint.port}/api/v1/executor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mesos-agent-executor"')
    expect(statSync(join(workDir, 'executor-key')).mode & 0o777).toBe(0o600)
  })
})

describe('Doors of an agent', () => {
  test('others than this machine need to show who they are, or a flag', async () => {
    await expect(AgentDoors.listen({ ip: '0.0.0.0' })).rejects.toThrow('say insecure')
    const doors = await AgentDoors.listen({ ip: '0.0.0.0', insecure: true })
    expect(doors.endpoint.ip).not.toBe('0.0.0.0')
    await doors.close()
  })

  test('a port that is taken is said in a sentence', async () => {
    const doors = await AgentDoors.listen({})
    const { port } = doors.endpoint
    await expect(AgentDoors.listen({ port })).rejects.toThrow(
      `the agent cannot listen on 127.0.0.1:${port}: somebody listens there already`,
    )
    await doors.close()
  })
})
