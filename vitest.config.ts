import { defineConfig } from 'vitest/config'

// biome-ignore lint/style/noDefaultExport: vitest looks for its configuration there.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests start real processes, change directories and catch signals: that needs a process each.
    pool: 'forks',
    testTimeout: 10_000,
    hookTimeout: 10_000,
    teardownTimeout: 5_000,
    globals: false,
    restoreMocks: true,
    unstubEnvs: true,
  },
})
