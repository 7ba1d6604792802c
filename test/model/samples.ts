import type {
  ExecutorInfo,
  FrameworkInfo,
  Offer,
  ResourceOperation,
  TaskInfo,
  TaskStatus,
} from '../../src/messages/index.ts'

/** One sample of each message, with every field that it may have; without its type. */

const agent = {
  hostname: 'a',
  endpoint: { ip: '127.0.0.1', port: 1 },
  resources: { cpus: 2, ports: [[1, 2]], disks: ['sda'] },
  attributes: { rack: 'r1', zone: 3, keys: [[1, 5]], disks: ['sda', 'sdb'] },
}
const framework: FrameworkInfo = {
  name: 'one',
  roles: ['one'],
  user: 'u',
  principal: 'p',
  failoverTimeoutMs: 1,
  capabilities: ['PARTITION_AWARE'],
  labels: { a: 'b' },
  offerConstraints: {
    one: [
      [
        { attributeName: 'rack', textEquals: 'r1' },
        { attributeName: 'rack', textNotEquals: 'r2' },
      ],
      [
        { pseudoattributeType: 'HOSTNAME', textMatches: 'a.*' },
        { pseudoattributeType: 'ZONE', textNotMatches: 'b' },
      ],
      [
        { attributeName: 'keys', exists: true },
        { attributeName: 'zone', notExists: true },
      ],
    ],
  },
}
const status: TaskStatus = {
  taskId: 'T',
  state: 'TASK_RUNNING',
  timestampMs: 1,
  source: 'EXECUTOR',
  uuid: '11111111-2222-4333-8444-000000000000',
  reason: 'RECONCILIATION',
  message: 'm',
  agentId: 'S',
  executorId: 'E',
  healthy: true,
  exitCode: 0,
  signal: 'SIGTERM',
  sandbox: 's',
  unreachableTimeMs: 1,
  carried: { data: 'aGk=' },
}
const task: TaskInfo = {
  taskId: 'T',
  name: 'T',
  agentId: 'S',
  resources: { cpus: 1 },
  command: { value: 'x', shell: false, arguments: ['y'], environment: { a: 'b' } },
  executor: { executorId: 'E', type: 'THREAD', shutdownGracePeriodMs: 1 },
  healthCheck: { type: 'HTTP', http: { port: 80, path: '/up' } },
  killPolicy: { gracePeriodMs: 1 },
  maxCompletionTimeMs: 1,
  data: 'd',
  labels: { a: 'b' },
  carried: { discovery: { visibility: 'EXTERNAL' } },
  problem: 'p',
}
const offer: Offer = {
  offerId: 'O',
  frameworkId: 'F',
  agentId: 'S',
  hostname: 'a',
  role: 'one',
  resources: { cpus: 1 },
  attributes: { rack: 'r1' },
  unavailability: { startMs: 1, durationMs: 2 },
  executorIds: ['E'],
  endpoint: { ip: '127.0.0.1', port: 1 },
}
const volumes = { 'disk(eng,ops)[db:data]': 5 }
const operations: ResourceOperation[] = [
  { type: 'RESERVE', operationId: 'P', resources: { 'cpus(eng,ops,team=web)': 1 } },
  { type: 'UNRESERVE', resources: { 'cpus(eng,ops)': 1 } },
  { type: 'CREATE', operationId: 'P', volumes },
  { type: 'DESTROY', volumes },
  { type: 'GROW_VOLUME', volumes },
  { type: 'SHRINK_VOLUME', volumes },
]
const kills = [{ taskId: 'T', agentId: 'S', killPolicy: { gracePeriodMs: 1 } }]
const filters = { refuseSeconds: 1 }
const registered = { frameworkId: 'F', masterId: 'm', heartbeatIntervalMs: 1 }
const executor = { frameworkId: 'F', executorId: 'E' }

const data = 'aGk='
const [operation] = operations
const program: ExecutorInfo = {
  executorId: 'E',
  type: 'CUSTOM',
  frameworkId: 'F',
  command: { value: 'x', carried: { user: 'u' } },
  resources: { cpus: 0.1 },
  carried: { labels: { labels: [] } },
  problem: 'p',
}

const unavailability = { startMs: 1, durationMs: 2 }
const inverseOffer = {
  inverseOfferId: 'O',
  frameworkId: 'F',
  agentId: 'S',
  hostname: 'a',
  endpoint: { ip: '127.0.0.1', port: 1 },
}
const aboutAgent = { requestId: '1', agent: 'a' }
const machines = { requestId: '1', machines: ['a'] }

export const samples: Readonly<Record<string, object>> = {
  'scheduler → master: lifecycle.register': { framework, suppressedRoles: ['one'] },
  'scheduler → master: lifecycle.reregister': { frameworkId: 'F', framework, suppressedRoles: [] },
  'scheduler → master: lifecycle.unregister': { frameworkId: 'F' },
  'scheduler → master: lifecycle.describeFramework': { framework, suppressedRoles: [] },
  'scheduler → master: lifecycle.shutdownExecutor': { agentId: 'S', executorId: 'E' },
  'operator → master: lifecycle.teardown': { requestId: '1', frameworkId: 'F' },
  'master → agent: lifecycle.shutdownExecutor': executor,
  'operator → master: allocation.operate': { requestId: '1', agent: 'a', operation },
  'scheduler → master: task.message': { agentId: 'S', executorId: 'E', data },
  'agent → master: task.message': { agentId: 'S', ...executor, data },
  'master → scheduler: task.message': { agentId: 'S', executorId: 'E', data },
  'master → agent: task.message': { ...executor, data },
  'executor → agent: task.message': { ...executor, data },
  'agent → executor: task.message': { data },
  'master → agent: task.launchGroup': {
    frameworkId: 'F',
    framework,
    executor: program,
    tasks: [task],
  },
  'agent → executor: task.launchGroup': { tasks: [task] },
  'agent → master: lifecycle.registerAgent': { agent },
  'agent → master: lifecycle.reregisterAgent': {
    agentId: 'S',
    agent,
    tasks: [{ ...executor, task, state: 'TASK_RUNNING' }],
    executors: [{ frameworkId: 'F', executor: program }],
    frameworks: [{ frameworkId: 'F', framework }],
  },
  'agent → master: lifecycle.unregisterAgent': { agentId: 'S' },
  'agent → master: lifecycle.pong': {},
  'agent → master: lifecycle.executorExited': {
    agentId: 'S',
    ...executor,
    message: 'm',
    status: 9,
  },
  'host → master,agent: lifecycle.exited': { address: 'agent/a', reason: 'gone' },
  'operator → master: lifecycle.drainAgent': { ...aboutAgent, maxGracePeriodMs: 1, markGone: true },
  'operator → master: lifecycle.deactivateAgent': aboutAgent,
  'operator → master: lifecycle.reactivateAgent': aboutAgent,
  'operator → master: lifecycle.markAgentGone': aboutAgent,
  'operator → master: lifecycle.updateMaintenanceSchedule': {
    requestId: '1',
    windows: [{ machines: ['a'], startMs: 1, durationMs: 2 }],
  },
  'operator → master: lifecycle.startMaintenance': machines,
  'operator → master: lifecycle.stopMaintenance': machines,
  'master → operator: lifecycle.updated': { requestId: '1' },
  'master → operator: lifecycle.refused': { requestId: '1', message: 'm' },
  'master → agent: lifecycle.drain': { maxGracePeriodMs: 1, markGone: true },
  'scheduler → master: allocation.acceptInverse': { inverseOfferIds: ['O'], filters },
  'scheduler → master: allocation.declineInverse': { inverseOfferIds: ['O'], filters },
  'master → scheduler: allocation.inverseOffer': {
    inverseOffers: [{ ...inverseOffer, unavailability }],
  },
  'master → scheduler: allocation.rescindInverse': { inverseOfferIds: ['O'] },
  'master → scheduler: lifecycle.registered': registered,
  'master → scheduler: lifecycle.reregistered': registered,
  'master → scheduler: lifecycle.heartbeat': {},
  'master → scheduler: lifecycle.error': { message: 'm' },
  'master → scheduler: lifecycle.failure': {
    agentId: 'S',
    executorId: 'E',
    message: 'm',
    status: 9,
  },
  'master → agent: lifecycle.agentRegistered': { agentId: 'S', totalPingTimeoutMs: 1 },
  'master → agent: lifecycle.agentReregistered': {
    agentId: 'S',
    totalPingTimeoutMs: 1,
    reconciliations: [{ frameworkId: 'F', framework, taskIds: ['T'] }],
  },
  'master → agent: lifecycle.ping': { connected: true },
  'master → agent: lifecycle.updateFramework': { frameworkId: 'F', framework },
  'master → agent: lifecycle.shutdownFramework': { frameworkId: 'F' },
  'master → agent: lifecycle.shutdown': { message: 'm' },
  'executor → agent: lifecycle.registerExecutor': {
    ...executor,
    unacknowledgedUpdates: [status],
    unacknowledgedTasks: ['T'],
  },
  'agent → executor: lifecycle.executorRegistered': {
    agentId: 'S',
    ...executor,
    framework,
    executor: program,
    agent,
  },
  'agent → executor: lifecycle.shutdownExecutor': { gracePeriodMs: 1 },
  'scheduler → master: allocation.request': {
    requests: [{ agentId: 'S', resources: { cpus: 1 } }],
  },
  'scheduler → master: allocation.accept': {
    offerIds: ['O'],
    operations: [...operations, { type: 'LAUNCH', tasks: [task] }],
    filters,
  },
  'scheduler → master: allocation.decline': { offerIds: ['O'], filters },
  'scheduler → master: allocation.revive': { roles: ['one'] },
  'scheduler → master: allocation.suppress': { roles: ['one'] },
  'operator → master: allocation.updateWeights': { requestId: '1', weights: { one: 2 } },
  'operator → master: allocation.updatePriorities': { requestId: '1', priorities: { one: 2 } },
  'operator → master: allocation.updateQuotas': {
    requestId: '1',
    quotas: [{ role: 'one', guarantees: { cpus: 1 }, limits: { cpus: 2 } }],
    force: true,
  },
  'operator → master: allocation.updateWhitelist': { requestId: '1', hostnames: ['a'] },
  'master → operator: allocation.updated': { requestId: '1' },
  'master → operator: allocation.refused': { requestId: '1', message: 'm' },
  'master → scheduler: allocation.offer': { offers: [offer] },
  'master → scheduler: allocation.rescind': { offerIds: ['O'] },
  'master → scheduler: allocation.operationUpdate': {
    updates: [{ operationId: 'P', state: 'OPERATION_FAILED', message: 'm', agentId: 'S' }],
  },
  'master → agent: allocation.apply': {
    operations: operations.map((operation, operationNumber) => ({ operationNumber, operation })),
  },
  'agent → master: allocation.operationUpdate': {
    agentId: 'S',
    updates: [{ operationNumber: 1, state: 'OPERATION_FAILED', message: 'm' }],
    resources: { cpus: 1 },
  },
  'scheduler → master: task.launch': { offerIds: ['O'], tasks: [task], filters },
  'scheduler → master: task.kill': { kills },
  'scheduler → master: task.acknowledge': {
    acknowledgements: [{ taskId: 'T', agentId: 'S', uuid: 'U' }],
  },
  'scheduler → master: task.reconcile': { tasks: [{ taskId: 'T', agentId: 'S' }] },
  'agent → master: task.update': {
    agentId: 'S',
    updates: [{ frameworkId: 'F', status, latestState: 'TASK_RUNNING' }],
  },
  'master → scheduler: task.update': { updates: [status] },
  'master → agent: task.launch': { frameworkId: 'F', framework, tasks: [task] },
  'master → agent: task.kill': { frameworkId: 'F', kills },
  'master → agent: task.acknowledge': {
    frameworkId: 'F',
    acknowledgements: [{ taskId: 'T', uuid: 'U' }],
  },
  'executor → agent: task.update': { ...executor, updates: [status] },
  'agent → executor: task.launch': { tasks: [task] },
  'agent → executor: task.kill': { kills },
  'agent → executor: task.acknowledge': { acknowledgements: [{ taskId: 'T', uuid: 'U' }] },
}
