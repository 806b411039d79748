import { defineConfig } from 'vitest/config';
import { viteKernel } from './scripts/kernel.mjs';
import { vitePages } from './scripts/pages.mjs';

export default defineConfig({
  plugins: [vitePages, viteKernel],
  test: {
    include: ['{language,runner,cli,server,test,bench,scripts}/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
