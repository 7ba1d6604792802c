import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startAgent } from '../../src/cluster/processes/agent.ts'
import { startMaster } from '../../src/cluster/processes/master.ts'
import { checkWorkDir } from '../../src/cluster/work-dir.ts'
import { createCluster } from '../../src/cluster.ts'
import { linuxOnly, temporaryFolder } from '../executors/harness.ts'

describe('Work folders', () => {
  test('one that is there, or can be made, is left as it is', () => {
    const folder = temporaryFolder()
    const deep = join(folder, 'a', 'b')
    expect(() => checkWorkDir(folder)).not.toThrow()
    expect(() => checkWorkDir(deep)).not.toThrow()
    expect(existsSync(join(folder, 'a'))).toBe(false)
  })
})

describe(...linuxOnly('Work folders where none can be made (below /proc)'), () => {
  const workDir = '/proc/mesostate/work'
  const sentence = 'workDir: no folder can be made at /proc/mesostate; give another path'

  test.each([
    ['a cluster', () => createCluster({ workDir })],
    ['a master', () => startMaster({ port: 0, workDir })],
    ['an agent', () => startAgent({ master: '127.0.0.1:1', workDir })],
  ])('%s says so, and does not try for ever', async (_who, start) => {
    await expect(start()).rejects.toThrow(sentence)
  })
})
