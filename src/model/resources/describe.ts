import type { Resources } from '../../messages/index.ts'

/** `<2 cpus, 1024 MB>`, `nothing`: resources as a person says them. */
export function describeResources(resources: Resources): string {
  const parts = Object.entries(resources).map(([name, amount]) => describe(name, amount))
  return parts.length === 0 ? '<nothing>' : `<${parts.join(', ')}>`
}

function describe(name: string, amount: Resources[string]): string {
  if (typeof amount !== 'number') {
    const items = amount.map((item) => (typeof item === 'string' ? item : item.join('-')))
    return `${name} ${items.join(' ')}`
  }
  if (name === 'mem') return `${amount} MB`
  if (name === 'disk') return `${amount} MB disk`
  return `${amount} ${amount === 1 ? name.replace(/s$/, '') : name}`
}
