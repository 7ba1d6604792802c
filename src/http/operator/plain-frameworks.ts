import type { Offer } from '../../messages/index.ts'
import type { ExecutorRecord } from '../../model/ledger/records.ts'
import { addTo, toQuantities } from '../../model/resources/quantities.ts'
import { writeExecutorInfo } from '../wire/executor-info.ts'
import { writeFrameworkInfo } from '../wire/framework-info.ts'
import { isObject, type Json } from '../wire/json.ts'
import type { FrameworkPicture } from './picture.ts'
import { plainResources, sumOf } from './resource-json.ts'
import { fieldsOf, listOf, objectOf } from './slices.ts'
import type { TaskVersion } from './task-version.ts'
import { constraintsOf } from './v1-frameworks.ts'

/** What all plain endpoints say of a framework (Mesos: Summary<Framework>). */
export function frameworkSummary(framework: FrameworkPicture): Json {
  const { id, info, state, used, offered } = framework
  const isConnected = state === 'connected'
  return {
    id,
    name: info.name,
    used_resources: plainResources(sumOf(used)),
    offered_resources: plainResources(sumOf(offered)),
    capabilities: info.capabilities ?? [],
    hostname: info.carried?.hostname ?? '',
    webui_url: info.carried?.webui_url ?? '',
    active: isConnected,
    connected: isConnected,
    recovered: state === 'recovered',
  }
}

/** The pieces of a framework with its tasks (Mesos: FullFrameworkWriter). */
export function plainFramework(framework: FrameworkPicture): Generator<string> {
  const { info, tasks, unreachable, completed } = framework
  return objectOf({
    ...fieldsOf({ ...frameworkSummary(framework), ...describe(framework) }),
    tasks: listOf(texts(tasks)),
    unreachable_tasks: listOf(texts(unreachable)),
    completed_tasks: listOf(texts(completed)),
    ...fieldsOf({
      offers: framework.offers.map(plainOffer),
      executors: framework.executors.map(plainExecutor),
      ...labelsOf(framework),
      offer_constraints: constraintsOf(info),
    }),
  })
}

function describe({ info, times, used, offered }: FrameworkPicture): Json {
  const { registeredAtMs, reregisteredAtMs, unregisteredAtMs = 0 } = times
  const resources = sumOf(used)
  addTo(resources, sumOf(offered))
  const isMultiRole = info.capabilities?.includes('MULTI_ROLE') === true || info.roles.length > 1
  return {
    user: info.user ?? '',
    failover_timeout: (info.failoverTimeoutMs ?? 0) / 1_000,
    checkpoint: info.checkpoint ?? false,
    registered_time: registeredAtMs / 1_000,
    unregistered_time: unregisteredAtMs / 1_000,
    ...(info.principal !== undefined && { principal: info.principal }),
    resources: plainResources(resources),
    ...(reregisteredAtMs !== undefined && { reregistered_time: reregisteredAtMs / 1_000 }),
    ...(isMultiRole ? { roles: info.roles } : { role: info.roles[0] ?? '*' }),
  }
}

function* texts(tasks: readonly TaskVersion[]): Generator<string> {
  for (const task of tasks) yield task.plain
}

function plainOffer({ offerId, frameworkId, agentId, role, resources }: Offer): Json {
  return {
    id: offerId,
    framework_id: frameworkId,
    allocation_info: { role },
    slave_id: agentId,
    resources: plainResources(toQuantities(resources)),
  }
}

function plainExecutor({ id, frameworkId, agentId, role, info, resources }: ExecutorRecord): Json {
  const json = writeExecutorInfo(info, { refined: true }, frameworkId)
  return {
    executor_id: id,
    name: json.name ?? '',
    framework_id: frameworkId,
    command: isObject(json.command) ? plainCommand(json.command) : { argv: [], uris: [] },
    resources: plainResources(resources),
    role,
    ...(isObject(json.labels) && { labels: json.labels.labels }),
    type: json.type,
    slave_id: agentId,
  }
}

function plainCommand({ arguments: argv = [], uris = [], ...rest }: Json): Json {
  const { shell, value, environment } = rest
  return { shell, value, argv, environment, uris }
}

function labelsOf({ info }: FrameworkPicture): Json {
  const { labels } = writeFrameworkInfo(info)
  return isObject(labels) ? { labels: labels.labels } : {}
}
