/**
 * Says what is wrong with a role name, or nothing. A role is `*` or a path such as `eng/ads`
 * (Mesos: src/common/roles.cpp).
 */
export function problemWithRole(role: string): string | undefined {
  if (role === '*') return undefined
  if (role === '') return 'a role name is empty'
  for (const component of role.split('/')) {
    const problem = problemWithComponent(component)
    if (problem !== undefined) return `the role ${JSON.stringify(role)} ${problem}`
  }
  return undefined
}

function problemWithComponent(component: string): string | undefined {
  if (component === '') return 'has a slash too many'
  if (component === '.' || component === '..' || component === '*') {
    return `has the part "${component}", which is not allowed`
  }
  if (component.startsWith('-')) return 'has a part that begins with a dash'
  if (/[\t-\r \u007f]/.test(component)) return 'has white space in it'
  return undefined
}
