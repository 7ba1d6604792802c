import type { TaskRequest } from '../../../frameworks/task-request.ts'
import type { Words } from '../words.ts'
import type { ScenarioCommand } from './command.ts'

/** What the schedulers of frameworks do. */
export const schedulingCommands = {
  accept: {
    usage: 'accept NAME [OFFER …] (task ID [cpus N] [mem N] [ports N] [for TIME]) … [refuse TIME]',
    run: (stage, words) => {
      const scheduler = stage.scheduler(words.take('the framework'))
      const offers = scheduler.offers(words.until('task', 'refuse'))
      const tasks: TaskRequest[] = []
      while (words.takes('task')) tasks.push(taskIn(words))
      scheduler.calls.launch(offers, tasks, refusalIn(words, 'refuse'))
    },
  },
  decline: {
    usage: 'decline NAME [OFFER …] [for TIME]',
    run: (stage, words) => {
      const scheduler = stage.scheduler(words.take('the framework'))
      scheduler.calls.decline(scheduler.offers(words.until('for')), refusalIn(words, 'for'))
    },
  },
  revive: {
    usage: 'revive NAME [ROLE …]',
    run: (stage, words) => {
      stage.scheduler(words.take('the framework')).calls.revive(rolesIn(words))
    },
  },
  suppress: {
    usage: 'suppress NAME [ROLE …]',
    run: (stage, words) => {
      stage.scheduler(words.take('the framework')).calls.suppress(rolesIn(words))
    },
  },
  kill: {
    usage: 'kill NAME TASK',
    run: (stage, words) => {
      stage.scheduler(words.take('the framework')).calls.kill(words.take('the task'))
    },
  },
  reconcile: {
    usage: 'reconcile NAME [TASK[@AGENT-ID] …]',
    run: (stage, words) => {
      const scheduler = stage.scheduler(words.take('the framework'))
      const tasks = words.until().map((word) => {
        const [taskId = word, agentId] = word.split('@')
        return { taskId, ...(agentId !== undefined && { agentId }) }
      })
      scheduler.calls.reconcile(tasks)
    },
  },
  stop: {
    usage: 'stop NAME',
    run: (stage, words) => {
      void stage.scheduler(words.take('the framework')).calls.stop()
    },
  },
} satisfies Record<string, ScenarioCommand>

function taskIn(words: Words): TaskRequest {
  const id = words.take('the id of the task')
  const needs = words.needs()
  const durationMs = words.duration('for')
  const labels = durationMs === undefined ? {} : { labels: { durationMs: String(durationMs) } }
  return { id, command: 'work', ...needs, ...labels }
}

function refusalIn(words: Words, keyword: string): { refuseSeconds: number } | undefined {
  const ms = words.duration(keyword)
  return ms === undefined ? undefined : { refuseSeconds: ms / 1_000 }
}

function rolesIn(words: Words): string[] | undefined {
  const roles = words.until()
  return roles.length === 0 ? undefined : roles
}
