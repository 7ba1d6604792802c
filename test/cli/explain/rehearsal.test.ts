import { expect, test } from 'vitest'
import { chooseJobs } from '../../../src/cli/explain/choose-job.ts'
import { filePage, jobPage } from '../../../src/cli/explain/page.ts'
import { type Rehearsal, rehearse } from '../../../src/cli/explain/rehearsal.ts'
import { quotaText } from '../../../src/cli/explain/share-table.ts'
import { readJobFile } from '../../../src/cli/job-file/read.ts'
import { Style } from '../../../src/cli/view/style.ts'
import { widthOf } from '../../../src/cli/view/width.ts'
import { jobFile } from '../harness.ts'

const look = { style: new Style(false), columns: Number.POSITIVE_INFINITY }

async function rehearsalOf(text: string): Promise<{ rehearsal: Rehearsal; folder: string }> {
  const { folder, file } = jobFile(text)
  const { plan, problems } = readJobFile(file)
  if (plan === undefined) throw new Error(JSON.stringify(problems))
  return { rehearsal: await rehearse(plan), folder }
}

test('Rehearsal: a job that prefers an agent waits for it, and then takes any', async () => {
  const { rehearsal } = await rehearsalOf(`
agents: [{ name: east, cpus: 1 }, { name: west, cpus: 1 }]
jobs: { move: { command: touch started, cwd: ., cpus: 1, count: 3, prefers: { agents: west }, preferWait: 3s } }
`)
  expect(rehearsal.jobs).toMatchObject([{ job: 'move', count: 3, waiting: 1 }])
  const [early, late] = rehearsal.jobs[0]?.places ?? []
  expect(early).toEqual({ agent: 'west', count: 1, afterMs: 0 })
  expect(late).toMatchObject({ agent: 'east', count: 1 })
  expect(late?.afterMs).toBeGreaterThanOrEqual(3_000)
  expect(filePage(rehearsal, look).join('\n')).toMatch(/west; east after [34]\.\d\d s\n/)
})

test('Rehearsal: a hundred thousand tasks cost no more than those that may run', async () => {
  const { rehearsal } = await rehearsalOf(
    'agents: [{ cpus: 3, mem: 64 }]\njobs: { many: { command: x, cpus: 1, count: 100000 } }\n',
  )
  expect(rehearsal.jobs).toMatchObject([
    { count: 100_000, waiting: 99_997, why: 'it needs 1 cpu on one agent, none is free' },
  ])
})

test('Rehearsal: constraints that no agent meets, and minimums that none has, are told', async () => {
  const { rehearsal } = await rehearsalOf(`
agents: [{ name: node, cpus: 2, mem: 64 }]
frameworks:
  picky: { offerConstraints: { picky: [[{ attributeName: rack, exists: true }]] }, jobs: [{ command: x }] }
  greedy: { minAllocatable: [{ cpus: 8 }], jobs: [{ command: x }] }
`)
  expect(rehearsal.jobs.map(({ waiting, why }) => ({ waiting, why }))).toEqual([
    { waiting: 1, why: expect.stringContaining('constraint rack exists is not met') },
    { waiting: 1, why: 'what is free is less than the least that is worth an offer' },
  ])
  expect(filePage(rehearsal, look)).toContain('nothing starts')
})

test('Rehearsal: reserved resources are for their role alone', async () => {
  const { rehearsal } = await rehearsalOf(`
agents: [{ name: node, cpus: 1, resources: { cpus(eng): 2 } }]
frameworks:
  ads: { role: eng/ads, jobs: { one: { command: x, count: 2 } } }
  web: { jobs: { two: { command: x, count: 2 } } }
`)
  expect(rehearsal.jobs).toMatchObject([
    { job: 'one', waiting: 0 },
    { job: 'two', waiting: 1 },
  ])
})

test('Page: every line has room, on narrow terminals and with colours too', async () => {
  const { rehearsal } = await rehearsalOf(`
agents: [{ name: a-host-with-a-name-that-is-long-indeed, count: 12, cpus: 1 }]
quotas: { eng: { guarantees: { cpus: 4 }, limits: { cpus: 11, mem: 1024, licences: 17 } } }
priorities: { eng: -1.5 }
frameworks:
  research-日本語: { role: eng/long/paths/of/roles, jobs: { "a-job-with-a-long-name-日本語": { command: x, count: 99, cpus: 1 } } }
  web: { jobs: { serve: { command: x, cpus: 0.5, count: 9 } } }
`)
  const [job] = rehearsal.jobs
  if (job === undefined) throw new Error('the file has jobs')
  for (const columns of [40, 80, 120]) {
    const own = { style: new Style(true), columns }
    for (const line of [...filePage(rehearsal, own), ...jobPage(job, rehearsal, own)]) {
      expect(widthOf(line), line).toBeLessThanOrEqual(columns)
    }
  }
  expect(filePage(rehearsal, look)).toContain('the policy drf does not look at priorities')
})

test('Choice: a job is meant by its name, with its framework, or by one of its tasks', async () => {
  const { rehearsal } = await rehearsalOf(`
agents: [{ cpus: 1 }]
frameworks:
  a: { jobs: { x: { command: x, count: 2 }, x-1: { command: x } } }
  b: { jobs: { x: { command: x } } }
`)
  const chosen = (word: string) =>
    chooseJobs(word, rehearsal.jobs).map(({ framework, job }) => `${framework}/${job}`)
  expect(chosen('x')).toEqual(['a/x', 'b/x'])
  expect(chosen('b/x')).toEqual(['b/x'])
  expect(chosen('x-1')).toEqual(['a/x-1'])
  expect(chosen('a/x-2')).toEqual(['a/x'])
  expect(() => chosen('x-3')).toThrow('there is no job x-3; did you mean x-1?')
  expect(() => chosen('nonsense')).toThrow('there is no job nonsense; the jobs are x, x-1')
})

test('Quota: it is said as people say it', () => {
  expect(quotaText(undefined)).toBe('')
  expect(quotaText({ guarantees: { cpus: 2 }, limits: { cpus: 4 } })).toBe('2 to 4 cpus')
  expect(quotaText({ guarantees: { mem: 64 }, limits: { cpus: 1 } })).toBe(
    'at least 64 MB, at most 1 cpu',
  )
  expect(quotaText({ guarantees: { cpus: 4 }, limits: { cpus: 4 } })).toBe('just 4 cpus')
})
