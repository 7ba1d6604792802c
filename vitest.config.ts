import { defineConfig } from 'vitest/config'

// biome-ignore lint/style/noDefaultExport: vitest looks for its configuration there.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests start real processes, change directories and catch signals: that needs a process each.
    globalSetup: ['test/support/temporary-folder.ts'],
    pool: 'forks',
    // Most of a test's time is spent waiting for processes.
    maxWorkers: 3,
    testTimeout: 10_000,
    hookTimeout: 10_000,
    teardownTimeout: 5_000,
    globals: false,
    restoreMocks: true,
    unstubEnvs: true,
  },
})
