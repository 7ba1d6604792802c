import type { LinkNews } from '../../cluster/processes/uplink.ts'

/** A line on stderr, where operators look. */
export function tell(message: string): void {
  process.stderr.write(`mesostate: ${message}\n`)
}

/** Tells how a link stands whenever that changes: a master that is away is told once. */
export function linkTeller(master: string, say: (line: string) => void): (news: LinkNews) => void {
  let last = 'open'
  return (news) => {
    const line = lineOf(master, news)
    if (line === last) return
    const wasOpen = last === 'open'
    last = news.type === 'open' ? 'open' : line
    if (news.type !== 'open' || !wasOpen) say(line)
  }
}

function lineOf(master: string, news: LinkNews): string {
  if (news.type === 'open') return `linked up with the master at ${master}`
  if (news.type === 'refused') return `${news.reason}; it is tried again`
  return `no link to the master at ${master}, it is tried again: ${news.reason}`
}
