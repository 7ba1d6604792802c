import type { CatalogedMachine } from '../../../src/machines/index.ts'
import { statesByEvents, toTable } from '../../../src/machines/support/describe.ts'
import { toMermaid } from '../../../src/machines/support/mermaid.ts'
import {
  isIgnore,
  ownTransitions,
  pathName,
  stateNodesOf,
} from '../../../src/machines/support/names.ts'

const note =
  '<!-- Generated from the chart: npx vitest run test/machines/documents.test.ts --update -->'

const kinds = {
  actor: 'An actor: it has a mailbox and is hosted.',
  tracked: 'Tracked: a record of an actor, moved by a table that is derived from this chart.',
} as const

const legend = [
  'A cell names the next state; `stays` means handled without leaving the state, `ignored` left',
  'alone on purpose, and an empty cell that nobody expects the event there. Guards stand in brackets.',
].join('\n')

/** The page of one chart: what it is, its diagram, its table, and why it ignores what it ignores. */
export function pageOf({ name, kind, summary, machine }: CatalogedMachine): string {
  const reasons = stateNodesOf(machine).flatMap((node) =>
    ownTransitions(node)
      .filter(isIgnore)
      .map(
        ({ eventType, description }) => `- \`${pathName(node)}\`, \`${eventType}\`: ${description}`,
      ),
  )
  return [
    `# ${name}`,
    '',
    note,
    '',
    `${summary}. ${kinds[kind]}`,
    '',
    '```mermaid',
    toMermaid(machine).trimEnd(),
    '```',
    '',
    '## States and events',
    '',
    legend,
    '',
    toTable(statesByEvents(machine)).trimEnd(),
    '',
    ...(reasons.length === 0 ? [] : ['## What is ignored, and why', '', ...reasons, '']),
  ].join('\n')
}

/** The list of all charts. */
export function indexOf(machines: readonly CatalogedMachine[]): string {
  const lines = machines.map(
    ({ name, kind, summary }) => `- [${name}](${name}.md) (${kind}): ${summary}.`,
  )
  return ['# The statecharts', '', note, '', ...lines, ''].join('\n')
}
