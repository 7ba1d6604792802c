import type { Amounts } from '../../model/resources/amounts.ts'
import type { Agent, Job } from './schema.ts'

type Written = Pick<Agent | Job, 'cpus' | 'mem' | 'disk' | 'gpus' | 'ports' | 'resources'>
type Ports = NonNullable<Written['ports']>

/** The amounts of an agent or job in the words of the API. */
export function amountsOf(written: Written): Amounts {
  const { cpus, mem, disk, gpus, ports, resources } = written
  return {
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(disk !== undefined && { disk }),
    ...(gpus !== undefined && { gpus }),
    ...(ports !== undefined && { ports: rangesOf(ports) }),
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
