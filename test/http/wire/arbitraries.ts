import fc from 'fast-check'
import type {
  AttributeConstraint,
  Attributes,
  CommandInfo,
  ExecutorInfo,
  FrameworkInfo,
  HealthCheck,
  Offer,
  Operation,
  ResourceOperation,
  Resources,
  TaskInfo,
} from '../../../src/messages/index.ts'
import { capabilities, pseudoattributeTypes } from '../../../src/messages/index.ts'
import { formatKind, type Reservation } from '../../../src/model/resources/kinds.ts'

/** Everything that can be told in Mesos' JSON without losing any of it. */

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isPlainKey)
export const text = fc.string({ unit: 'grapheme' })
export const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/)
export const uuid = fc.uuid({ version: 4 })
const milliseconds = fc.nat(10_000_000)
export const base64 = fc.base64String({ maxLength: 40 })

/** Numbers as keys lose their place, and the language has taken some names. */
function isPlainKey(name: string): boolean {
  return !(name in Object.prototype) && !/^\d+$/.test(name)
}

const labels = fc.dictionary(key, text, { minKeys: 1, maxKeys: 3 }).map(plain)

/** The generator makes some objects without a prototype. */
function plain<Value>(record: Record<string, Value>): Record<string, Value> {
  return { ...record }
}

const role = fc.constantFrom('eng', 'eng/ads', 'with,comma', 'с(кобка)', 'ops')

const reservation: fc.Arbitrary<Reservation> = fc.oneof(
  role.map((name): Reservation => ({ role: name, type: 'STATIC' })),
  fc.record(
    { role, type: fc.constant('DYNAMIC' as const), principal: key, labels },
    { requiredKeys: ['role', 'type'] },
  ),
)

/** Each for a role below the one before. */
function refined(list: readonly Reservation[]): Reservation[] {
  const path: string[] = []
  return list.map((one, index) => {
    path.push(one.role)
    return { ...one, role: path.join('/'), type: index === 0 ? one.type : 'DYNAMIC' }
  })
}

const volume = fc.record({ id, containerPath: id })
const scalarName = fc.constantFrom('cpus', 'mem', 'disk', 'gpus', 'bandwidth')

/** Keys of resources; of at most so many reservations each. */
function keyOf(name: fc.Arbitrary<string>, depthMax: number): fc.Arbitrary<string> {
  const reservations = fc.array(reservation, { maxLength: depthMax }).map(refined)
  return fc.oneof(
    name,
    fc.record({ name, reservations, revocable: fc.boolean() }).map(formatKind),
    fc
      .record({ reservations, volume })
      .map((kind) => formatKind({ ...kind, name: 'disk', revocable: false })),
  )
}

const scalar = fc.integer({ min: 1, max: 10_000_000 }).map((amount) => amount / 1000)
const range = fc.tuple(fc.nat(100), fc.nat(50)).map(([from, size]) => [from, from + size] as const)
const ranges = fc
  .array(range, { minLength: 1, maxLength: 3 })
  .map((list): [number, number][] =>
    list.map(([from, to], index) => [from + 1000 * index, to + 1000 * index]),
  )
const names = fc.uniqueArray(key, { minLength: 1, maxLength: 3 })

export function resourcesOf(depthMax: number): fc.Arbitrary<Resources> {
  return fc
    .tuple(
      fc.dictionary(keyOf(scalarName, depthMax), scalar, { maxKeys: 4 }),
      fc.dictionary(keyOf(fc.constant('ports'), depthMax), ranges, { maxKeys: 2 }),
      fc.dictionary(keyOf(fc.constant('devices'), depthMax), names, { maxKeys: 2 }),
    )
    .map(([scalars, ports, devices]) => ({ ...devices, ...scalars, ...ports }))
    .map((amounts) =>
      // A volume key may come by way of any of them, and is a scalar.
      Object.fromEntries(
        Object.entries(amounts).map(([name, amount]) => [
          name,
          name.startsWith('disk') && typeof amount !== 'number' ? 1 : amount,
        ]),
      ),
    )
}

export const attributes: fc.Arbitrary<Attributes> = fc
  .dictionary(key, fc.oneof(text, scalar, ranges, names), { maxKeys: 4 })
  .map(plain)

const environment = fc.dictionary(key, text, { minKeys: 1, maxKeys: 3 }).map(plain)

export const command: fc.Arbitrary<CommandInfo> = fc.oneof(
  fc.record({ value: text, shell: fc.constant(true), environment }, { requiredKeys: ['value'] }),
  fc.record(
    {
      value: text,
      shell: fc.constant(false),
      arguments: fc.array(text, { minLength: 1, maxLength: 3 }),
      environment,
      carried: fc.constant({ user: 'nobody', uris: [{ value: 'http://x/y' }] }),
    },
    { requiredKeys: ['value', 'shell'] },
  ),
)

export const executor: fc.Arbitrary<ExecutorInfo> = fc.record(
  {
    executorId: id,
    type: fc.constantFrom('CUSTOM', 'DEFAULT'),
    // Mesos writes the framework, whether its scheduler did or not.
    frameworkId: fc.constant('F'),
    shutdownGracePeriodMs: milliseconds,
    command,
    resources: resourcesOf(2),
    carried: fc.record({ name: text, data: base64 }, { requiredKeys: ['name'] }),
  },
  { requiredKeys: ['executorId', 'type', 'frameworkId'] },
)

const port = fc.integer({ min: 1, max: 65_535 })
export const healthCheck: fc.Arbitrary<HealthCheck> = fc.record(
  {
    type: fc.constantFrom('COMMAND', 'HTTP', 'TCP'),
    delayMs: milliseconds,
    intervalMs: milliseconds,
    timeoutMs: milliseconds,
    gracePeriodMs: milliseconds,
    consecutiveFailures: fc.nat(9),
    command,
    http: fc.record({ port, path: text, scheme: text }, { requiredKeys: ['port'] }),
    tcp: fc.record({ port }),
  },
  { requiredKeys: ['type'] },
)

export const taskOf = (depthMax: number): fc.Arbitrary<TaskInfo> =>
  fc.record(
    {
      taskId: id,
      name: text,
      agentId: id,
      resources: resourcesOf(depthMax),
      command,
      executor,
      healthCheck,
      killPolicy: fc.record({ gracePeriodMs: milliseconds }),
      maxCompletionTimeMs: milliseconds,
      data: base64,
      labels,
      carried: fc.constant({
        container: { type: 'MESOS' },
        discovery: { visibility: 'CLUSTER' },
      }),
      check: fc.constant({ type: 'TCP', tcp: { port: 80 }, intervalMs: 500 } as const),
    },
    { requiredKeys: ['taskId', 'name', 'agentId', 'resources'] },
  )

const predicate: fc.Arbitrary<AttributeConstraint> = fc.oneof(
  fc.constant<AttributeConstraint>({ exists: true }),
  fc.constant<AttributeConstraint>({ notExists: true }),
  text.map((value): AttributeConstraint => ({ textEquals: value })),
  text.map((value): AttributeConstraint => ({ textNotEquals: value })),
  text.map((value): AttributeConstraint => ({ textMatches: value })),
  text.map((value): AttributeConstraint => ({ textNotMatches: value })),
)
const selector: fc.Arbitrary<AttributeConstraint> = fc.oneof(
  text.map((attributeName): AttributeConstraint => ({ attributeName })),
  fc.constantFrom(...pseudoattributeTypes).map((type) => ({ pseudoattributeType: type })),
)
const constraint = fc.tuple(selector, predicate).map(([one, other]) => ({ ...one, ...other }))

export const constraints = fc
  .dictionary(role, fc.array(fc.array(constraint, { maxLength: 2 }), { maxLength: 2 }))
  .map(plain)

const quantities = fc.dictionary(scalarName, scalar, { minKeys: 1 }).map(plain)

export const framework: fc.Arbitrary<FrameworkInfo> = fc
  .record(
    {
      name: text,
      user: text,
      roles: fc.uniqueArray(role, { minLength: 1, maxLength: 3 }),
      checkpoint: fc.boolean(),
      failoverTimeoutMs: milliseconds,
      capabilities: fc.uniqueArray(fc.constantFrom(...capabilities)),
      principal: text,
      labels,
      minAllocatable: fc.dictionary(role, fc.array(quantities, { maxLength: 2 })).map(plain),
      carried: fc.record({ hostname: text, webui_url: text }),
    },
    {
      requiredKeys: ['name', 'user', 'roles', 'checkpoint', 'failoverTimeoutMs', 'capabilities'],
    },
  )
  .map((info) => ({
    ...info,
    capabilities: [...new Set(['MULTI_ROLE' as const, ...(info.capabilities ?? [])])],
  }))

/** An operation on one volume, whose disk can be told from its key. */
const onVolume = fc.record({ reservation, volume, amount: scalar }).map((one) => {
  const kind = { name: 'disk', reservations: [one.reservation], revocable: false }
  return { [formatKind({ ...kind, volume: one.volume })]: one.amount }
})

export const resourceOperation: fc.Arbitrary<ResourceOperation> = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('RESERVE', 'UNRESERVE'),
      operationId: id,
      resources: resourcesOf(3),
    },
    { requiredKeys: ['type', 'resources'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('CREATE', 'DESTROY', 'GROW_VOLUME', 'SHRINK_VOLUME'),
      operationId: id,
      volumes: onVolume,
    },
    { requiredKeys: ['type', 'volumes'] },
  ),
)

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  resourceOperation,
  fc.record({ type: fc.constant('LAUNCH' as const), tasks: fc.array(taskOf(2), { maxLength: 2 }) }),
  fc.record({
    type: fc.constant('LAUNCH_GROUP' as const),
    executor,
    tasks: fc.array(
      taskOf(2).map(({ executor: _, ...task }) => task),
      { maxLength: 2 },
    ),
  }),
)

export const offer: fc.Arbitrary<Offer> = fc.record(
  {
    offerId: id,
    frameworkId: id,
    agentId: id,
    hostname: text,
    role,
    resources: resourcesOf(2),
    attributes: attributes.filter((all) => Object.keys(all).length > 0),
    executorIds: fc.array(id, { minLength: 1, maxLength: 2 }),
    endpoint: fc.record({ ip: fc.ipV4(), port }),
    unavailability: fc.record(
      { startMs: milliseconds, durationMs: milliseconds },
      { requiredKeys: ['startMs'] },
    ),
  },
  { requiredKeys: ['offerId', 'frameworkId', 'agentId', 'hostname', 'role', 'resources'] },
)
