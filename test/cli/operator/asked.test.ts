import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { killCommand } from '../../../src/cli/operator/kill.ts'
import { logsCommand } from '../../../src/cli/operator/logs.ts'
import { psCommand } from '../../../src/cli/operator/tasks.ts'
import { weightsCommand } from '../../../src/cli/operator/weights.ts'
import { pretender, printed } from './support.ts'

describe('Commands for operators: who is asked, and as whom', () => {
  it('a task that needs no killing, or is out of reach, is told from one that is not there', async () => {
    const task = (framework: string, state: string) => ({
      ...{ framework_id: { value: framework }, task_id: { value: 'T' } },
      state,
    })
    const of = (name: string) => ({ framework_info: { id: { value: name }, name } })
    const get_tasks = {
      tasks: [task('eng', 'TASK_RUNNING')],
      unreachable_tasks: [task('ops', 'TASK_UNREACHABLE')],
      completed_tasks: [task('ads', 'TASK_FAILED'), task('ads', 'TASK_FINISHED')],
    }
    const { place } = await pretender({
      GET_TASKS: () => ({ type: 'GET_TASKS', get_tasks }),
      GET_FRAMEWORKS: () => ({
        type: 'GET_FRAMEWORKS',
        get_frameworks: { frameworks: ['eng', 'ads', 'ops'].map(of) },
      }),
      KILL_TASK: () => ({}),
    })
    const kill = (framework: string) =>
      printed(killCommand(), 'T', '--framework', framework, '--master', place)
    expect(await kill('eng')).toEqual(['task T is asked to end'])
    await expect(kill('ads')).rejects.toThrow('task T has ended already: TASK_FINISHED')
    await expect(kill('ops')).rejects.toThrow('task T is out of reach: its agent does not answer')
  })

  it('a place that is none, and one that speaks TLS or does not, are said', async () => {
    for (const number of ['5050', 'http://5050', '5050:1']) {
      await expect(printed(psCommand(), '--master', number)).rejects.toThrow(
        `--master: ${number} is no place; expected host:port or a URL`,
      )
    }
    const plain = await pretender({})
    await expect(printed(psCommand(), '--master', `https://${plain.place}`)).rejects.toThrow(
      'it does not speak TLS; try http://',
    )
    const rude = createServer((request) => void request.socket.destroy())
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void rude.close())
    const address = rude.address()
    const place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    await expect(printed(psCommand(), '--master', place)).rejects.toThrow(
      'it hangs up; does it want https://?',
    )
  })

  it('a principal shows its secret, and a refusal is said', async () => {
    const { heard, place } = await pretender({})
    const secret = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret')
    writeFileSync(secret, 'open sesame\n')
    const as = ['--principal', 'ops', '--secret-file', secret]
    const asked = printed(weightsCommand(), '--master', `http://${place}/`, ...as)
    await expect(asked).rejects.toThrow(`http://${place} answers 403: You may not.`)
    const shown = Buffer.from('ops:open sesame').toString('base64')
    expect(heard).toEqual([{ authorization: `Basic ${shown}`, type: 'GET_WEIGHTS' }])
    await expect(
      printed(weightsCommand(), '--principal', 'ops', '--master', place),
    ).rejects.toThrow('give --principal and --secret-file together')
  })

  it('what a task wrote is read from its agent, piece by piece', async () => {
    const text = Buffer.from('first\nsecond\n')
    const pieces: unknown[] = []
    const agent = await pretender({
      READ_FILE: (call) => {
        const { read_file } = JSON.parse(call)
        pieces.push(read_file)
        const data = text.subarray(read_file.offset, read_file.offset + 8).toString('base64')
        return { type: 'READ_FILE', read_file: { size: text.length, data } }
      },
    })
    const ids = { framework_id: { value: 'F' }, agent_id: { value: 'S' } }
    const task = { ...ids, task_id: { value: 'T' }, state: 'TASK_FINISHED' }
    const get_state = {
      get_tasks: { completed_tasks: [task] },
      get_agents: {
        agents: [{ agent_info: { id: { value: 'S' } }, pid: `slave(1)@${agent.place}` }],
      },
    }
    const { place } = await pretender({ GET_STATE: () => ({ type: 'GET_STATE', get_state }) })
    expect(await printed(logsCommand(), 'T', '-f', '--master', place)).toEqual(['first', 'second'])
    const path = '/frameworks/F/executors/T/runs/latest/stdout'
    expect(pieces).toMatchObject([0, 8, 13].map((offset) => ({ path, offset })))
    const told = await printed(logsCommand(), 'T', '--json', '--master', place)
    expect(JSON.parse(told.join('\n'))).toEqual({ path, data: 'first\nsecond\n' })
    await expect(printed(logsCommand(), 'T', '--json', '-f', '--master', place)).rejects.toThrow(
      'leave out --follow',
    )
  })

  it('a task is followed to its end, whatever is called so by then, and its framework too', async () => {
    const agent = await pretender({
      READ_FILE: (call) => {
        const { offset } = JSON.parse(call).read_file
        const data = Buffer.from('first\nlast\n')
          .subarray(offset, offset + 6)
          .toString('base64')
        return { type: 'READ_FILE', read_file: { size: 11, data } }
      },
    })
    const task = (framework: string) => ({
      ...{ framework_id: { value: framework }, agent_id: { value: 'S' }, task_id: { value: 'T' } },
      state: 'TASK_RUNNING',
    })
    const named = (id: string) => ({ framework_info: { id: { value: id }, name: 'eng' } })
    const agents = [{ agent_info: { id: { value: 'S' } }, pid: `slave(1)@${agent.place}` }]
    const get_state = {
      get_tasks: { tasks: [task('F')] },
      get_frameworks: { completed_frameworks: [named('F')] },
      get_agents: { agents },
    }
    const { place, heard } = await pretender({
      GET_STATE: () => ({ type: 'GET_STATE', get_state }),
      GET_TASKS: () => ({ type: 'GET_TASKS', get_tasks: { tasks: [task('G'), task('H')] } }),
    })
    const args = ['T', '-f', '--framework', 'eng', '--master', place]
    expect(await printed(logsCommand(), ...args)).toEqual(['first', 'last'])
    expect(heard.map(({ type }) => type)).toEqual(['GET_STATE', 'GET_TASKS'])
  })

  it('nobody is there, or somebody else', async () => {
    await expect(printed(psCommand(), '--master', '127.0.0.1:9')).rejects.toThrow(
      /nobody answers at http:\/\/127\.0\.0\.1:9: /,
    )
    await expect(printed(psCommand(), '--master', 'no place')).rejects.toThrow(/is no place/)
  })
})
