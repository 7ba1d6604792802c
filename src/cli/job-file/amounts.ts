import type { Amounts, Needs } from '../../model/resources/amounts.ts'
import type { Agent, Job } from './schema.ts'

type Ports = NonNullable<Agent['ports']>

/** The amounts of an agent in the words of the API. */
export function amountsOf(agent: Agent): Amounts {
  const { ports } = agent
  return { ...commonOf(agent), ...(ports !== undefined && { ports: rangesOf(ports) }) }
}

/** The needs of a job in the words of the API. */
export function needsOf(job: Job): Needs {
  const { ports } = job
  return {
    ...commonOf(job),
    ...(ports !== undefined && { ports: typeof ports === 'number' ? ports : rangesOf(ports) }),
  }
}

function commonOf({ cpus, mem, disk, gpus, resources }: Agent | Job): Omit<Amounts, 'ports'> {
  return {
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(disk !== undefined && { disk }),
    ...(gpus !== undefined && { gpus }),
    ...(resources !== undefined && { resources }),
  }
}

/** Ports as people write them: `8080`, `31000-31005`, `[31000, 31005]`. */
export function rangesOf(ports: Ports): (readonly [number, number])[] {
  return ports.map((item) => {
    if (typeof item === 'number') return [item, item]
    const [from = 0, to = from] = typeof item === 'string' ? item.split('-').map(Number) : item
    return [from, to]
  })
}
