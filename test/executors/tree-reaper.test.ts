import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createProcessTable, type ProcessEntry, readPs } from '../../src/executors/process-table.ts'
import { findMembers, ProcessTree } from '../../src/executors/process-tree.ts'
import { spawnCommand } from '../../src/executors/spawn-command.ts'
import { TreeReaper } from '../../src/executors/tree-reaper.ts'
import { isAlive, lineIn, linuxOnly, temporaryFolder } from './harness.ts'

function entry(pid: number, rest: Partial<ProcessEntry> = {}): ProcessEntry {
  return { pid, parentId: 1, groupId: pid, sessionId: pid, mark: undefined, ...rest }
}

const tree = () => new ProcessTree('7', 1_000_000)

function pidsOf(entries: ProcessEntry[], of: ProcessTree): number[] {
  return (findMembers(entries, [of]).get(of) ?? []).map(({ pid }) => pid).sort()
}

test('Tree members: mark, session, group and descent each make a member', () => {
  const entries = [
    entry(1_000_000),
    entry(1_000_001, { mark: '7' }),
    entry(1_000_002, { sessionId: 1_000_000 }),
    entry(1_000_003, { groupId: 1_000_000 }),
    entry(1_000_004, { parentId: 1_000_005 }),
    entry(1_000_005, { parentId: 1_000_001 }),
    entry(1_000_006, { mark: '8' }),
    entry(1_000_007),
  ]
  expect(pidsOf(entries, tree())).toEqual([
    1_000_000, 1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_000_005,
  ])
})

test('Tree members: a stranger that got the id of an ended main process is spared', () => {
  const ended = tree()
  ended.exited = true
  const stranger = entry(1_000_000)
  const strangersChild = entry(1_000_001, { parentId: 1_000_000, groupId: 1_000_000 })
  expect(pidsOf([stranger, strangersChild], ended)).toEqual([])
  expect(pidsOf([strangersChild], ended)).toEqual([1_000_001])
})

test('Tree members: this process is never one', () => {
  expect(pidsOf([entry(process.pid, { mark: '7' })], tree())).toEqual([])
})

/** Starts a tree whose child left the group; returns it with the child's id. */
async function startTree(reaper: TreeReaper) {
  const folder = temporaryFolder()
  const mark = reaper.nextMark()
  const value = `setsid sh -c 'echo $$ > pid; sleep 100; :' & wait`
  const environment = { ...process.env, [reaper.variable]: mark }
  const child = spawnCommand({ value }, folder, environment, 'ignore')
  if (child instanceof Error || child.pid === undefined) throw new Error('no child')
  const started = reaper.adopt(mark, child.pid)
  onTestFinished(async () => {
    reaper.kill(started)
    await started.gone
  })
  child.once('exit', () => reaper.mainExited(started))
  return { child, tree: started, pid: Number(await lineIn(join(folder, 'pid'))) }
}

const ended = (child: ChildProcess) => once(child, 'exit')

test(...linuxOnly('Tree reaper: with ps alone a setsid grandchild dies as well'), async () => {
  const reaper = new TreeReaper(() => ({ read: readPs }))
  const { child, tree: started, pid } = await startTree(reaper)
  reaper.kill(started)
  await ended(child)
  await started.gone
  expect(isAlive(pid)).toBe(false)
})

test(...linuxOnly('Tree reaper: a table that cannot be read is read again'), async () => {
  let failures = 3
  const reaper = new TreeReaper((variable) => {
    const table = createProcessTable(variable)
    const read = () => {
      failures -= 1
      return failures >= 0 ? Promise.reject(new Error('too many open files')) : table.read()
    }
    return { read }
  })
  const { tree: started, pid } = await startTree(reaper)
  // The group dies without the table; the child outside is then found by its mark alone.
  reaper.kill(started)
  await started.gone
  expect(failures).toBeLessThan(0)
  expect(isAlive(pid)).toBe(false)
})

test('Tree reaper: it rests long after a look, and not while somebody waits', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const looks: number[] = []
  const read = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    looks.push(performance.now())
    return []
  }
  const reaper = new TreeReaper(() => ({ read }))
  const endedTrees = ['a', 'b'].map((mark) => reaper.adopt(mark, 2 ** 30))
  for (const one of endedTrees) reaper.mainEnded(one)
  const start = performance.now()
  await vi.advanceTimersByTimeAsync(1_000)
  // One after 200 ms took 20 ms: the next one is due 50 times as long after it.
  expect(looks.map((at) => at - start)).toEqual([220])
  reaper.hurry()
  await vi.advanceTimersByTimeAsync(20)
  await Promise.all(endedTrees.map(({ gone }) => gone))
  expect(looks.map((at) => at - start)).toEqual([220, 1_020])
})
