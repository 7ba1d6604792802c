/** The queue of the jobs framework, which the simulator does not play: its own tests do. */
export const jobs = [
  {
    name: 'jobs-that-came-last-go-first',
    stems: 'piscina #1031: no first in, first out, under saturation',
    test: 'test/scenarios/queued-jobs.test.ts',
    edits: [
      {
        file: 'src/frameworks/jobs/queue.ts',
        from: '      packed.push(job)\n',
        to: '      packed.unshift(job)\n',
      },
    ],
  },
  {
    name: 'poison-is-tried-for-ever',
    stems: 'bee-queue #106: a poison task restarts for ever',
    test: 'test/frameworks/jobs/dispatcher.test.ts',
    edits: [
      {
        file: 'src/frameworks/jobs/dispatcher.ts',
        from: '    if (costsRetry(status)) job.retriesLeft--\n',
        to: '    if (job.retriesLeft < 0) job.retriesLeft--\n',
      },
    ],
  },
]
