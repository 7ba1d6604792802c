import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { within } from './scheduler.js'

const cli = fileURLToPath(new URL('../../dist/bin/mesostate.js', import.meta.url))
const floor = fileURLToPath(new URL('floor.js', import.meta.url))

/** A master and an agent, as processes of their own; `url` is where the master listens. */
export async function startOurs({ resources, intervalMs, completedMax = 1_000 }) {
  const workDir = await mkdtemp(join(tmpdir(), 'mesostate-bench-'))
  const amounts = Object.entries(resources).map(([name, value]) => `${name}:${value}`)
  const master = [cli, 'master', '--port', '0', '--no-token', '--registry', 'memory']
  const times = ['--allocation-interval', `${intervalMs}ms`, '--offer-timeout', '10m']
  const kept = ['--max-completed-tasks', `${completedMax}`]
  const processes = []
  const stop = async () => {
    for (const child of processes.splice(0).reverse()) await stopped(child)
    await rm(workDir, { recursive: true, force: true })
  }
  try {
    const place = await ready([...master, ...times, ...kept], processes)
    const agent = [cli, 'agent', '--master', place, '--work-dir', workDir]
    await ready([...agent, '--resources', amounts.join(';'), '--hostname', 'bench'], processes)
    return { url: `http://${place}`, pids: processes.map(({ pid }) => pid), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The relay that keeps no books. */
export async function startFloor({ resources, intervalMs }) {
  const processes = []
  const place = await ready([floor, JSON.stringify(resources), `${intervalMs}`], processes)
  const stop = () => stopped(processes[0])
  return { url: `http://${place}`, pids: [processes[0].pid], stop }
}

/** Starts it; returns the last address that its first line names. */
async function ready(args, processes) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  processes.push(child)
  // Whatever goes wrong here, nothing stays behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${args.slice(0, 2).join(' ')} ended with ${code}`)
  })
  const said = Promise.race([once(child.stdout, 'data'), exited])
  const [line] = await within(said, () => `line from ${args.slice(0, 2).join(' ')}`)
  child.stdout.resume()
  exited.catch(() => {})
  return /127\.0\.0\.1:\d+/.exec(line.toString())?.[0]
}

async function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(patience)
}

/** Seconds of CPU that the processes have used; undefined where the system does not tell. */
export function cpuSeconds(pids) {
  try {
    return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / ticksPerSecond()
  } catch {
    return undefined
  }
}

function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the process is in parentheses and may hold blanks; user and system time follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function ticksPerSecond() {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}
