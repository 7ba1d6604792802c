import type { Resources } from '../../messages/index.ts'
import type { Json } from '../wire/json.ts'
import type { ExecutorPicture, FrameworkPicture } from './picture.ts'

const bytesPerMb = 2 ** 20

/** GET_CONTAINERS and `/containers`: the executors that live, as what Mesos calls containers. */
export function v1Containers(frameworks: readonly FrameworkPicture[], atMs: number): Json[] {
  return living(frameworks).map((executor) => ({
    framework_id: { value: executor.frameworkId },
    executor_id: { value: executor.record.id },
    executor_name: nameOf(executor),
    container_id: { value: executor.record.containerId },
    container_status: { container_id: { value: executor.record.containerId } },
    resource_statistics: statisticsOf(executor, atMs),
  }))
}

export function plainContainers(frameworks: readonly FrameworkPicture[], atMs: number): Json[] {
  return living(frameworks).map((executor) => ({
    framework_id: executor.frameworkId,
    executor_id: executor.record.id,
    executor_name: nameOf(executor),
    source: executor.info.carried?.source ?? '',
    container_id: executor.record.containerId,
    status: { container_id: { value: executor.record.containerId } },
    statistics: statisticsOf(executor, atMs),
  }))
}

function living(frameworks: readonly FrameworkPicture[]): ExecutorPicture[] {
  return frameworks
    .flatMap(({ executors }) => executors)
    .filter(({ record }) => record.containerId !== undefined && record.state !== 'terminated')
}

function nameOf({ info }: ExecutorPicture): unknown {
  return info.carried?.name ?? ''
}

/** What it may use; what it does use is not measured. */
function statisticsOf({ info, queued, launched }: ExecutorPicture, atMs: number): Json {
  const held = [...queued, ...launched].map(({ task }) => task.info.resources)
  const sum = (name: string): number =>
    [info.resources ?? {}, ...held].reduce((total, amounts) => total + amountIn(amounts, name), 0)
  return {
    timestamp: atMs / 1_000,
    cpus_limit: sum('cpus'),
    mem_limit_bytes: sum('mem') * bytesPerMb,
  }
}

/** Of all kinds: what is reserved counts, too. */
function amountIn(resources: Resources, name: string): number {
  let sum = 0
  for (const [key, amount] of Object.entries(resources)) {
    if (typeof amount === 'number' && /^[^([{]*/.exec(key)?.[0] === name) sum += amount
  }
  return sum
}
