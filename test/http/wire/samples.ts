/** Calls and events with everything that they may have. */

const id = (value: string) => ({ value })
const framework_id = id('F')
const uuid = 'ASNFZ4mrTe+BI0VniavN7w=='
const scalar = (name: string, value: number, rest: object = {}) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...rest,
})
const labels = { labels: [{ key: 'k', value: 'v' }] }
const reservations = [
  { type: 'STATIC', role: 'a' },
  { type: 'DYNAMIC', role: 'a/b', principal: 'p', labels },
]
const volume = scalar('disk', 64, {
  reservations,
  disk: {
    persistence: { id: 'db', principal: 'p' },
    volume: { container_path: 'data', mode: 'RW' },
  },
})
const resources = [
  scalar('cpus', 0.1, { role: 'a', reservation: { principal: 'p', labels } }),
  scalar('mem', 32, { revocable: {}, allocation_info: { role: 'a' } }),
  { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } },
  { name: 'disks', type: 'SET', set: { item: ['sda'] } },
  volume,
]
const command = {
  shell: false,
  value: '/bin/echo',
  arguments: ['echo', 'a'],
  user: 'nobody',
  uris: [{ value: 'http://x' }],
  environment: { variables: [{ name: 'A', type: 'VALUE', value: '1' }] },
}
const time = { nanoseconds: 1_500_000_000 }
const executor = {
  type: 'CUSTOM',
  executor_id: id('e'),
  framework_id,
  command,
  resources,
  shutdown_grace_period: time,
  name: 'e',
  data: 'e30=',
  labels,
}
const task = {
  name: 't',
  task_id: id('t'),
  agent_id: id('A'),
  resources,
  executor,
  command,
  container: { type: 'MESOS' },
  health_check: {
    type: 'HTTP',
    delay_seconds: 1,
    consecutive_failures: 2,
    http: { port: 80, path: '/', scheme: 'http' },
    tcp: { port: 80 },
    command,
  },
  check: { type: 'COMMAND', command: { command } },
  kill_policy: { grace_period: time },
  max_completion_time: time,
  limits: { mem: { value: 64 } },
  labels,
  data: 'e30=',
}
const framework_info = {
  user: 'root',
  name: 'one',
  id: framework_id,
  roles: ['a', 'a/b'],
  capabilities: [{ type: 'MULTI_ROLE' }],
  failover_timeout: 3,
  checkpoint: true,
  labels,
  offer_filters: {
    a: { min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 1 } } }] } },
  },
}
const constraint = {
  selector: { attribute_name: 'rack' },
  predicate: { text_matches: { regex: 'r.*' } },
}
const status = {
  task_id: id('t'),
  state: 'TASK_RUNNING',
  source: 'SOURCE_EXECUTOR',
  reason: 'REASON_RECONCILIATION',
  message: 'm',
  agent_id: id('A'),
  executor_id: id('e'),
  timestamp: 1.5,
  uuid,
  healthy: true,
  unreachable_time: time,
  data: 'e30=',
  labels,
  container_status: { container_id: id('C') },
}

function accept(operation: object) {
  return {
    type: 'ACCEPT',
    framework_id,
    accept: { offer_ids: [id('O')], operations: [operation], filters: { refuse_seconds: 1 } },
  }
}

/** Limits in a group need cgroups of their own. */
const member = { ...task, container: { type: 'MESOS', linux_info: { share_cgroups: false } } }

export const samples: readonly object[] = [
  accept({ type: 'LAUNCH', launch: { task_infos: [task] } }),
  accept({ type: 'LAUNCH_GROUP', launch_group: { executor, task_group: { tasks: [member] } } }),
  accept({
    type: 'RESERVE',
    id: id('o'),
    reserve: {
      resources: [scalar('cpus', 1, { reservations: [{ type: 'DYNAMIC', role: 'a' }] })],
    },
  }),
  accept({ type: 'CREATE', id: id('o'), create: { volumes: [volume] } }),
  accept({
    type: 'GROW_VOLUME',
    grow_volume: { volume, addition: scalar('disk', 1, { reservations }) },
  }),
  accept({ type: 'SHRINK_VOLUME', shrink_volume: { volume, subtract: { value: 1 } } }),
  {
    type: 'SUBSCRIBE',
    framework_id,
    subscribe: {
      framework_info,
      suppressed_roles: ['a'],
      offer_constraints: {
        role_constraints: { a: { groups: [{ attribute_constraints: [constraint] }] } },
      },
    },
  },
  { type: 'KILL', framework_id, kill: { task_id: id('t'), kill_policy: { grace_period: time } } },
  {
    type: 'SUBSCRIBE',
    framework_id,
    executor_id: id('e'),
    subscribe: { unacknowledged_tasks: [task], unacknowledged_updates: [{ status }] },
  },
  { type: 'UPDATE', framework_id, executor_id: id('e'), update: { status } },
  { type: 'LAUNCH', launch: { task } },
  { type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks: [task] } } },
  {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id,
      heartbeat_interval_seconds: 15,
      master_info: { id: 'M' },
      framework_info,
      executor_info: executor,
      agent_info: { id: id('A'), hostname: 'h', port: 1, resources },
    },
  },
  {
    type: 'OFFERS',
    offers: {
      offers: [
        {
          id: id('O'),
          framework_id,
          agent_id: id('A'),
          hostname: 'h',
          url: { scheme: 'http', address: { ip: '127.0.0.1', port: 1 } },
          resources,
          attributes: [{ name: 'os', type: 'TEXT', text: { value: 'linux' } }],
          executor_ids: [id('e')],
          unavailability: { start: time, duration: time },
          allocation_info: { role: 'a' },
        },
      ],
    },
  },
]
