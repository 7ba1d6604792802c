import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Keepers } from './keepers.js'
import { Member } from './member.js'
import { findProcesses, killNow } from './records.js'

const cli = new URL('../../dist/bin/mesostate.js', import.meta.url).pathname
const tenant = new URL('./tenant.js', import.meta.url).pathname

/** Every process that came out of a run has this variable, with the mark of the run. */
const variable = 'CHAOS_RUN'

/** What each agent offers. */
const amounts = { cpus: 4, mem: 512 }

/** The master is impatient here: who is silent for five seconds is given up. */
const masterOptions = ['--agent-ping-timeout', '1s', '--agent-reregister-timeout', '12s']

/**
 * All processes of a run, and where they keep what they keep.
 *
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.mark
 * @param {number} options.seed
 * @param {number} options.agents
 * @param {(line: string) => void} options.surprised
 */
export async function createProcesses({ folder, mark, seed, agents: count, surprised }) {
  const place = `127.0.0.1:${await freePort()}`
  const token = `chaos-${mark}`
  const environment = { ...process.env, MESOSTATE_TOKEN: token, [variable]: mark }
  const paths = {
    record: join(folder, 'told.jsonl'),
    journals: join(folder, 'journals'),
    rest: join(folder, 'rest'),
  }
  mkdirSync(paths.journals)
  writeFileSync(paths.record, '')
  const member = (name, command) =>
    new Member({ name, command, environment, log: join(folder, `${name}.log`), surprised })
  const workDir = (name) => ['--work-dir', join(folder, name)]
  const agents = Array.from({ length: count }, (_, index) => ({
    hostname: `agent-${index + 1}`,
    ...amounts,
  }))
  const resources = `cpus:${amounts.cpus};mem:${amounts.mem}`
  const given = Object.entries({ ...paths, master: place, mark, seed: String(seed) })
  const keepers = new Keepers(variable, mark)
  const members = [
    keepers,
    member('master', () => [
      ...[cli, 'master', '--port', place.split(':')[1]],
      ...[...workDir('master'), ...masterOptions],
    ]),
    ...agents.map(({ hostname }) =>
      member(hostname, () => [
        ...[cli, 'agent', '--master', place, '--hostname', hostname],
        ...['--resources', resources, ...workDir(hostname)],
      ]),
    ),
    member('tenant', () => [tenant, ...given.map(([name, value]) => `--${name}=${value}`)]),
  ]
  return { members, keepers, agents, paths, place, token }
}

/** Kills whatever a run left. @param {string} mark */
export function clear(mark) {
  for (const { pid } of findProcesses(variable, mark)) killNow(pid)
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => found(port))
    })
  })
}
