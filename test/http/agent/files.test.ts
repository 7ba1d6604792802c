import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Authorizer } from '../../../src/http/security/authorizer.ts'
import { temporaryFolder } from '../../executors/harness.ts'
import { frameworkId, program, startAgent, taskOf } from '../executor/support.ts'
import { asked, eventually, shown, working } from './support.ts'

describe('Operators of an agent: files', () => {
  const paths = (files: { path: string }[]) => files.map(({ path }) => path)

  test('a sandbox is browsed, read and downloaded, by its virtual path and its real one', async () => {
    const started = await working()
    const run = `/frameworks/${frameworkId}/executors/C1/runs/latest`
    for (const folder of [run, `${started.workDir}/slaves/S${run}`, started.sandbox]) {
      const { file_infos } = await asked(started, 'LIST_FILES', { path: folder })
      expect(paths(file_infos)).toContain(`${folder}/stdout`)
      const read = { path: `${folder}/stdout`, offset: 1, length: 3 }
      const { size, data } = await asked(started, 'READ_FILE', read)
      expect([size, Buffer.from(data, 'base64').toString()]).toEqual([6, 'ell'])
    }
    const path = encodeURIComponent(`${run}/stdout`)
    const browsed = await shown(started, `/files/browse?path=${encodeURIComponent(run)}`)
    expect(browsed).toContainEqual(expect.objectContaining({ mode: '-rw-r--r--', size: 6 }))
    const read = (range: string) => shown(started, `/files/read?path=${path}${range}`)
    expect(await read('')).toEqual({ data: '', offset: 6 })
    expect(await read('&offset=-1&length=-1')).toEqual({ data: '', offset: 6 })
    expect(await read('&offset=4&length=-1')).toEqual({ data: 'o\n', offset: 4 })
    expect(await read('&offset=1&length=0')).toEqual({ data: '', offset: 1 })
    expect(await read('&offset=9&length=3')).toEqual({ data: '', offset: 9 })
    expect(await shown(started, `/files/browse?path=${path}`)).toEqual([])
    expect(await asked(started, 'LIST_FILES', { path: `${run}/stdout` })).toEqual({})
    const around = encodeURIComponent(`${started.sandbox}/../${basename(started.sandbox)}/stdout`)
    expect(await shown(started, `/files/read?path=${around}&offset=0`)).toMatchObject({ offset: 0 })
    const base = `http://127.0.0.1:${started.endpoint.port}`
    for (const range of ['offset=-2', 'offset=0&length=-2', 'offset=1.5', 'length=x']) {
      const { status } = await fetch(`${base}/files/read?path=${path}&${range}`)
      expect([range, status]).toEqual([range, 400])
    }
    const whole = await fetch(`${base}/files/download?path=${path}`)
    expect(whole.headers.get('content-disposition')).toContain('attachment')
    expect(await whole.text()).toBe('hello\n')
  })

  test('those of a group are below its executor', async () => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const executor = { executorId: 'pod', type: 'DEFAULT' as const }
    const task = { ...taskOf('G1', executor), command: { value: 'echo one; sleep 100' } }
    const { framework } = started.master
    const type = 'task.launchGroup' as const
    started.master.tell({ type, frameworkId, framework, executor, tasks: [task] })
    await started.master.reaches('G1', 'TASK_RUNNING')
    const run = `/frameworks/${frameworkId}/executors/pod/runs/latest`
    const { file_infos } = await asked(started, 'LIST_FILES', { path: run })
    expect(paths(file_infos)).toEqual([`${run}/tasks`])
    const below = await asked(started, 'LIST_FILES', { path: `${run}/tasks` })
    expect(paths(below.file_infos)).toEqual([`${run}/tasks/G1`])
    const inside = await asked(started, 'LIST_FILES', { path: `${run}/tasks/G1` })
    expect(paths(inside.file_infos)).toContain(`${run}/tasks/G1/stdout`)
  })

  test.for([
    ['another folder of this machine', '/etc/passwd', 404],
    ['a way up', 'SANDBOX/../../etc/passwd', 404],
    ['a way up in disguise', 'SANDBOX/a/../../x', 404],
    ['a way up through what is not there', 'SANDBOX/a/../stdout', 404],
    ['a way up to what is there', 'SANDBOX/..', 400],
    ['a long way up', `SANDBOX/${'../'.repeat(20)}etc/passwd`, 400],
    ['a way up to a neighbour', 'SANDBOX/../C1-2', 400],
    ['a way up in front', '/tmp/../etc/passwd', 404],
    ['a neighbour', 'SANDBOX-2/stdout', 404],
    ['a link out of it', 'SANDBOX/out', 400],
    ['what is behind a link out of it', 'SANDBOX/etc/passwd', 400],
    ['a folder', 'SANDBOX', 400],
    ['a pipe that nobody writes to', 'SANDBOX/pipe', 400],
    ['nothing', 'SANDBOX/missing', 404],
    ['a name with a zero', 'SANDBOX/a%00b', 404],
  ] as const)('%s is not read', async ([, place, status]) => {
    const started = await startAgent({ workDir: temporaryFolder() })
    const { executor: _, ...plain } = taskOf('C1', program())
    const value = 'ln -s /etc/passwd out; ln -s /etc etc; mkfifo pipe; echo done; sleep 100'
    started.master.launch({ ...plain, command: { value } })
    const { sandbox = '' } = await started.master.reaches('C1', 'TASK_RUNNING')
    writeFileSync(`${sandbox}-2`, 'not yours')
    const base = `http://127.0.0.1:${started.endpoint.port}`
    const ready = encodeURIComponent(join(sandbox, 'stdout'))
    await eventually('the links', async () => {
      return (await shown(started, `/files/read?path=${ready}&offset=0`)).data === 'done\n'
    })
    const path = encodeURIComponent(place.replace('SANDBOX', sandbox)).replace('%2500', '%00')
    const answers = await Promise.all(
      ['read', 'download'].map((what) => fetch(`${base}/files/${what}?path=${path}&offset=0`)),
    )
    expect(answers.map((answer) => answer.status)).toEqual([status, status])
  })

  test('without a path it is 400, and who may not look gets 403', async () => {
    const authorizer: Authorizer = { may: (_, action) => action !== 'access_sandboxes' }
    const started = await startAgent({ workDir: temporaryFolder(), http: { authorizer } })
    started.master.launch(taskOf('T1', program()))
    await started.master.reaches('T1', 'TASK_RUNNING')
    const base = `http://127.0.0.1:${started.endpoint.port}`
    expect((await fetch(`${base}/files/browse`)).status).toBe(400)
    const path = `/frameworks/${frameworkId}/executors/prog/runs/latest`
    expect((await fetch(`${base}/files/browse?path=${path}`)).status).toBe(403)
  })
})
