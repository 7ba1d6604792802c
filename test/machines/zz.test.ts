import { test } from 'vitest'
import { partition } from './support/universe-master.ts'
import { walkThrough } from './support/world.ts'
test('x', () => {
  const seen: string[] = []
  const w = { ...partition, limit: 8000, problems: (b: any) => { seen.push(JSON.stringify(b, (_k, v) => v instanceof Map ? [...v] : v instanceof Set ? [...v] : v)); return [] } }
  try { walkThrough(w) } catch (e) { console.log(String(e).slice(0, 100)) }
  console.log(seen.at(-1)); console.log(seen.at(-500)); console.log(seen.at(-1000))
})
