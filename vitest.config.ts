import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { viteKernel } from './scripts/kernel.mjs';
import { vitePages } from './scripts/pages.mjs';

export default defineConfig({
  plugins: [vitePages, viteKernel],
  test: {
    include: ['{language,runner,cli,server,test,bench,scripts}/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    // As many as there are cores: what prints does not need one of its own.
    poolOptions: { forks: { maxForks: availableParallelism() } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
