/** Who is meant by a role, where a table has room for a word. */
const titles = {
  lifecycle: 'Lifecycle: who is part of the cluster',
  allocation: 'Resource allocation: offers and their answers',
  task: 'Task management: launching, killing, states',
}

/**
 * The page docs/messages.md, made from the vocabulary itself.
 * @param {readonly import('../src/messages/define.ts').MessageDefinition[]} catalog
 */
export function messagesPage(catalog) {
  const parts = [
    '# Messages',
    '',
    'Everything between actors is an envelope `{ from, to, message }` with plain JSON data. It goes one',
    'way: an answer is another message. Per ordered pair of addresses messages arrive in order and at most',
    'once; updates of tasks are repeated until they are acknowledged.',
    '',
    'This page is generated from `src/messages` by `npm run docs`.',
    '',
  ]
  for (const category of Object.keys(titles)) {
    parts.push(`## ${titles[category]}`, '')
    const ofCategory = catalog.filter((known) => known.type.startsWith(`${category}.`))
    for (const [direction, known] of byDirection(ofCategory)) {
      parts.push(`### ${direction}`, '', '| message | fields | meaning |', '|---|---|---|')
      for (const { type, schema, doc } of known) {
        parts.push(`| \`${type}\` | ${fieldsOf(schema)} | ${doc} |`)
      }
      parts.push('')
    }
  }
  return `${[...parts, ...howToAdd()].join('\n')}\n`
}

function byDirection(definitions) {
  const groups = new Map()
  for (const definition of definitions) {
    const direction = `${definition.from} → ${definition.to.join(', ')}`
    groups.set(direction, [...(groups.get(direction) ?? []), definition])
  }
  return groups
}

function fieldsOf(schema) {
  const required = new Set(schema.required ?? [])
  const names = Object.keys(schema.properties).filter((name) => name !== 'type')
  if (names.length === 0) return '–'
  return names.map((name) => `\`${name}${required.has(name) ? '' : '?'}\``).join(', ')
}

function howToAdd() {
  return [
    '## How to add a message',
    '',
    '1. Declare it in the file of its category in `src/messages`, in the group of its direction: who says it',
    '   to whom, when, and what the receiver does, in one line. The TypeScript type follows from the schema.',
    '2. List it under its receiver (`toMaster`, `toScheduler`, `toAgent`, `toExecutor`) in the same file.',
    '3. Handle it in the receiver’s statechart in `src/machines`, in every state, or list it as ignored with a',
    '   reason. The decision itself is a function in `src/model`.',
    '4. If several of them may travel as one, name their list in `src/messages/batches.ts`.',
    '5. Add it to the concrete events of the receiver’s model-based test, which fails until a path takes it,',
    '   and run `npm run docs`.',
  ]
}
