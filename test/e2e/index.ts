/** VS Code calls `run` of this bundle inside the extension host; the results go to a file that the test command reads. */
import * as fs from 'node:fs';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 120_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis as never, '', mocha);
  await import('./suite.ts');
  let passed = 0;
  let failed = 0;
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run(failures => (failures ? reject(new Error(`${failures} editor tests failed`)) : resolve()));
    const write = (): void => fs.writeFileSync(process.env['CUPEL_EDITOR_RESULTS'] ?? 'editor.json', JSON.stringify({ passed, failed }));
    runner.on('pass', () => {
      passed++;
      write();
    });
    runner.on('fail', (test, error) => {
      failed++;
      console.error(`cupel editor test failed: ${test.fullTitle()}: ${error instanceof Error ? error.stack : String(error)}`);
      write();
    });
  });
}
