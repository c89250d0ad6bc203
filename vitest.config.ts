import { defineConfig } from 'vitest/config'

/** Tests that start real children never run beside each other: their project has one worker. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.real.test.ts', 'results/runs/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['**/*.real.test.ts'],
          exclude: ['**/node_modules/**', 'results/runs/**'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
        },
      },
    ],
  },
})
