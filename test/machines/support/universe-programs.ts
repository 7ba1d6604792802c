import type { MasterEvent } from '../../../src/machines/master.ts'
import type { ExecutorInfo, Operation, TaskInfo } from '../../../src/messages/index.ts'
import type { Ledger } from '../../../src/model/ledger/ledger.ts'
import {
  agentId,
  agentReturns,
  firstId,
  from,
  gone,
  info,
  joins,
  run,
  task,
} from './told-master.ts'
import { scripted, when, world } from './universe-master.ts'

/** Executors that hold resources, alone and for a group, and what is said to and of them. */

const roomy = { ...info, resources: { cpus: 4, mem: 256, disk: 64 } }
export const program: ExecutorInfo = {
  executorId: 'program',
  type: 'CUSTOM',
  command: { value: 'serve' },
  resources: { cpus: 0.5, mem: 32 },
}
export const pod: ExecutorInfo = {
  executorId: 'pod',
  type: 'DEFAULT',
  frameworkId: firstId,
  resources: { cpus: 0.1, mem: 32, disk: 8 },
}
const { command, ...plain } = task
export const served: TaskInfo = { ...plain, executor: program }
export const member: TaskInfo = { ...plain, taskId: 'T2', command: command ?? { value: 'true' } }

function accept(book: Ledger, ...operations: Operation[]): MasterEvent {
  const id = book.frameworkAt.get(from.one) ?? ''
  const [own = 'm-O9'] = [...(book.frameworks.get(id)?.offers ?? [])]
  return { type: 'allocation.accept', from: from.one, offerIds: [own], operations }
}

function ends(executorId: string): MasterEvent {
  const type = 'lifecycle.executorExited'
  return { type, from: from.agent, agentId, frameworkId: firstId, executorId, status: 9 }
}

const about = { agentId, executorId: 'program' }
const data = 'aGk='
const returns = { ...agentReturns(), agent: roomy }

function started(book: Ledger) {
  return [
    { done: book.nextFramework > 0, event: joins.one },
    { done: book.nextAgent > 0, event: { ...joins.agent, agent: roomy } },
    { done: book.nextOffer > 0, event: run },
  ]
}

export const programs = world((book) =>
  scripted(started(book), () => [
    ...when(book.nextOffer < 2, run),
    accept(book, { type: 'LAUNCH', tasks: [served] }),
    accept(book, { type: 'LAUNCH', tasks: [{ ...served, executor: pod }] }),
    accept(book, { type: 'LAUNCH_GROUP', executor: pod, tasks: [member] }),
    accept(book, { type: 'LAUNCH_GROUP', executor: pod, tasks: [] }),
    ends('program'),
    ends('pod'),
    gone(from.agent),
    returns,
    { ...returns, executors: [{ frameworkId: firstId, executor: program }] },
  ]),
)

/** What is said past the master, and by those who have the last word. */
export const words = world((book) =>
  scripted(started(book), () => [
    { type: 'lifecycle.shutdownExecutor', from: from.one, ...about },
    { type: 'lifecycle.shutdownExecutor', from: 'scheduler/x', ...about },
    { type: 'task.message', from: from.one, ...about, data },
    { type: 'task.message', from: from.agent, ...about, frameworkId: firstId, data },
    {
      type: 'lifecycle.describeFramework',
      from: from.one,
      framework: { ...joins.one.framework, roles: ['other'] },
    },
    { type: 'lifecycle.describeFramework', from: from.one, framework: { name: ' ', roles: [] } },
    { type: 'lifecycle.teardown', from: 'operator', requestId: '1', frameworkId: firstId },
    { type: 'lifecycle.teardown', from: 'operator', requestId: '1', frameworkId: 'm-9999' },
    ...when(book.nextOperation < 1, reserve('a'), reserve('b')),
    gone(from.agent),
  ]),
)

function reserve(agent: string): MasterEvent {
  const operation = { type: 'RESERVE', resources: { 'cpus(one,)': 1 } } as const
  return { type: 'allocation.operate', from: 'operator', requestId: '1', agent, operation }
}
