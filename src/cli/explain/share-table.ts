import type { Explanation, RoleExplanation } from '../../cluster/explain.ts'
import type { QuotaOptions } from '../../cluster/sharing.ts'
import { describeAmounts } from '../../model/resources/describe.ts'
import type { Style } from '../view/style.ts'
import { table } from '../view/task-table.ts'
import { byName } from './outlook.ts'

export interface PageLook {
  readonly style: Style
  /** Infinity for files and pipes. */
  readonly columns: number
}

/** Who has how large a share: a line per role, as far as it is wanted, and per framework in it. */
export function shareTable(
  { roles, frameworks }: Explanation,
  look: PageLook,
  isWanted: (role: string) => boolean = () => true,
): string[] {
  const { style, columns } = look
  // Where nobody has a priority, nobody needs to read about them.
  const prioritized = roles.some(({ priority }) => priority !== 0)
  const titles = [
    'role',
    'framework',
    'weight',
    ...(prioritized ? ['priority'] : []),
    'dominant',
    'share',
    'quota',
  ]
  const wanted = roles.filter(({ role }) => isWanted(role)).sort(asTree)
  const rows = wanted.flatMap((role) => {
    const members = frameworks.filter((framework) => framework.role === role.role)
    const [only] = members
    const isAlone = members.length === 1 && !roles.some((other) => isBelow(other, role))
    const settings = [
      numberText(role.weight, 6),
      ...(prioritized ? [numberText(role.priority, 8)] : []),
    ]
    const row = [
      style.bold(role.role),
      isAlone ? (only?.framework ?? '') : '',
      ...settings,
      ...shareCells(role),
      quotaText(role.quota),
    ]
    const others = isAlone ? [] : members
    const blank = settings.map(() => '')
    return [row, ...others.map((one) => ['', one.framework, ...blank, ...shareCells(one), ''])]
  })
  return table([titles.map((title) => style.dim(title)), ...rows], columns)
}

/** What a role is promised and may have at most: `2 to 4 cpus, at most 1024 MB`. */
export function quotaText(quota: QuotaOptions | undefined): string {
  const { guarantees = {}, limits = {} } = quota ?? {}
  const names = new Set([...Object.keys(guarantees), ...Object.keys(limits)])
  const parts = [...names].map((name) => {
    const [least, most] = [guarantees[name] ?? 0, limits[name]]
    const amount = describeAmounts({ [name]: most ?? least })
    if (most === undefined) return `at least ${amount}`
    if (least === most) return `just ${amount}`
    return least === 0 ? `at most ${amount}` : `${least} to ${amount}`
  })
  return parts.join(', ')
}

function shareCells(shared: Pick<RoleExplanation, 'dominantResource' | 'dominantShare'>): string[] {
  const { dominantResource = '', dominantShare } = shared
  return [dominantResource, dominantShare.toFixed(2).padStart(5)]
}

function numberText(value: number, width: number): string {
  return String(value).padStart(width)
}

function isBelow({ role }: RoleExplanation, { role: other }: RoleExplanation): boolean {
  return role.startsWith(`${other}/`)
}

/** Each role right above those below it. */
function asTree({ role: left }: RoleExplanation, { role: right }: RoleExplanation): number {
  const [one, other] = [left.split('/'), right.split('/')]
  for (const [index, part] of one.entries()) {
    const counterpart = other[index]
    if (counterpart === undefined) return 1
    const order = byName.compare(part, counterpart)
    if (order !== 0) return order
  }
  return one.length - other.length
}
