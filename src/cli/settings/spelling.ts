/** How flags of Mesos, and of harnesses for it, are spelled where ours are spelled otherwise. */

const inMilliseconds = /-ms$/

/**
 * The arguments with each flag as we spell it, if it is one of ours: `--work_dir=x`, as Mesos has
 * it, is `--work-dir=x`, and `--offer-timeout-ms 500` is `--offer-timeout 500ms`. `flags` are the
 * names of ours, with their dashes.
 */
export function spelledAsOurs(args: readonly string[], flags: ReadonlySet<string>): string[] {
  const spelled: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '--') return [...spelled, ...args.slice(index)]
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const dashed = name.replaceAll('_', '-')
    const whole = dashed.replace(inMilliseconds, '')
    if (flags.has(name) || !(flags.has(dashed) || flags.has(whole))) {
      spelled.push(arg)
    } else if (flags.has(dashed)) {
      spelled.push(value === undefined ? dashed : `${dashed}=${value}`)
    } else {
      const amount = value ?? args[++index] ?? ''
      spelled.push(`${whole}=${amount}ms`)
    }
  }
  return spelled
}
