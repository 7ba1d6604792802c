import { parseArgs } from 'node:util'

export const usage = `npm run chaos -- [--minutes N | --seconds N] [--seed N] [--agents N] [--keep]

Real masters, agents, a scheduler and tasks, under kill -9, SIGSTOP and restarts; at the end what
the tasks wrote is compared with what the scheduler was told. Exit code 0: nothing was lost.`

/**
 * @param {readonly string[]} args
 * @returns {{ faultsMs: number, seed: number, agents: number, keep: boolean } | { problem: string }}
 */
export function optionsOf(args) {
  const read = readArguments(args)
  if ('problem' in read) return read
  const { minutes, seconds, seed, agents, keep } = read
  const wrong = Object.entries(read).find(
    ([name, value]) => typeof value === 'string' && !isLegal(name, Number(value)),
  )
  if (wrong !== undefined) return { problem: `--${wrong[0]} cannot be ${wrong[1]}` }
  const faultsMs = seconds === undefined ? Number(minutes) * 60_000 : Number(seconds) * 1_000
  return { faultsMs, seed: Number(seed), agents: Number(agents), keep }
}

function readArguments(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '2' },
        seconds: { type: 'string' },
        seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
        agents: { type: 'string', default: '3' },
        keep: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    return { problem: error.message }
  }
}

function isLegal(name, value) {
  if (name === 'seed') return Number.isInteger(value)
  if (name === 'agents') return Number.isInteger(value) && value >= 1 && value <= 20
  return value > 0 && Number.isFinite(value)
}
