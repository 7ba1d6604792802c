/**
 * Calls of schedulers that are as they should be. What begins with `@` stands for something that
 * is there when the call is made: see `World`.
 */

const capabilities = [
  'MULTI_ROLE',
  'PARTITION_AWARE',
  'RESERVATION_REFINEMENT',
  'REVOCABLE_RESOURCES',
  'TASK_KILLING_STATE',
  'GPU_RESOURCES',
].map((type) => ({ type }))

const scalar = (name, value, more = {}) => ({ name, type: 'SCALAR', scalar: { value }, ...more })
const id = (value) => ({ value })
const nanos = (ms) => ({ nanoseconds: ms * 1_000_000 })

/** Few of them, so that many ask for the same. */
function ports(index) {
  const begin = 31_000 + (index % 5)
  return [{ name: 'ports', type: 'RANGES', ranges: { range: [{ begin, end: begin + 1 }] } }]
}

export function frameworkInfo(index) {
  return {
    user: 'root',
    name: `fuzz ${index}`,
    roles: ['eng'],
    capabilities,
    failover_timeout: 0,
    checkpoint: false,
    hostname: 'here',
    webui_url: 'http://here',
    labels: { labels: [{ key: 'a', value: 'b' }] },
    offer_filters: {
      eng: {
        min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 0.1 } } }] },
      },
    },
  }
}

const constraint = {
  selector: { attribute_name: 'rack' },
  predicate: { text_matches: { regex: 'r[0-9]+' } },
}
const constraints = {
  role_constraints: { eng: { groups: [{ attribute_constraints: [constraint] }] } },
}

const suppressed = (index) => ({
  framework_info: frameworkInfo(index),
  suppressed_roles: ['eng'],
  offer_constraints: constraints,
})

function baseTask({ index, slot }, more) {
  return {
    name: `t${index}`,
    task_id: id(`t${index}`),
    agent_id: id(`@G${slot}`),
    resources: [scalar('cpus', 0.01), scalar('mem', 1), ...(index % 3 === 0 ? ports(index) : [])],
    labels: { labels: [{ key: 'k' }] },
    ...more,
  }
}

const discovery = {
  visibility: 'CLUSTER',
  name: 'd',
  ports: { ports: [{ number: 80, name: 'http', protocol: 'tcp' }] },
}

function commandTask(about) {
  return baseTask(about, {
    command: {
      value: 'true',
      shell: true,
      arguments: ['a'],
      environment: { variables: [{ name: 'A', type: 'VALUE', value: '1' }] },
    },
    kill_policy: { grace_period: nanos(1) },
    max_completion_time: nanos(60_000),
    health_check: { type: 'COMMAND', command: { value: 'true' }, interval_seconds: 30 },
    check: { type: 'TCP', tcp: { port: 1 }, interval_seconds: 30 },
    limits: { cpus: { value: 'Infinity' }, mem: { value: 64 } },
    container: { type: 'MESOS', volumes: [{ container_path: 'x', host_path: '/tmp', mode: 'RO' }] },
    discovery,
    data: 'aGk=',
  })
}

/** An executor whose part is played by whoever makes the calls of executors. */
function executor({ slot, index }) {
  const own = index % 4 === 0 ? ports(index) : []
  return {
    type: 'CUSTOM',
    executor_id: id(`e${slot}`),
    framework_id: id(`@F${slot}`),
    command: { value: 'exec sleep 100' },
    resources: [scalar('cpus', 0.1), scalar('mem', 32), ...own],
    shutdown_grace_period: nanos(1),
  }
}

function group(about) {
  const { slot, index } = about
  const resources = [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 1)]
  const own = { type: 'DEFAULT', executor_id: id(`g${index}`), framework_id: id(`@F${slot}`) }
  const tasks = ['a', 'b'].map((name) => ({
    ...baseTask(about, { command: { value: 'true' } }),
    task_id: id(`t${index}${name}`),
  }))
  return {
    type: 'LAUNCH_GROUP',
    launch_group: { executor: { ...own, resources }, task_group: { tasks } },
  }
}

const reserved = [
  scalar('disk', 4, { reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'p' }] }),
]
const volumes = reserved.map((resource) => ({
  ...resource,
  disk: { persistence: { id: 'v1' }, volume: { container_path: 'v', mode: 'RW' } },
}))
const addition = scalar('disk', 1, { reservations: reserved[0].reservations })

/** What an ACCEPT can ask for, each with what it asks. */
const operations = [
  (about) => ({ type: 'LAUNCH', launch: { task_infos: [commandTask(about)] } }),
  (about) => {
    const task = baseTask(about, { executor: executor(about), data: 'aGk=' })
    return { type: 'LAUNCH', launch: { task_infos: [task] } }
  },
  group,
  () => ({ type: 'RESERVE', id: id('o1'), reserve: { resources: reserved } }),
  () => ({ type: 'UNRESERVE', id: id('o2'), unreserve: { resources: reserved } }),
  () => ({ type: 'CREATE', id: id('o3'), create: { volumes } }),
  () => ({ type: 'DESTROY', destroy: { volumes } }),
  () => ({ type: 'GROW_VOLUME', grow_volume: { volume: volumes[0], addition } }),
  () => ({ type: 'SHRINK_VOLUME', shrink_volume: { volume: volumes[0], subtract: { value: 1 } } }),
  () => ({ type: 'CREATE_DISK', create_disk: { source: reserved[0], target_type: 'MOUNT' } }),
  () => ({ type: 'DESTROY_DISK', destroy_disk: { source: reserved[0] } }),
]

function accept(about, random) {
  // Custom executors cost no process a task, so that most launches are theirs.
  const chosen = random.weighted([
    [2, [operations[0]]],
    [6, [operations[1]]],
    [1, [group]],
    [6, [random.pick(operations.slice(3)), random.pick(operations.slice(3))]],
  ])
  return {
    offer_ids: [id(`@O${about.slot}`)],
    operations: chosen.map((operation) => operation(about)),
    filters: { refuse_seconds: 0 },
  }
}

/** Each with its weight: the more can go wrong in it, the more often. */
const parts = [
  [24, 'ACCEPT', accept],
  [4, 'DECLINE', ({ slot }) => ({ offer_ids: [id(`@O${slot}`)], filters: { refuse_seconds: 0 } })],
  [4, 'REVIVE', () => ({ roles: ['eng'] })],
  [1, 'SUPPRESS', () => ({ roles: ['ads'] })],
  [6, 'KILL', ({ slot }) => killing(slot)],
  [3, 'SHUTDOWN', ({ slot }) => ({ executor_id: id(`e${slot}`), agent_id: id(`@G${slot}`) })],
  [6, 'ACKNOWLEDGE', ({ slot }) => acknowledging(slot)],
  [4, 'RECONCILE', ({ slot }) => ({ tasks: [{ task_id: id(`@T${slot}`), agent_id: id('@A0') }] })],
  [3, 'MESSAGE', ({ slot }) => toExecutor(slot)],
  [2, 'REQUEST', () => ({ requests: [{ agent_id: id('@A0'), resources: [scalar('cpus', 1)] }] })],
  [3, 'ACCEPT_INVERSE_OFFERS', inverse],
  [3, 'DECLINE_INVERSE_OFFERS', inverse],
  [2, 'ACKNOWLEDGE_OPERATION_STATUS', ({ slot }) => ({ ...acknowledging(slot), ...operation })],
  [2, 'RECONCILE_OPERATIONS', () => ({ operations: [{ ...operation, agent_id: id('@A0') }] })],
  [4, 'UPDATE_FRAMEWORK', ({ slot, index }) => describing(slot, index)],
  [5, 'SUBSCRIBE', ({ index }) => suppressed(index)],
  [0.2, 'TEARDOWN', () => undefined],
]

const operation = { operation_id: id('o1') }

const killing = (slot) => ({
  task_id: id(`@T${slot}`),
  agent_id: id(`@G${slot}`),
  kill_policy: { grace_period: nanos(1) },
})
const acknowledging = (slot) => ({
  agent_id: id(`@I${slot}`),
  task_id: id(`@V${slot}`),
  uuid: `@U${slot}`,
})
const toExecutor = (slot) => ({
  agent_id: id(`@G${slot}`),
  executor_id: id(`e${slot}`),
  data: 'aGk=',
})

function inverse() {
  return { inverse_offer_ids: [id('@O0')], filters: { refuse_seconds: 1 } }
}

function describing(slot, index) {
  return { ...suppressed(index), framework_info: { ...frameworkInfo(index), id: id(`@F${slot}`) } }
}

const choices = parts.map(([weight, type, part]) => [weight, { type, part }])

/** @param {ReturnType<typeof import('./random.js').randomFor>} random @param {number} index */
export function schedulerCall(random, index) {
  const slot = random.between(0, 2)
  const { type, part } = random.weighted(choices)
  const isFirst = type === 'SUBSCRIBE'
  return {
    slot,
    json: {
      type,
      ...(!isFirst && { framework_id: id(`@F${slot}`) }),
      ...(type !== 'TEARDOWN' && { [type.toLowerCase()]: part({ slot, index }, random) }),
    },
  }
}
