import { describeAmounts } from '../../model/resources/describe.ts'
import { isEmpty, type Quantities, toResources } from '../../model/resources/quantities.ts'
import { shortId } from '../message-text.ts'
import type { Stage } from './stage.ts'

/** Tells how agents, tasks and the master's accounts stand now, as far as it is news. */
export function tellStates(stage: Stage, hasMaster: boolean): void {
  const { journal, schedulers } = stage
  if (hasMaster) tellBook(stage)
  else journal.state('master', 'dead')
  for (const [name, { states }] of schedulers) {
    for (const [taskId, state] of states) journal.state(`${taskId}, as ${name} sees it`, state)
  }
}

function tellBook({ journal, ledger }: Stage): void {
  const agents = [...ledger.agents.values()].map(({ id, info, state, free, offered, used }) => {
    const accounts = Object.entries({ free, offered, used })
      .filter(([, amounts]) => !isEmpty(amounts))
      .map(([name, amounts]) => `${name} ${text(amounts)}`)
    return `${info.hostname} (${id}) is ${state}${['', ...accounts].join('; ')}`
  })
  journal.state('agents in the book', agents.join(' | '))
  const frameworks = [...ledger.frameworks.values()].map(({ info, state, tasks, offers }) => {
    const has = [...tasks.values()].map((task) => `${task.id} ${task.state.slice(5)}`)
    const open = [...offers].map(shortId)
    const parts = [has, open].filter((list) => list.length > 0).map((list) => list.join(' '))
    return `${info.name} is ${state}${parts.length === 0 ? '' : ` with ${parts.join(', ')}`}`
  })
  journal.state('frameworks in the book', frameworks.join(' | '))
}

function text(amounts: Readonly<Quantities>): string {
  return describeAmounts(toResources(amounts)).replaceAll(', ', ' + ')
}
