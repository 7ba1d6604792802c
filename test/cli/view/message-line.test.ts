import { expect, test } from 'vitest'
import { messageLine, remarkLine } from '../../../src/cli/view/message-line.ts'
import { Style } from '../../../src/cli/view/style.ts'
import { widthOf } from '../../../src/cli/view/width.ts'
import type { Envelope } from '../../../src/messages/index.ts'
import { shortAddress, shortId } from '../../../src/simulation/message-text.ts'

const wide = { style: new Style(false), columns: Infinity }

const offer = {
  offerId: 'm4st3rid-O7',
  frameworkId: 'm4st3rid-0000',
  agentId: 'm4st3rid-S0',
  hostname: 'agent-1',
  role: 'a',
  resources: { cpus: 4, mem: 4096 },
}
const offered: Envelope = {
  from: 'master',
  to: 'scheduler/a',
  message: { type: 'allocation.offer', offers: [offer] },
}

test('Message line: time, family, speakers, verb and what it is about', () => {
  expect(messageLine(offered, 1_230, wide)).toBe(
    ' 1.23 s  allocation  master → a                  offer O7 <4 cpus, 4096 MB> of agent-1',
  )
  expect(remarkLine('a', 'takes it', 1_230, wide)).toBe(
    ' 1.23 s              a                           takes it',
  )
})

test('Message line: on a narrow terminal it goes on below, in its column', () => {
  const lines = messageLine(offered, 0, { ...wide, columns: 70 }).split('\n')
  expect(lines).toEqual([
    ' 0.00 s  allocation  master → a            offer O7 <4 cpus, 4096 MB>',
    '                                           of agent-1',
  ])
})

test('Message line: what is done with resources, and what became of it', () => {
  const volumes = { 'disk(eng,ops)[db:data]': 5 }
  const tasks = [{ taskId: 'T', name: 'T', agentId: 'S', resources: { cpus: 1 } }]
  const accept: Envelope = {
    from: 'scheduler/a',
    to: 'master',
    message: {
      type: 'allocation.accept',
      offerIds: ['m4st3rid-O7'],
      operations: [
        { type: 'RESERVE', resources: { 'cpus(eng,ops)': 2 } },
        { type: 'GROW_VOLUME', volumes },
        { type: 'LAUNCH', tasks },
      ],
    },
  }
  expect(messageLine(accept, 0, wide)).toMatch(
    /accept reserve <2 cpus reserved for eng>, grow volume <volume db of 5 MB>, launch T on O7$/,
  )
  const apply: Envelope = {
    from: 'master',
    to: 'agent/a',
    message: {
      type: 'allocation.apply',
      operations: [{ operationNumber: 3, operation: { type: 'CREATE', volumes } }],
    },
  }
  expect(messageLine(apply, 0, wide)).toMatch(/apply create <volume db of 5 MB>$/)
  const failed: Envelope = {
    from: 'agent/a',
    to: 'master',
    message: {
      type: 'allocation.operationUpdate',
      agentId: 'S',
      updates: [{ operationNumber: 3, state: 'OPERATION_FAILED', message: 'full' }],
      resources: {},
    },
  }
  expect(messageLine(failed, 0, wide)).toMatch(/operationUpdate #3 FAILED \(full\)$/)
  const told: Envelope = {
    from: 'master',
    to: 'scheduler/a',
    message: {
      type: 'allocation.operationUpdate',
      updates: [{ operationId: 'P', state: 'OPERATION_FINISHED' }],
    },
  }
  expect(messageLine(told, 0, wide)).toMatch(/operationUpdate P FINISHED$/)
})

test('Message line: long batches are counted, and each family has a colour of its own', () => {
  const taskIds = ['a', 'b', 'c', 'd', 'e', 'f']
  const kill: Envelope = {
    from: 'scheduler/a',
    to: 'master',
    message: { type: 'task.kill', kills: taskIds.map((taskId) => ({ taskId })) },
  }
  expect(messageLine(kill, 0, wide)).toMatch(/kill a, b, c, d and 2 more$/)
  const look = { style: new Style(true), columns: 80 }
  const colourOf = (envelope: Envelope) => messageLine(envelope, 0, look).match(/\[3\dm/)?.[0]
  expect(colourOf(kill)).not.toBe(colourOf(offered))
  expect(widthOf(messageLine(kill, 0, look))).toBeLessThanOrEqual(80)
})

test('Message line: addresses and ids are told without the id of the master', () => {
  expect(['master', 'agent/agent-1', 'scheduler/a'].map(shortAddress)).toEqual([
    'master',
    'agent-1',
    'a',
  ])
  expect(shortAddress('executor/agent-1/m4st3rid-0000/job-1')).toBe('executor job-1')
  expect(['m4st3rid-O12', 'm4st3rid-S0', 'm4st3rid-0001', 'job-1'].map(shortId)).toEqual([
    'O12',
    'S0',
    '0001',
    'job-1',
  ])
})
