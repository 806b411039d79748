/** `cupel test`: the tests of programs, a case a line, with what came out where something else was expected. */

import type { PlanTest } from '../language/index.ts';
import { countOf } from '../language/report/report.ts';
import { printable, wrap } from '../language/report/width.ts';
import type { TestResult } from '../runner/index.ts';
import { analysed, projectIn } from './analyse.ts';
import type { Call } from './arguments.ts';
import { exit, type Host, ResourceError } from './host.ts';
import { resultOptions, runOptions } from './newData.ts';
import { refuse } from './planned.ts';
import { findPrograms, relativePath } from './programs.ts';
import { isAtLeast } from './reported.ts';
import { findingLines, place, type ResultOptions } from './screen/results.ts';
import { parametersSet, settingsOf } from './settings.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, call.arguments);
  const files = findPrograms(settings.cwd, call.arguments).map(path => relativePath(settings.root, path));
  const analysis = analysed(projectIn(settings), files, parametersSet(call));
  const found = files.map(file => ({ file, ...analysis.tests(file) }));
  const blocked = found.filter(({ tests, diagnostics }) => tests === null || isAtLeast(diagnostics, settings.failOn));
  if (blocked.length > 0) return refuse({ refused: blocked.flatMap(({ diagnostics }) => diagnostics), settings }, host);
  const tests = found.flatMap(({ tests }): readonly PlanTest[] => tests ?? []);
  const options = resultOptions(settings, host);
  const lines = (result: TestResult): void => {
    if (settings.format === 'pretty' && (!result.passed || !settings.quiet)) host.out(`${linesOf(result, options).join('\n')}\n`);
  };
  host.willEndItself();
  const { runTests, RunFailed } = await import('../runner/index.ts');
  try {
    const results = await runTests(tests, runOptions(settings, host), lines);
    const failed = results.filter(({ passed }) => !passed).length;
    if (settings.format === 'json') host.out(`${JSON.stringify(reportOf(results), null, 2)}\n`);
    else if (!settings.quiet) host.out(`${summary(tests.length, failed, options)}\n`);
    return failed > 0 ? exit.findings : exit.done;
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error;
    if (error.code === 'cancelled') return exit.cancelled;
    throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
  }
}

function summary(tests: number, failed: number, { style }: ResultOptions): string {
  if (tests === 0) return style.dim('  no tests: write `test TABLE { given SOURCE [ { … } ] expect [ { … } ] }`');
  return style.strong(`  ${countOf(tests, 'test')}, ${failed === 0 ? 'all hold' : `${failed} ${failed === 1 ? 'does' : 'do'} not hold`}`);
}

function linesOf(result: TestResult, options: ResultOptions): string[] {
  const { style, width } = options;
  const mark = result.passed ? style.good('✓') : style.error('✗');
  const at = style.dim(place(result, options));
  const head = `  ${mark} ${printable(result.name)}  ${at}`;
  const told = result.differences.flatMap(difference => {
    const [first = '', ...rest] = wrap(printable(difference.message), width - 6);
    return [`      ${first}`, ...rest.map(line => `      ${line}`), `      ${style.dim(place(difference, options))}`];
  });
  const findings = result.passed ? [] : result.findings.flatMap(finding => findingLines(finding, options).map(line => `    ${line}`));
  return [head, ...told, ...findings];
}

function reportOf(results: readonly TestResult[]): object {
  return {
    version: 1,
    tool,
    tests: results.map(({ findings, ...result }) => ({
      ...result,
      findings: findings.map(({ severity, rule, message, help, count }) => ({ severity, rule, message, help, count })),
    })),
    summary: { tests: results.length, failed: results.filter(({ passed }) => !passed).length },
  };
}
