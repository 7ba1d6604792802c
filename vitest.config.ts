import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that replace modules: whoever runs after them in their process would get the replaced ones. */
const alone = ['test/simulation/explore/broken-machines.test.ts']

/** Files that take long because one thing after the other is waited for, whatever their size. */
const long = ['docs/code-blocks', 'executors/command-runner', 'executors/command-trees']

/** Long files first: the last one to be begun is the one that everybody waits for. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      long.some((name) => moduleId.endsWith(`/test/${name}.test.ts`))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

// biome-ignore lint/style/noDefaultExport: vitest looks for its configuration there.
export default defineConfig({
  test: {
    // Tests start real processes, change directories and catch signals: threads cannot.
    globalSetup: ['test/support/temporary-folder.ts'],
    pool: 'forks',
    // Most of a test's time is spent waiting for processes.
    maxWorkers: 4,
    // A busy machine is no bug: what hangs is found in the end, and nothing waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
    globals: false,
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        // Loading the modules anew for each file would take as long as all tests do.
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
})
