/**
 * Metrics in the text format of Prometheus. Mesos puts into a metric's name what Prometheus puts
 * into labels; each rule takes one family of names apart.
 */

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  /** The named groups of the pattern become labels. */
  readonly pattern: RegExp
}

const families: readonly Family[] = [
  {
    name: 'tasks',
    help: 'Tasks that are not over, by state.',
    type: 'gauge',
    pattern: /^master\/tasks_(?<state>staging|starting|running|killing|unreachable)$/,
  },
  {
    name: 'tasks_ended_total',
    help: 'Tasks that are over, since the master started, by their last state.',
    type: 'counter',
    pattern: /^master\/tasks_(?<state>\w+)$/,
  },
  {
    name: 'task_ends_total',
    help: 'Ends of tasks, by who said so and why.',
    type: 'counter',
    pattern: /^master\/task_(?<state>\w+)\/source_(?<source>\w+?)(?:\/reason_(?<reason>\w+))?$/,
  },
  {
    name: 'agents',
    help: 'Agents, by how they stand.',
    type: 'gauge',
    pattern: /^master\/slaves_(?<state>\w+)$/,
  },
  {
    name: 'agent_changes_total',
    help: 'What happened to agents, since the master started.',
    type: 'counter',
    pattern: /^master\/slave_(?<change>\w+)$/,
  },
  {
    name: 'frameworks',
    help: 'Frameworks, by how they stand.',
    type: 'gauge',
    pattern: /^master\/frameworks_(?<state>\w+)$/,
  },
  {
    name: 'framework_subscribed',
    help: 'Whether a framework is subscribed.',
    type: 'gauge',
    pattern: /^master\/frameworks\/(?<name>[^/]*)\/(?<id>[^/]+)\/subscribed$/,
  },
  {
    name: 'framework_role_suppressed',
    help: 'Whether a framework wants no offers in a role.',
    type: 'gauge',
    pattern: /^master\/frameworks\/(?<name>[^/]*)\/(?<id>[^/]+)\/roles\/(?<role>.+)\/suppressed$/,
  },
  {
    name: 'messages_total',
    help: 'Messages that the master was sent, by kind.',
    type: 'counter',
    pattern: /^master\/messages_(?<kind>\w+)$/,
  },
  {
    name: 'resources',
    help: 'Resources of active agents; percent is a part of one.',
    type: 'gauge',
    pattern: /^master\/(?<resource>\w+)_(?<account>total|used|percent)$/,
  },
  {
    name: 'allocator_resources',
    help: 'Resources that are to be shared, and what of them is offered or used.',
    type: 'gauge',
    pattern: /^allocator\/mesos\/resources\/(?<resource>[^/]+)\/(?<account>\w+)$/,
  },
  {
    name: 'quota',
    help: 'What roles are promised, may have at most, and have.',
    type: 'gauge',
    pattern:
      /^allocator\/mesos\/quota\/roles\/(?<role>.+)\/resources\/(?<resource>[^/]+)\/(?<account>\w+)$/,
  },
]

/** The metrics by Mesos' names, as Prometheus reads them; each family together. */
export function prometheusText(metrics: Readonly<Record<string, number>>): string {
  const texts = new Map<string, string[]>()
  for (const [name, value] of Object.entries(metrics)) {
    const { head, sample } = sampleOf(name, value)
    const lines = texts.get(head)
    if (lines === undefined) texts.set(head, [sample])
    else lines.push(sample)
  }
  return [...texts].map(([head, samples]) => `${head}\n${samples.join('\n')}\n`).join('')
}

function sampleOf(name: string, value: number): { head: string; sample: string } {
  for (const { name: family, help, type, pattern } of families) {
    const labels = pattern.exec(name)?.groups
    if (labels !== undefined) return sample(`mesostate_${family}`, help, type, labels, value)
  }
  const plain = `mesostate_${name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`
  return sample(plain, `Mesos' ${name}.`, 'gauge', {}, value)
}

function sample(
  name: string,
  help: string,
  type: Family['type'],
  labels: Readonly<Record<string, string | undefined>>,
  value: number,
): { head: string; sample: string } {
  const pairs = Object.entries(labels).flatMap(([label, text]) =>
    text === undefined ? [] : [`${label}="${escaped(text)}"`],
  )
  const set = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  return {
    head: `# HELP ${name} ${help}\n# TYPE ${name} ${type}`,
    sample: `${name}${set} ${value}`,
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
