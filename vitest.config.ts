import { defineConfig } from 'vitest/config'
import { skipReporter } from './scripts/skip-reporter.ts'

/** Tests that start real children never run beside any others: their project comes last, with one worker. */
export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.cache/tests.json' }], skipReporter],
    projects: [
      {
        test: {
          name: 'pure',
          sequence: { groupOrder: 0 },
          // The default leaves one of two cores idle.
          maxWorkers: '100%',
          // Files share what they load: what has no effect outside itself needs no process of its own.
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.real.test.ts', 'results/runs/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          sequence: { groupOrder: 1 },
          // One after the other, and each clears up behind itself; a process for each file took half a minute in all.
          isolate: false,
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
