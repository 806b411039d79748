import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { viteKernel } from './scripts/kernel.mjs';
import { vitePages } from './scripts/pages.mjs';

/** A pure room has nothing that one file of tests could leave to the next, so it is loaded once for all of them: a quarter of the time. */
const pure = 'language/**/*.test.ts';
const plugins = [vitePages, viteKernel];
const common = {
  exclude: ['test/e2e/**', 'node_modules/**'],
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;
// As many as there are cores: what prints does not need one of its own.
const forks = { maxForks: availableParallelism() };

export default defineConfig({
  test: {
    projects: [
      { plugins, test: { ...common, name: 'language', include: [pure], poolOptions: { forks: { ...forks, isolate: false } } } },
      {
        plugins,
        test: { ...common, name: 'rooms', include: ['{runner,cli,server,test,bench,scripts}/**/*.test.ts'], poolOptions: { forks } },
      },
    ],
  },
});
