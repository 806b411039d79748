import { defineConfig } from 'vitest/config';

/** Markdown pages are bundled as text, as in `esbuild.mjs`. */
const pages = {
  name: 'pages',
  transform(code: string, id: string) {
    return id.endsWith('.md') ? { code: `export default ${JSON.stringify(code)}`, map: null } : null;
  },
};

export default defineConfig({
  plugins: [pages],
  test: {
    include: ['{language,runner,cli,server,test,bench,scripts}/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
