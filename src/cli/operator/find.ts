import { UsageError } from '../usage.ts'
import { placeOfAgent } from './agents.ts'
import { listAt, textAt } from './json.ts'

/** The agent of this id, name or place in an answer to GET_AGENTS. Throws UsageError. */
export function findAgent(answer: unknown, wanted: string): unknown {
  const found = listAt(answer, 'agents').filter((agent) => {
    const place = placeOfAgent(agent)
    const names = [textAt(agent, 'agent_info', 'id', 'value'), place, place.replace(/:\d+$/, '')]
    return names.includes(wanted)
  })
  return theOnly(found, `agent ${wanted}`, (agent) => textAt(agent, 'agent_info', 'id', 'value'))
}

/** The framework of this id or name in an answer to GET_FRAMEWORKS. Throws UsageError. */
export function findFramework(answer: unknown, wanted: string): unknown {
  return theOnlyFramework(frameworksCalled(wanted, listAt(answer, 'frameworks')), wanted)
}

/** The same, or one that has ended where no other is called so. */
export function findPastFramework(answer: unknown, wanted: string): unknown {
  const living = frameworksCalled(wanted, listAt(answer, 'frameworks'))
  const ended = frameworksCalled(wanted, listAt(answer, 'completed_frameworks'))
  return theOnlyFramework(living.length > 0 ? living : ended, wanted)
}

function theOnlyFramework(found: readonly unknown[], wanted: string): unknown {
  return theOnly(found, `framework ${wanted}`, (one) => {
    return textAt(one, 'framework_info', 'id', 'value')
  })
}

function frameworksCalled(wanted: string, frameworks: readonly unknown[]): unknown[] {
  return frameworks.filter((framework) =>
    [
      textAt(framework, 'framework_info', 'id', 'value'),
      textAt(framework, 'framework_info', 'name'),
    ].includes(wanted),
  )
}

/** The task of this id, of one framework if that is named. Throws UsageError. */
export function findTask(
  tasks: readonly unknown[],
  wanted: string,
  frameworkId: string | undefined,
): unknown {
  const found = tasks.filter(
    (task) =>
      textAt(task, 'task_id', 'value') === wanted &&
      (frameworkId === undefined || textAt(task, 'framework_id', 'value') === frameworkId),
  )
  return theOnly(found, `task ${wanted}`, (task) => {
    return `that of --framework ${textAt(task, 'framework_id', 'value')}`
  })
}

function theOnly(found: readonly unknown[], what: string, name: (one: unknown) => string): unknown {
  if (found.length === 0) throw new UsageError(`there is no ${what}`)
  if (found.length === 1) return found[0]
  throw new UsageError(`there are several of ${what}; say which: ${found.map(name).join(', ')}`)
}
