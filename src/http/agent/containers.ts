import type { ExecutorUsage } from '../../actors/ports.ts'
import { scalarOf } from '../../model/resources/kinds.ts'
import { everybody, type Viewer } from '../operator/viewer.ts'
import type { Json } from '../wire/json.ts'
import { type ExecutorPicture, type FrameworkPicture, takePicture } from './picture.ts'
import type { AgentPorts } from './ports.ts'

const bytesPerMb = 2 ** 20

/** GET_CONTAINERS and `/containers`: the executors that live, as what Mesos calls containers. */
export async function v1Containers(ports: AgentPorts, viewer: Viewer): Promise<Json[]> {
  const measured = await measure(ports, viewer)
  return measured.map(({ executor, statistics }) => ({
    framework_id: { value: executor.frameworkId },
    executor_id: { value: executor.record.id },
    executor_name: nameOf(executor),
    container_id: { value: executor.record.containerId },
    container_status: { container_id: { value: executor.record.containerId } },
    resource_statistics: statistics,
  }))
}

export async function plainContainers(ports: AgentPorts, viewer: Viewer): Promise<Json[]> {
  const measured = await measure(ports, viewer)
  return measured.map(({ executor, statistics }) => ({
    framework_id: executor.frameworkId,
    executor_id: executor.record.id,
    executor_name: nameOf(executor),
    source: executor.info.carried?.source ?? '',
    container_id: executor.record.containerId,
    status: { container_id: { value: executor.record.containerId } },
    statistics,
  }))
}

async function measure(ports: AgentPorts, viewer: Viewer) {
  const usages = await ports.usage()
  const atMs = ports.clock.now()
  // A right of its own decides, and what a container uses is no less for tasks that are hidden.
  const all = living(takePicture(ports, everybody))
  const seen = all.filter(({ info, framework }) => viewer.seesContainer(info, framework))
  return seen.map((executor) => {
    const { frameworkId, record } = executor
    const usage = usages.find(
      (one) => one.frameworkId === frameworkId && one.executorId === record.id,
    )
    return { executor, statistics: statisticsOf(executor, usage, atMs) }
  })
}

function living(frameworks: readonly FrameworkPicture[]): ExecutorPicture[] {
  return frameworks
    .flatMap(({ executors }) => executors)
    .filter(({ record }) => record.containerId !== undefined && record.state !== 'terminated')
}

function nameOf({ info }: ExecutorPicture): unknown {
  return info.carried?.name ?? ''
}

/** What it may use, and what it does, where that is known. */
function statisticsOf(
  { info, queued, launched }: ExecutorPicture,
  usage: ExecutorUsage | undefined,
  atMs: number,
): Json {
  const held = [...queued, ...launched].map(({ task }) => task.info.resources)
  const sum = (name: string): number =>
    [info.resources ?? {}, ...held].reduce((total, amounts) => total + scalarOf(amounts, name), 0)
  return {
    timestamp: atMs / 1_000,
    cpus_limit: sum('cpus'),
    mem_limit_bytes: sum('mem') * bytesPerMb,
    ...(usage && {
      cpus_user_time_secs: usage.cpuUserSecs,
      cpus_system_time_secs: usage.cpuSystemSecs,
      mem_rss_bytes: usage.memoryBytes,
      processes: usage.processes,
      threads: usage.threads,
    }),
  }
}
