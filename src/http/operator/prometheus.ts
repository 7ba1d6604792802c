import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

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
    name: 'agent_removals_total',
    help: 'Agents that were lost or left, since the master started, by the reason.',
    type: 'counter',
    pattern: /^master\/slave_removals\/reason_(?<reason>\w+)$/,
  },
  {
    name: 'messages_checked_total',
    help: 'Messages by whether they could go on their way.',
    type: 'counter',
    pattern: /^master\/(?<verdict>valid|invalid)_(?<kind>\w+)$/,
  },
  {
    name: 'framework_talk_total',
    help: 'Calls of a framework, events that it was told, and what became of its offers, by kind.',
    type: 'counter',
    pattern:
      /^master\/frameworks\/(?<name>[^/]*)\/(?<id>[^/]+)\/(?<what>calls|events|offers)\/(?<kind>\w+)$/,
  },
  {
    name: 'framework_tasks',
    help: 'Tasks of a framework that are not over, by state.',
    type: 'gauge',
    pattern:
      /^master\/frameworks\/(?<name>[^/]*)\/(?<id>[^/]+)\/tasks\/active\/task_(?<state>\w+)$/,
  },
  {
    name: 'framework_tasks_ended_total',
    help: 'Tasks of a framework that are over, by their last state.',
    type: 'counter',
    pattern:
      /^master\/frameworks\/(?<name>[^/]*)\/(?<id>[^/]+)\/tasks\/terminal\/task_(?<state>\w+)$/,
  },
  {
    name: 'offer_filters',
    help: 'Refusals of offers that still count.',
    type: 'gauge',
    pattern: /^allocator\/mesos\/offer_filters\/roles\/(?<role>.+)\/active$/,
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

/** Sums of what is told one by one, too: Prometheus adds up by itself. */
const sums = /^master\/frameworks\/[^/]*\/[^/]+\/(?:calls|events)$/

/** The page that Prometheus reads: the master's metrics, and those of its process. */
export class PrometheusPage {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #process = processRegistry()

  /** The page for metrics by Mesos' names. */
  readonly text = async (metrics: Readonly<Record<string, number>>): Promise<string> =>
    (await registryOf(metrics).metrics()) + (await this.#process.metrics())
}

/** Processor time, memory, event loop: measured from the first time that somebody looks. */
function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Made anew for each page: roles and frameworks come and go, and so do their labels. */
function registryOf(metrics: Readonly<Record<string, number>>): Registry {
  const registry = new Registry()
  const made = new Map<string, (labels: Labels, value: number) => void>()
  for (const [name, value] of Object.entries(metrics)) {
    if (sums.test(name)) continue
    const { family, labels } = familyOf(name)
    const add = made.get(family.name) ?? adderFor(family, registry)
    made.set(family.name, add)
    add(labels, value)
  }
  return registry
}

type Labels = Readonly<Record<string, string>>

function familyOf(name: string): { family: Family; labels: Labels } {
  for (const family of families) {
    const groups = family.pattern.exec(name)?.groups
    if (groups === undefined) continue
    const named = Object.entries(groups).filter(([, text]) => text !== undefined)
    return { family, labels: Object.fromEntries(named) }
  }
  const plain = name.replaceAll(/\W/g, '_')
  const help = `Mesos' ${name}.`
  return { family: { name: plain, help, type: 'gauge', pattern: /^/ }, labels: {} }
}

function adderFor({ name, help, type, pattern }: Family, registry: Registry) {
  const labelNames = [...pattern.source.matchAll(/\(\?<(\w+)>/g)].map(([, label = '']) => label)
  const options = { name: `mesostate_${name}`, help, labelNames, registers: [registry] }
  if (type === 'counter') {
    const counter = new Counter(options)
    return (labels: Labels, value: number) => counter.inc(labels, value)
  }
  const gauge = new Gauge(options)
  return (labels: Labels, value: number) => gauge.set(labels, value)
}
