import type { Rule } from './rule.ts'
import { architecture } from './rules/architecture.ts'
import { purity } from './rules/purity.ts'
import { size } from './rules/size.ts'
import { wording } from './rules/wording.ts'

/** All house rules. */
export const rules: readonly Rule[] = [...architecture, ...purity, ...size, ...wording]
