/** Calls of executors and operators, and plain requests, that are as they should be. */

const id = (value) => ({ value })
const states = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED']

/** A uuid that there was not before: version 4, in base64. */
function uuid(random) {
  const bytes = random.bytes(16)
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes.toString('base64')
}

function statusOf(random, slot) {
  return {
    task_id: id(`@T${slot}`),
    state: random.pick(states),
    source: 'SOURCE_EXECUTOR',
    uuid: uuid(random),
    executor_id: id(`e${slot}`),
    timestamp: 1_700_000_000.5,
    message: 'as it should be',
    data: 'aGk=',
    healthy: true,
    check_status: { type: 'COMMAND', command: { exit_code: 0 } },
    labels: { labels: [{ key: 'k', value: 'v' }] },
    container_status: { container_id: { value: 'c' } },
  }
}

function unacknowledged(random, slot) {
  return {
    unacknowledged_tasks: [
      { task_id: id(`@T${slot}`), name: 't', agent_id: id('@A0'), resources: [] },
    ],
    unacknowledged_updates: [{ status: statusOf(random, slot) }],
  }
}

const executorParts = [
  [6, ['UPDATE', (random, slot) => ({ status: statusOf(random, slot) })]],
  [3, ['MESSAGE', () => ({ data: 'aGk=' })]],
  [1, ['HEARTBEAT', () => undefined]],
  [4, ['SUBSCRIBE', unacknowledged]],
]

/** @param {ReturnType<typeof import('./random.js').randomFor>} random */
export function executorCall(random) {
  const slot = random.between(0, 2)
  const [type, part] = random.weighted(executorParts)
  const own = part(random, slot)
  return {
    type,
    framework_id: id(`@F${slot}`),
    executor_id: id(`e${slot}`),
    ...(own && { [type.toLowerCase()]: own }),
  }
}

const questions = [
  'GET_HEALTH GET_VERSION GET_MASTER GET_FLAGS GET_LOGGING_LEVEL GET_STATE GET_AGENTS',
  'GET_FRAMEWORKS GET_EXECUTORS GET_TASKS GET_OPERATIONS GET_ROLES GET_WEIGHTS GET_QUOTA',
  'GET_MAINTENANCE_STATUS GET_MAINTENANCE_SCHEDULE SUBSCRIBE',
  // These an agent alone answers.
  'GET_AGENT GET_CONTAINERS GET_RESOURCE_PROVIDERS',
].flatMap((line) => line.split(' '))

const disk = (more) => ({ name: 'disk', type: 'SCALAR', scalar: { value: 2 }, ...more })
const reservations = [{ type: 'DYNAMIC', role: 'eng', principal: 'p' }]
const resources = [disk({ reservations })]
const persistence = { persistence: { id: 'v2' }, volume: { container_path: 'v', mode: 'RW' } }
const volumes = [disk({ reservations, disk: persistence })]
const machines = [{ hostname: '@H1', ip: '127.0.0.1' }]
const unavailability = { start: { nanoseconds: 4e18 }, duration: { nanoseconds: 1e9 } }
const quota = { role: 'ops', limits: { cpus: { value: 4 } }, guarantees: { cpus: { value: 1 } } }
const onAgent = { agent_id: id('@A0') }
const nested = { parent: { value: 'c' }, value: 'n' }

/** How often, the type, and the call's own part. What takes agents away is rare. */
const changes = [
  [4, 'GET_METRICS', { timeout: { nanoseconds: 1e9 } }],
  [2, 'LIST_FILES', { path: '/' }],
  [2, 'READ_FILE', { path: '/slave/log', offset: 0, length: 10 }],
  [2, 'SET_LOGGING_LEVEL', { level: 1, duration: { nanoseconds: 1 } }],
  [4, 'UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 2 }] }],
  [4, 'UPDATE_QUOTA', { force: true, quota_configs: [quota] }],
  [2, 'SET_QUOTA', { quota_request: { role: 'ops', guarantee: [disk()], limit: [disk()] } }],
  [2, 'REMOVE_QUOTA', { role: 'ops' }],
  [4, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: [windowOf()] } }],
  [0.2, 'START_MAINTENANCE', { machines }],
  [1, 'STOP_MAINTENANCE', { machines }],
  [0.5, 'DRAIN_AGENT', { agent_id: id('@A1'), max_grace_period: { seconds: 1 }, mark_gone: false }],
  [0.5, 'DEACTIVATE_AGENT', { agent_id: id('@A1') }],
  [2, 'REACTIVATE_AGENT', { agent_id: id('@A1') }],
  [0.1, 'MARK_AGENT_GONE', { agent_id: id('@A1') }],
  [1, 'TEARDOWN', { framework_id: id('not-there') }],
  [3, 'RESERVE_RESOURCES', { ...onAgent, resources, source: [disk()] }],
  [3, 'UNRESERVE_RESOURCES', { ...onAgent, resources }],
  [3, 'CREATE_VOLUMES', { ...onAgent, volumes }],
  [3, 'DESTROY_VOLUMES', { ...onAgent, volumes }],
  [3, 'GROW_VOLUME', { ...onAgent, volume: volumes[0], addition: disk({ reservations }) }],
  [3, 'SHRINK_VOLUME', { ...onAgent, volume: volumes[0], subtract: { value: 1 } }],
  [1, 'LAUNCH_NESTED_CONTAINER', { container_id: nested, command: { value: 'true' } }],
  [1, 'WAIT_CONTAINER', { container_id: nested }],
  [1, 'KILL_CONTAINER', { container_id: nested, signal: 15 }],
  [1, 'PRUNE_IMAGES', { excluded_images: [{ type: 'DOCKER', docker: { name: 'a' } }] }],
].map(([weight, type, part]) => [weight, { type, part }])

function windowOf() {
  return { machine_ids: machines, unavailability }
}

/** @param {ReturnType<typeof import('./random.js').randomFor>} random */
export function operatorCall(random) {
  if (random.chance(0.4)) return { type: random.pick(questions) }
  const { type, part } = random.weighted(changes)
  return { type, [type.toLowerCase()]: structuredClone(part) }
}

const looks = [
  '/health /version /redirect /state /state-summary /slaves /frameworks /roles /flags /tasks',
  '/tasks?limit=-1&offset=NaN&order=up /tasks?limit=1e9 /tasks?framework_id=@F0&task_id=@T0',
  '/slaves?slave_id=@A0 /frameworks?framework_id=%zz /metrics /metrics/snapshot?timeout=2secs',
  '/maintenance/schedule /maintenance/status /weights /quota /files/debug /files/browse',
  '/files/browse?path=/../../etc /files/read?path=/etc/passwd&offset=-1&length=x /containers',
  '/files/read?path=%2e%2e%2f&offset=1e30 /files/download?path=..%2f..%2fetc%2fpasswd /state?jsonp=x',
  '/files/browse?path=/frameworks/@F0/executors/e0/runs/latest /monitor/statistics /',
  '/master/state /api/v1/ /api//v1 /api/v1/scheduler/x /__proto__ /constructor /%00 /..;/state',
].flatMap((line) => line.split(' '))

const forms = [
  ['POST', '/teardown', 'frameworkId=nobody'],
  ['POST', '/reserve', `slaveId=@A0&resources=${encodeURIComponent(JSON.stringify(resources))}`],
  ['POST', '/unreserve', `slaveId=@A0&resources=${encodeURIComponent(JSON.stringify(resources))}`],
  ['POST', '/create-volumes', `slaveId=@A0&volumes=${encodeURIComponent(JSON.stringify(volumes))}`],
  ['POST', '/destroy-volumes', `slaveId=@A0&volumes=%5B%7B%7D%5D`],
  ['POST', '/reserve', 'slaveId=@A0&resources=%5Bnull%5D'],
  ['POST', '/quota', '{"role":"ops","force":true,"guarantee":[]}'],
  ['DELETE', '/quota/ops', ''],
  ['DELETE', '/quota/%e0%a4%a', ''],
  ['PUT', '/weights', '[{"role":"eng","weight":1.5}]'],
  ['POST', '/maintenance/schedule', '{"windows":[]}'],
  ['POST', '/machine/up', '[{"hostname":"@H1"}]'],
]

/** @param {ReturnType<typeof import('./random.js').randomFor>} random */
export function plainRequest(random) {
  if (random.chance(0.7)) return { method: 'GET', path: random.pick(looks), body: '' }
  const [method, path, body] = random.pick(forms)
  return { method, path, body }
}
