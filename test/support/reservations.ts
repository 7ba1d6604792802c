import type { Operation, Resources } from '../../src/messages/index.ts'
import { Stage } from './stage.ts'

export const forEng = 'cpus(eng,ops)'
export const disk = 'disk(eng,ops)'
export const db = { [`${disk}[db:data]`]: 100 }

/** Operations with the ids 1, 2, 3, … */
export function numbered(...operations: Exclude<Operation, { type: 'LAUNCH' }>[]): Operation[] {
  return operations.map((operation, index) => ({ ...operation, operationId: String(index + 1) }))
}

export const reserve = (resources: Resources) => ({ type: 'RESERVE', resources }) as const
export const unreserve = (resources: Resources) => ({ type: 'UNRESERVE', resources }) as const
export const create = (volumes: Resources) => ({ type: 'CREATE', volumes }) as const
export const destroy = (volumes: Resources) => ({ type: 'DESTROY', volumes }) as const

/** One agent, and a framework of the role eng that acts in the name of ops. */
export function stageOfEng(resources: Resources = { cpus: 4, mem: 1_024, disk: 500 }) {
  const stage = new Stage()
  stage.agent('agent-1', resources)
  const eng = stage.scheduler('eng', { principal: 'ops' })
  const agent = () => {
    const [record] = stage.ledger.agents.values()
    if (record === undefined) throw new Error('there is no agent')
    return record
  }
  return { stage, eng, agent }
}
