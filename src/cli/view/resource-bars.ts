import type { AgentSnapshot } from '../../cluster/snapshot.ts'
import type { Style } from './style.ts'
import { fit, pad } from './width.ts'

const parts = ['used', 'offered', 'free'] as const
/** Three densities, so that the bar can be read without colours too. */
const glyphs = { used: '█', offered: '▒', free: '·' } as const
const barWidthMax = 40
/** agent-2 comes before agent-10. */
const byName = new Intl.Collator('en', { numeric: true })

/** Per agent and amount a bar of what is used, offered and free; lists have none. */
export function resourceBars(
  agents: readonly AgentSnapshot[],
  columns: number,
  style: Style,
): string[] {
  const sorted = [...agents].sort((a, b) => byName.compare(a.name, b.name))
  const rows = sorted.flatMap((agent) => rowsOf(agent))
  const nameWidth = Math.min(20, Math.max(0, ...rows.map(({ agent }) => agent.length)))
  const kindWidth = Math.max(0, ...rows.map(({ kind }) => kind.length))
  const amountWidth = Math.max(0, ...rows.map(({ amounts }) => textOf(amounts).length))
  const barWidth = Math.min(barWidthMax, columns - nameWidth - kindWidth - amountWidth - 6)
  return rows.map(({ agent, kind, amounts, total }) => {
    const head = `${pad(fit(agent, nameWidth), nameWidth)}  ${pad(kind, kindWidth)}`
    const bar = barWidth < 8 ? '' : `  ${barOf(amounts, total, barWidth, style)}`
    const said = parts.filter((part) => amounts[part] > 0).map((part) => paint(part, amounts))
    return fit(`${head}${bar}  ${said.join(', ')}`, columns)
  })

  function paint(part: (typeof parts)[number], amounts: AmountsOf): string {
    return style.account(part, `${amounts[part]} ${part}`)
  }
}

/** What the glyphs of the bars mean. */
export function barLegend(style: Style): string {
  return parts.map((part) => style.account(part, `${glyphs[part]} ${part}`)).join('  ')
}

type AmountsOf = Readonly<Record<(typeof parts)[number], number>>

interface Row {
  readonly agent: string
  readonly kind: string
  readonly amounts: AmountsOf
  readonly total: number
}

function rowsOf({ name, duty, total, used, offered, free }: AgentSnapshot): Row[] {
  const rows: Row[] = []
  const label = duty === 'active' ? name : `${name} ${duty}`
  for (const [kind, amount] of Object.entries(total)) {
    if (typeof amount !== 'number' || amount <= 0) continue
    const amounts = {
      used: scalar(used[kind]),
      offered: scalar(offered[kind]),
      free: scalar(free[kind]),
    }
    rows.push({
      agent: rows.length === 0 ? label : '',
      kind: kindText(kind),
      amounts,
      total: amount,
    })
  }
  return rows
}

function kindText(kind: string): string {
  return kind === 'mem' || kind === 'disk' ? `${kind} MB` : kind
}

function scalar(amount: AgentSnapshot['total'][string] | undefined): number {
  return typeof amount === 'number' ? amount : 0
}

function textOf(amounts: AmountsOf): string {
  return parts
    .filter((part) => amounts[part] > 0)
    .map((part) => `${amounts[part]} ${part}`)
    .join(', ')
}

function barOf(amounts: AmountsOf, total: number, width: number, style: Style): string {
  const cells = shareCells(
    parts.map((part) => amounts[part]),
    total,
    width,
  )
  return parts
    .map((part, place) => style.account(part, glyphs[part].repeat(cells[place] ?? 0)))
    .join('')
}

/** Cells in proportion to the amounts: what is there shows, and together they fill the width. */
export function shareCells(amounts: readonly number[], total: number, width: number): number[] {
  const cells = amounts.map((amount) =>
    amount <= 0 || total <= 0 ? 0 : Math.max(1, Math.round((amount / total) * width)),
  )
  let surplus = cells.reduce((sum, count) => sum + count, 0) - width
  while (surplus !== 0) {
    const largest = cells.indexOf(Math.max(...cells))
    if (largest < 0 || (surplus > 0 && (cells[largest] ?? 0) <= 1)) break
    cells[largest] = (cells[largest] ?? 0) - Math.sign(surplus)
    surplus -= Math.sign(surplus)
  }
  return cells
}
