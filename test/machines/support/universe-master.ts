import { createMasterMachine, type MasterEvent } from '../../../src/machines/master.ts'
import type { Operation, Resources } from '../../../src/messages/index.ts'
import { audit } from '../../../src/model/ledger/audit.ts'
import type { Ledger } from '../../../src/model/ledger/ledger.ts'
import { toResources } from '../../../src/model/resources/quantities.ts'
import {
  acknowledge,
  agentId,
  agentReturns,
  badTask,
  comesBack,
  executorEnds,
  firstId,
  from,
  gone,
  joins,
  masterInput,
  one,
  run,
  task,
  update,
} from './told-master.ts'
import { type Unheard, unheard, type World } from './world.ts'

/** Small worlds with one agent, two frameworks and one task; together they say everything. */

type Told = MasterEvent | Unheard

export function when(holds: boolean, ...events: MasterEvent[]): MasterEvent[] {
  return holds ? events : []
}

const constants = ['timeouts', 'minAllocatable', 'info', 'attributes', 'explorable', 'name']
/** What is said elsewhere in the book as well, and what only spares work. */
const repeated = ['client', 'wanting', 'roles', 'framework', 'node', 'batch', 'batches']
const shortcuts = [
  'filtersFrom',
  'version',
  'allWanted',
  'requests',
  'rejected',
  'epoch',
  'renewed',
  'settled',
  'seed',
  'sliceSize',
  'nextBatch',
  'sent',
  'fenced',
]

export function world(events: World<Ledger, Told>['events']): World<Ledger, Told> {
  return {
    machine: createMasterMachine(),
    input: masterInput,
    omitted: [...constants, ...repeated, ...shortcuts, 'completedTasks', 'killed'],
    problems: audit,
    events,
  }
}

/** A master that gives agents up after two pings: each one more only makes the world longer. */
function inImpatientWorld(events: World<Ledger, Told>['events']): World<Ledger, Told> {
  const timeouts = { ...masterInput.timeouts, pingsMissedMax: 2 }
  return { ...world(events), input: { ...masterInput, timeouts } }
}

/** Tells the steps of a script in order; free events begin when it is over. */
export function scripted(
  script: readonly { readonly done: boolean; readonly event: MasterEvent }[],
  free: () => Told[],
): Told[] {
  const next = script.find(({ done }) => !done)
  return next === undefined ? free() : [next.event]
}

/** Who belongs to the cluster; nobody is offered anything. */
export const membership = world((book) => [
  ...when(book.nextFramework < 2 || book.frameworkAt.has(from.one), joins.one),
  ...when(book.nextFramework < 2 || book.frameworkAt.has(from.two), joins.two),
  ...when(book.nextAgent < 1 || book.agents.get(agentId)?.state === 'connected', joins.agent),
  ...when(book.nextFramework > 0, comesBack(from.one), comesBack('scheduler/spare')),
  ...when(book.nextAgent > 0, agentReturns()),
  { type: 'lifecycle.unregister', from: from.one, frameworkId: firstId },
  { type: 'lifecycle.unregisterAgent', from: from.agent, agentId },
  gone(from.one),
  gone(from.agent),
  ...failover(book),
  ...reregistration(book),
])

/** Two frameworks and what they say about offers: at most two offers are ever made. */
export const offers = world((book) =>
  scripted(
    [
      { done: book.nextFramework > 0, event: joins.one },
      { done: book.nextFramework > 1, event: joins.two },
      { done: book.nextAgent > 0, event: joins.agent },
    ],
    () => [
      ...when(book.nextOffer < 2, run, { type: 'allocation.due', at: 1e9 }),
      ...[from.one, from.two].flatMap((address): MasterEvent[] => {
        const [own] = [...(frameworkAt(book, address)?.offers ?? [])]
        return own === undefined
          ? []
          : [
              { type: 'allocation.decline', from: address, offerIds: [own] },
              { type: 'offer.expired', batchId: book.offers.get(own)?.batch.id ?? '' },
            ]
      }),
      { type: 'allocation.suppress', from: from.one, roles: ['one'] },
      { type: 'allocation.revive', from: from.one },
      gone(from.one),
      gone(from.agent),
      comesBack(from.one),
      agentReturns(),
    ],
  ),
)

/** One framework and one task, from the offer to the last acknowledgement; nobody is lost. */
export const work = world((book) =>
  scripted(startOfWork(book), () => {
    const [own = 'm-O9'] = [...(frameworkAt(book, from.one)?.offers ?? [])]
    return [
      ...when(book.nextOffer < 2, run),
      { type: 'task.launch', from: from.one, offerIds: [own], tasks: [task, badTask] },
      { type: 'task.launch', from: from.one, offerIds: [own, own], tasks: [task] },
      { type: 'allocation.decline', from: from.one, offerIds: [own] },
      ...aboutTask(book),
      { type: 'lifecycle.unregister', from: from.one, frameworkId: firstId },
    ]
  }),
)

/** The agent of a task gets lost in all ways, and comes back with or without the task. */
export const partition = inImpatientWorld((book) => {
  const agent = book.agents.get(agentId)
  // Between two slices of pings, and between two missed pings, the world would only repeat.
  if (book.pingSlot !== (agent?.pingSlot ?? 0)) return [{ type: 'ping.due' }]
  if ((agent?.pingsMissed ?? 0) > 0 && agent?.state !== 'unreachable') {
    return [{ type: 'ping.due' }, { type: 'lifecycle.pong', from: from.agent }]
  }
  const launch: MasterEvent = {
    type: 'task.launch',
    from: from.one,
    offerIds: ['m-O0'],
    tasks: [task],
    filters: { refuseSeconds: 0 },
  }
  const script = [...startOfWork(book), { done: !book.offers.has('m-O0'), event: launch }]
  return scripted(script, () => [
    { type: 'ping.due' },
    gone(from.agent),
    gone(from.one),
    comesBack(from.one),
    agentReturns('TASK_RUNNING'),
    agentReturns('TASK_FINISHED'),
    agentReturns(),
    { type: 'lifecycle.unregisterAgent', from: from.agent, agentId },
    ...reregistration(book),
    ...failover(book),
    ...aboutTask(book),
  ])
})

const mine = 'disk(one,)'
const volume = { [`${mine}[db:data]`]: 5 }
const withDisk = { hostname: 'a', resources: { cpus: 1, mem: 64, disk: 5 } }

/** Disk that is reserved and becomes a volume, and an agent that confirms, fails or gets lost. */
export const reservations = world((book) => {
  const [own = 'm-O9'] = [...(frameworkAt(book, from.one)?.offers ?? [])]
  const accept = (...operations: Operation[]): MasterEvent => ({
    type: 'allocation.accept',
    from: from.one,
    offerIds: [own],
    operations,
  })
  const script = [
    { done: book.nextFramework > 0, event: joins.one },
    { done: book.nextAgent > 0, event: { ...joins.agent, agent: withDisk } },
    { done: book.nextOffer > 0, event: run },
  ]
  const resources = { [mine]: 5 }
  const pending = [...(book.agents.get(agentId)?.operations.keys() ?? [])]
  return scripted(script, () => [
    ...when(book.nextOffer < 2, run),
    ...when(
      book.nextOperation < 2,
      accept({ type: 'RESERVE', operationId: 'P1', resources }),
      accept({ type: 'UNRESERVE', operationId: 'P2', resources }),
      accept(
        { type: 'RESERVE', resources },
        { type: 'CREATE', operationId: 'P3', volumes: volume },
      ),
      accept({ type: 'DESTROY', operationId: 'P4', volumes: volume }),
    ),
    ...pending.flatMap((number) => [
      answer(number, 'FINISHED', toResources(book.agents.get(agentId)?.total ?? {})),
      answer(number, 'FAILED', withDisk.resources),
    ]),
    gone(from.agent),
    { ...agentReturns(), agent: withDisk },
    { ...agentReturns(), agent: { ...withDisk, resources: { cpus: 1, mem: 64, ...volume } } },
    ...reregistration(book),
  ])
})

function answer(
  operationNumber: number,
  how: 'FINISHED' | 'FAILED',
  resources: Resources = {},
): MasterEvent {
  const updates = [{ operationNumber, state: `OPERATION_${how}` as const }]
  return { type: 'allocation.operationUpdate', from: from.agent, agentId, updates, resources }
}

/** What strangers say, what comes too late and what is nonsense: it must do no harm. */
export const strays = world((book) =>
  scripted(startOfWork(book), () => [
    unheard,
    { type: 'heartbeat.due' },
    { type: 'allocation.wanted' },
    { type: 'offer.expired', batchId: 'm-B9' },
    { type: 'framework.failoverExpired', frameworkId: 'm-9999' },
    { type: 'agent.reregistrationExpired', agentId: 'm-S9' },
    { type: 'lifecycle.register', from: 'scheduler/x', framework: { name: ' ', roles: [] } },
    { ...comesBack('scheduler/x'), framework: { ...one, roles: [] } },
    { type: 'lifecycle.unregister', from: 'scheduler/x', frameworkId: firstId },
    { type: 'lifecycle.unregister', from: from.one, frameworkId: 'm-9999' },
    gone('nobody'),
    { ...joins.agent, from: 'agent/b', agent: { hostname: 'b', resources: { cpus: -1 } } },
    { ...agentReturns(), agentId: 'm-S9' },
    { type: 'lifecycle.unregisterAgent', from: 'agent/b', agentId },
    { type: 'lifecycle.pong', from: 'agent/b' },
    executorEnds(firstId),
    executorEnds('m-9999'),
    { type: 'allocation.request', from: from.one, requests: [{ resources: { cpus: 1 } }] },
    { type: 'allocation.request', from: 'scheduler/x', requests: [] },
    { type: 'allocation.revive', from: from.one, roles: ['strange'] },
    { type: 'allocation.suppress', from: from.one, roles: ['strange'] },
    { type: 'allocation.decline', from: 'scheduler/x', offerIds: ['m-O0'] },
    { type: 'allocation.decline', from: from.one, offerIds: ['m-O9'] },
    { type: 'allocation.updateWeights', from: 'operator', weights: { one: 2, two: -1 } },
    { ...answer(9, 'FINISHED'), from: 'agent/b' },
    { type: 'allocation.accept', from: 'scheduler/x', offerIds: ['m-O0'], operations: [] },
    { type: 'task.launch', from: 'scheduler/x', offerIds: ['m-O0'], tasks: [task] },
    { type: 'task.launch', from: from.one, offerIds: [], tasks: [] },
    { type: 'task.kill', from: from.one, kills: [{ taskId: 'T9', agentId }] },
    { type: 'task.update', from: 'agent/b', agentId, updates: [] },
  ]),
)

function startOfWork(book: Ledger) {
  return [
    { done: book.nextFramework > 0, event: joins.one },
    { done: book.nextAgent > 0, event: joins.agent },
    { done: book.nextOffer > 0, event: run },
  ]
}

function frameworkAt(book: Ledger, address: string) {
  return book.frameworks.get(book.frameworkAt.get(address) ?? '')
}

function aboutTask(book: Ledger): MasterEvent[] {
  const said = book.frameworks.get(firstId)?.tasks.get('T1')?.forwarded?.uuid
  return [
    { type: 'task.kill', from: from.one, kills: [{ taskId: 'T1' }] },
    { type: 'task.kill', from: from.one, kills: [{ taskId: 'T1', agentId: 'm-S9' }] },
    { type: 'task.reconcile', from: from.one, tasks: [] },
    { type: 'task.reconcile', from: from.one, tasks: [{ taskId: 'T1', agentId }] },
    update('TASK_RUNNING', 'TASK_RUNNING'),
    update('TASK_RUNNING', 'TASK_FINISHED'),
    update('TASK_FINISHED', 'TASK_FINISHED'),
    acknowledge('U-never'),
    ...(said === undefined ? [] : [acknowledge(said)]),
  ]
}

/** Timers that run in this state. */
function failover(book: Ledger): MasterEvent[] {
  return [...book.frameworks.values()]
    .filter(({ state }) => state === 'disconnected' || state === 'recovered')
    .map(({ id }) => ({ type: 'framework.failoverExpired', frameworkId: id }))
}

function reregistration(book: Ledger): MasterEvent[] {
  return [...book.agents.values()]
    .filter(({ state }) => state === 'disconnected')
    .map(({ id }) => ({ type: 'agent.reregistrationExpired', agentId: id }))
}
