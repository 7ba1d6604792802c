import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../../src/machines/master.ts'
import type {
  FrameworkInfo,
  OperationStatus,
  ResourceOperation,
} from '../../../src/messages/index.ts'
import { Stage } from '../../machines/support/stage.ts'
import { agentAddress, agentId, masterInput } from '../../machines/support/told-master.ts'

/** Every check of an operation (Mesos: operation::validate), seen from the scheduler. */

const from = 'scheduler/one'
const machine = createMasterMachine()
const disk = 'disk(eng,ops)'
const db = `${disk}[db:data]`

const resources = {
  cpus: 2,
  mem: 64,
  gpus: 1,
  'cpus(eng)': 1,
  'cpus(eng,ops)': 3,
  'cpus{revocable}': 1,
  ports: [[1, 9]],
  [disk]: 100,
}
const eng: FrameworkInfo = {
  name: 'one',
  roles: ['eng'],
  principal: 'ops',
  capabilities: ['PARTITION_AWARE', 'GPU_RESOURCES', 'REVOCABLE_RESOURCES'],
}

/** A master that has offered all of its only agent to a framework of the role eng: offer m-O0. */
function offered(framework: FrameworkInfo = eng): Stage {
  const stage = new Stage(machine, masterInput)
  const agent = { hostname: 'a', resources }
  stage.tell({ type: 'lifecycle.registerAgent', from: agentAddress, agent })
  return stage.tell({ type: 'lifecycle.register', from, framework })
}

function accept(operations: readonly ResourceOperation[], offerIds = ['m-O0']) {
  return { type: 'allocation.accept', from, offerIds, operations }
}

/** What the scheduler hears of operations; those that nobody refused were sent to the agent. */
function refusals(stage: Stage): OperationStatus[] {
  return stage
    .hear('allocation.operationUpdate')
    .flatMap(({ updates }) =>
      updates.flatMap((update) => ('operationId' in update ? [update] : [])),
    )
}

const id = { operationId: 'P' }
const reserve = (key: string, amount: number) =>
  ({ type: 'RESERVE', ...id, resources: { [key]: amount } }) as const
const unreserve = (key: string, amount: number) =>
  ({ type: 'UNRESERVE', ...id, resources: { [key]: amount } }) as const
const onVolume = <Type extends 'CREATE' | 'DESTROY' | 'GROW_VOLUME' | 'SHRINK_VOLUME'>(
  type: Type,
  key: string,
  amount: number,
) => ({ type, ...id, volumes: { [key]: amount } })

const bad: [string, ResourceOperation, string | RegExp][] = [
  ['a problem already', { ...reserve('cpus(eng,ops)', 1), problem: 'give either' }, 'give either'],
  ['an id with a slash', { ...reserve('cpus(eng,ops)', 1), operationId: 'a/b' }, /is not legal/],
  ['next to nothing', reserve('cpus(eng,ops)', 0.0001), /less than a thousandth/],
  [
    'grow by nothing',
    onVolume('GROW_VOLUME', db, 0),
    'a volume grows or shrinks by more than nothing',
  ],
  ['shrink by nothing', onVolume('SHRINK_VOLUME', db, 0), /by more than nothing/],
  ['a negative amount', reserve('cpus(eng,ops)', -1), /cpus is -1/],
  ['half a gpu', reserve('gpus(eng,ops)', 0.5), /gpus come as whole units/],
  ['what nobody can read', reserve('cpus(eng,ops', 1), /^cpus\(eng,ops is no resource; write/],
  [
    'another notation of the same',
    reserve('cpus(eng,ops,b=1,a=2)', 1),
    'cpus(eng,ops,b=1,a=2) has another notation, which all use: cpus(eng,ops,a=2,b=1)',
  ],
  [
    'reserve without a reservation',
    reserve('cpus', 1),
    'cpus is not reserved; write cpus(eng,principal)',
  ],
  ['reserve for everybody', reserve('cpus(*,ops)', 1), /the role \* owns nothing/],
  ['reserve statically', reserve('cpus(eng)', 1), /would be a static reservation/],
  [
    'reserve for another role',
    reserve('cpus(sales,ops)', 1),
    'cpus(sales,ops) is for the role sales, but what was offered to eng can be reserved only for eng',
  ],
  [
    'reserve for a role below what is not reserved',
    reserve('cpus(eng/ads,ops)', 1),
    /can be reserved only for eng$/,
  ],
  [
    'refine for a role below the one that was offered to',
    reserve('cpus(eng)(eng/ads,ops)', 1),
    /is for the role eng\/ads, but what was offered to eng can be reserved only for eng$/,
  ],
  [
    'refine for another role than one below',
    reserve('cpus(eng)(sales,ops)', 1),
    /a reservation for eng can be refined only for a role below it/,
  ],
  [
    'reserve as somebody else',
    reserve('cpus(eng,sales)', 1),
    "cpus(eng,sales) names the principal sales, but the framework's is ops",
  ],
  [
    'reserve as nobody',
    reserve('cpus(eng,)', 1),
    "cpus(eng,) names no principal, but the framework's is ops",
  ],
  [
    'create as somebody else',
    { ...onVolume('CREATE', db, 60), creators: ['sales'] },
    "a volume names the principal sales as its creator, but the framework's is ops",
  ],
  [
    'create as nobody',
    { ...onVolume('CREATE', db, 60), creators: [''] },
    "a volume names no principal as its creator, but the framework's is ops",
  ],
  ['reserve more than is offered', reserve('cpus(eng,ops)', 3), 'the offers hold too little cpus'],
  ['reserve what is not there', reserve('pens(eng,ops)', 1), 'the offers hold no pens'],
  ['reserve what may be taken away', reserve('cpus(eng,ops){revocable}', 1), /cannot be reserved/],
  ['reserve a volume', reserve(db, 100), `${db} is a volume; reserve the disk, then create it`],
  [
    'reserve the same ports twice',
    {
      type: 'RESERVE',
      ...id,
      resources: { 'ports(eng,ops)': [[1, 5]], 'ports(eng,ops,a=b)': [[5, 6]] },
    },
    'the offers hold too little ports',
  ],
  [
    'reserve the same cpus twice',
    { type: 'RESERVE', ...id, resources: { 'cpus(eng,ops,a=b)': 2, 'cpus(eng,ops,a=c)': 1 } },
    'the offers hold no cpus',
  ],
  ['unreserve what is not reserved', unreserve('cpus', 1), 'cpus is not reserved'],
  ['unreserve since the start', unreserve('cpus(eng)', 1), /since the agent's start/],
  ['unreserve too much', unreserve('cpus(eng,ops)', 4), 'the offers hold too little cpus(eng,ops)'],
  ['unreserve a volume', unreserve(db, 100), `${db} is a volume; destroy it first`],
  ['create what is no volume', onVolume('CREATE', disk, 10), /is no volume; write disk/],
  ['create of unreserved disk', onVolume('CREATE', 'disk[db:data]', 10), /needs a reservation/],
  ['create of memory', onVolume('CREATE', 'mem(eng,ops)[db:data]', 10), /only disk can be/],
  ['create too large', onVolume('CREATE', db, 101), `the offers hold too little ${disk}`],
  ['create without an id', onVolume('CREATE', `${disk}[:data]`, 10), /is no resource/],
  ['create with a bad id', onVolume('CREATE', `${disk}[..:data]`, 10), /the volume id ".."/],
  ['create outside the sandbox', onVolume('CREATE', `${disk}[db:../data]`, 10), /inside/],
  ['create at an absolute path', onVolume('CREATE', `${disk}[db:/data]`, 10), /be relative/],
  ['create in place of the sandbox', onVolume('CREATE', `${disk}[db:.]`, 10), /inside/],
  ['create in place of the output', onVolume('CREATE', `${disk}[db:stdout]`, 10), /is taken/],
  ['create at a path with a zero', onVolume('CREATE', `${disk}[db:a%00b]`, 10), /not legal/],
  [
    'create one twice',
    { type: 'CREATE', ...id, volumes: { [db]: 10, [`${disk}[db:other]`]: 10 } },
    'the volume db of the role eng is created twice',
  ],
  ['destroy what is not there', onVolume('DESTROY', db, 10), `the offers hold no ${db}`],
  ['grow what is not there', onVolume('GROW_VOLUME', db, 10), `the offers hold no ${db}`],
  ['shrink what is not there', onVolume('SHRINK_VOLUME', db, 10), `the offers hold no ${db}`],
]

describe('Operation: a bad one is refused with a sentence, its neighbour is done', () => {
  test.each(bad)('%s', (_what, operation, sentence) => {
    const stage = offered()
    stage.tell(accept([operation, { ...reserve('cpus(eng,ops)', 2), operationId: 'good' }]))
    const sent = stage.said.find(({ message }) => message.type === 'allocation.apply')
    expect(sent).toMatchObject({
      to: agentAddress,
      message: { operations: [{ operation: { operationId: 'good' } }] },
    })
    const [answer, ...others] = refusals(stage)
    expect(others).toEqual([])
    expect(answer).toMatchObject({
      operationId: operation.operationId,
      state: 'OPERATION_ERROR',
    })
    expect(answer?.message).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    )
  })

  test('without an id it is refused in silence', () => {
    const stage = offered().tell(
      accept([{ type: 'UNRESERVE', resources: { 'cpus(eng,other)': 1 } }]),
    )
    expect(refusals(stage)).toEqual([])
  })

  test('a framework without a principal reserves and creates in anybody’s name', () => {
    const { principal: _, ...nobody } = eng
    const stage = offered(nobody)
    stage.tell(
      accept([
        reserve('cpus(eng,sales)', 1),
        reserve('cpus(eng,)', 1),
        { ...onVolume('CREATE', db, 60), creators: ['sales'] },
      ]),
    )
    expect(refusals(stage)).toEqual([])
    expect(stage.book.agents.get(agentId).total).toMatchObject({
      'cpus(eng,sales)': 1_000,
      'cpus(eng,)': 1_000,
      [db]: 60_000,
    })
  })
})

describe('Operation: volumes', () => {
  const created = () => offered().tell(accept([onVolume('CREATE', db, 60)]))
  const latest = (stage: Stage): string[] => [...stage.book.offers.keys()]
  const cases: [string, ResourceOperation, string][] = [
    [
      'a second one of the same id',
      onVolume('CREATE', `${disk}[db:other]`, 10),
      `${disk}[db:other]: the agent has a volume db of the role eng already`,
    ],
    ['half of it destroyed', onVolume('DESTROY', db, 30), `${db} is destroyed as a whole or not`],
    [
      'grown from another size',
      { ...onVolume('GROW_VOLUME', db, 10), size: 50 },
      `${db} has another size than 50`,
    ],
    [
      'shrunk from another size',
      { ...onVolume('SHRINK_VOLUME', db, 10), size: 70 },
      `${db} has another size than 70`,
    ],
    [
      'shrunk to nothing',
      onVolume('SHRINK_VOLUME', db, 60),
      `${db} would be shrunk to nothing; destroy it instead`,
    ],
    [
      'shrunk by more than there is',
      onVolume('SHRINK_VOLUME', db, 61),
      `the offers hold too little ${db}`,
    ],
    [
      'grown by more than there is',
      onVolume('GROW_VOLUME', db, 41),
      `the offers hold too little ${disk}`,
    ],
  ]
  test.each(cases)('%s is refused', (_what, operation, sentence) => {
    const stage = created()
    stage.tell(accept([operation], latest(stage)))
    expect(refusals(stage)).toMatchObject([{ state: 'OPERATION_ERROR', message: sentence }])
  })

  const command = { value: 'true' }
  const launch = (extra: object) => [
    { type: 'LAUNCH', tasks: [{ taskId: 'T', name: 'T', agentId, command, ...extra }] },
  ]
  const log = `${disk}[log:data/log]`
  const misuses: [string, object, string][] = [
    [
      'half of one',
      { resources: { cpus: 1, [db]: 30 } },
      'the volume db is used as a whole or not',
    ],
    [
      'one by a function',
      {
        resources: { [db]: 60 },
        command: undefined,
        executor: { executorId: 'f', type: 'FUNCTION' },
      },
      'only commands see volumes; functions and threads do not',
    ],
    [
      'two in each other’s way',
      { resources: { [db]: 60, [log]: 40 } },
      "the volumes at data and data/log are in each other's way",
    ],
  ]
  test.each(misuses)('a task that uses %s is an error', (_what, extra, sentence) => {
    const stage = created()
    const operations = [onVolume('CREATE', log, 40), ...launch(extra)]
    stage.tell({ ...accept([], latest(stage)), operations })
    expect(stage.statuses()).toMatchObject([{ state: 'TASK_ERROR', message: sentence }])
  })
})
