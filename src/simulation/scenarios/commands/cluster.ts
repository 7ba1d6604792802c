import { type FrameworkInfo, MASTER, type Resources } from '../../../messages/index.ts'
import { InvalidInputError } from '../../../model/errors.ts'
import { ScenarioDisk } from '../disk.ts'
import type { Stage } from '../stage.ts'
import type { Words } from '../words.ts'
import type { ScenarioCommand } from './command.ts'

/** Who is there, who dies and who comes back. */
export const clusterCommands = {
  master: {
    usage: 'master disk TIME: it keeps a registry; the first command, if at all',
    run: (stage, words) => {
      stage.keepRegistry(new ScenarioDisk(words.duration('disk') ?? 0))
    },
  },
  agent: {
    usage: 'agent NAME [cpus N] [mem N] [ports FROM-TO] [disk TIME]',
    run: (stage, words) => {
      const hostname = words.take('the name of the agent')
      const resources = resourcesIn(words)
      const writeMs = words.duration('disk')
      const disk = writeMs === undefined ? undefined : new ScenarioDisk(writeMs)
      stage.addMachine({ hostname, resources }, disk)
    },
  },
  framework: {
    usage: 'framework NAME [role ROLE[,ROLE]] [failover TIME] [unaware]',
    run: (stage, words) => {
      const name = words.take('the name of the framework')
      const roles = words.takes('role') ? words.take('the role').split(',') : [name]
      const failoverTimeoutMs = words.duration('failover')
      const capabilities: FrameworkInfo['capabilities'] = words.takes('unaware')
        ? []
        : ['PARTITION_AWARE', 'TASK_KILLING_STATE']
      stage.addScheduler({
        name,
        roles,
        capabilities,
        ...(failoverTimeoutMs !== undefined && { failoverTimeoutMs }),
      })
    },
  },
  crash: {
    isFault: true,
    usage: 'crash NAME [alone] [noticed]: with the work on it, unless an agent dies alone',
    run: (stage, words) => {
      const name = words.take('who crashes')
      const isAlone = words.takes('alone')
      const isNoticed = words.takes('noticed')
      if (name === MASTER) stage.crashMaster()
      else mortal(stage, name).crash({ isNoticed, isAlone })
    },
  },
  restart: {
    usage: 'restart NAME [elsewhere]',
    run: (stage, words) => {
      const name = words.take('who comes back')
      if (name === MASTER) stage.restartMaster()
      else mortal(stage, name).restart(words.takes('elsewhere'))
    },
  },
  pause: {
    isFault: true,
    usage: 'pause NAME',
    run: (stage, words) => stage.process(words.take('who pauses')).pause(),
  },
  resume: {
    usage: 'resume NAME',
    run: (stage, words) => stage.process(words.take('who goes on')).resume(),
  },
  finish: { usage: 'finish TASK', run: (stage, words) => endWork(stage, words, true) },
  fail: { usage: 'fail TASK', run: (stage, words) => endWork(stage, words, false) },
} satisfies Record<string, ScenarioCommand>

function mortal(stage: Stage, name: string) {
  return stage.schedulers.get(name) ?? stage.machine(name)
}

function resourcesIn(words: Words): Resources {
  const [cpus, mem] = ['cpus', 'mem'].map((name) => words.number(name))
  const ports = words.takes('ports') ? words.take('the ports').split('-').map(Number) : undefined
  const [from, to = from] = ports ?? []
  return {
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(from !== undefined &&
      to !== undefined && { ports: [[from, to] satisfies [number, number]] }),
  }
}

/** The work of a task ends by itself. */
function endWork(stage: Stage, words: Words, succeeded: boolean): void {
  const taskId = words.take('the task')
  for (const machine of stage.machines.values()) if (machine.end(taskId, succeeded)) return
  throw new InvalidInputError(`${taskId} runs nowhere`)
}
