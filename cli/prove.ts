/**
 * `cupel prove`: the model info sheet, from the text, the last run on exactly these data and the ledger. Reads the store and runs nothing, but
 * with `--perturb`: then changed data are run.
 */
import type { Diagnostic } from '../language/diagnostic.ts';
import {
  type Analysis,
  decidedClaims,
  hasMoved,
  type Plan,
  ruleNamed,
  type Sheet,
  sheetHtml,
  sheetMarkdown,
  sheetOf,
  sheetText,
  weakestOf,
} from '../language/index.ts';
import { evidenceOf, type Perturbation, perturb, RunFailed, type StoredEvidence } from '../runner/index.ts';
import { analysed, projectIn } from './analyse.ts';
import { type Call, flag, optionOf } from './arguments.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { refused, runOptions, tellPassedOver } from './newData.ts';
import { refuse } from './planned.ts';
import { programFile, relativePath } from './programs.ts';
import { shownFrom } from './reported.ts';
import { parametersSet, type Settings, settingsOf } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const [path = ''] = call.arguments;
  const settings = settingsOf(call, host, [path]);
  const file = relativePath(settings.root, programFile(settings.cwd, path));
  const analysis = analysed(projectIn(settings), [file], parametersSet(call));
  const files = analysis.reach(file);
  const { plan, diagnostics } = analysis.plan(file, []);
  // Leaks are what a sheet is about; without a meaning there is nothing to prove.
  const meaningless = diagnostics.filter(d => d.severity === 'error' && !isLeak(d));
  if (meaningless.length > 0)
    return refuse({ refused: meaningless, settings: { ...settings, format: settings.format === 'json' ? 'json' : 'pretty' } }, host);
  let perturbation: Perturbation | null = null;
  // A program with errors makes no plan: its leaks are on the sheet already.
  if (plan !== null && flag(call, 'perturb')) {
    try {
      perturbation = await perturbed(plan, call, settings, host);
    } catch (error) {
      return refused(error, settings, host);
    }
  }
  const sheet = shownIn(await sheetFor(analysis, { file, files, plan }, settings, perturbation, host), settings);
  host.out(written(sheet, settings, host));
  const verdicts = weakestOf(sheet);
  const fails =
    verdicts.has('leaks') || hasMoved(sheet.perturbation) || (flag(call, 'strict') && (verdicts.has('assumed') || verdicts.has('needs data')));
  return fails ? exit.findings : exit.done;
}

const isLeak = ({ rule }: Diagnostic): boolean => ruleNamed(rule)?.group === 'leakage';

async function perturbed(plan: Plan, call: Call, settings: Settings, host: Host): Promise<Perturbation> {
  const written = optionOf(call, 'seed');
  if (written !== null && !/^\d{1,9}$/.test(written)) throw new CallError(`--seed is a whole number, not \`${written}\``, '--seed 7');
  const live = host.stderr.tty && !settings.quiet;
  const progress = (done: number, total: number, what: string): void => {
    if (live) host.err(`\r\u001b[K  ${done === 0 ? 'as it is' : `changed ${done} of ${total - 1}`}: ${what}`);
  };
  try {
    return await perturb(plan, { seed: Number(written ?? 0), progress }, runOptions(settings, host));
  } finally {
    if (live) host.err('\r\u001b[K');
  }
}

interface Proving {
  readonly file: string;
  /** It and all that it imports: what its models rest on stands in any of them. */
  readonly files: readonly string[];
  /** Null where it leaks. */
  readonly plan: Plan | null;
}

async function sheetFor(
  analysis: Analysis,
  { file, files, plan }: Proving,
  settings: Settings,
  perturbation: Perturbation | null,
  host: Host,
): Promise<Sheet> {
  const evidence = plan === null ? null : await storedEvidence(plan, settings);
  tellPassedOver(evidence?.passedOver ?? [], settings, host);
  const { run = null, why = 'the program leaks, so nothing runs', ledger = [], tampered = [] } = evidence ?? {};
  const claims = decidedClaims(
    files.flatMap(of => analysis.claims(of)),
    run && { leakage: run.leakage, findings: run.findings, ledger, tampered },
  );
  return sheetOf({
    tool,
    program: analysis.program(),
    file,
    claims,
    waived: files.flatMap(of => analysis.waived(of)).filter(({ rule }) => ruleNamed(rule)?.group === 'leakage'),
    run,
    undecided: run ? null : why,
    readOf: evaluation => {
      const count = ledger.find(({ evaluations }) => evaluations.includes(evaluation));
      return count ? { readings: count.readings, models: count.models, runs: count.runs } : null;
    },
    perturbation,
  });
}

async function storedEvidence(plan: Plan, settings: Settings): Promise<StoredEvidence> {
  try {
    return await evidenceOf(plan, { projectDir: settings.root, storeDir: settings.store });
  } catch (error) {
    if (error instanceof RunFailed) throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    throw error;
  }
}

/** Paths as the reader of the sheet sees them. */
function shownIn(sheet: Sheet, settings: Settings): Sheet {
  const shown = shownFrom(settings);
  return {
    ...sheet,
    file: shown(sheet.file),
    models: sheet.models.map(model => ({
      ...model,
      sections: model.sections.map(section => ({
        ...section,
        claims: section.claims.map(claim => ({
          ...claim,
          file: shown(claim.file),
          evidence: claim.evidence.map(one => ({ ...one, file: one.file === null ? null : shown(one.file) })),
        })),
      })),
    })),
    perturbation: sheet.perturbation && {
      ...sheet.perturbation,
      trials: sheet.perturbation.trials.map(trial => ({ ...trial, moved: trial.moved.map(one => ({ ...one, file: shown(one.file) })) })),
    },
    waived: sheet.waived.map(one => ({ ...one, file: shown(one.file) })),
  };
}

function written(sheet: Sheet, { format, verbose, quiet }: Settings, host: Host): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ version: 1, ...sheet }, null, 2)}\n`;
    case 'markdown':
      return sheetMarkdown(sheet);
    case 'html':
      return sheetHtml(sheet);
    default:
      return quiet ? '' : `${sheetText(sheet, { width: widthOf(host.stdout), style: styleOf(host.stdout), verbose }).join('\n')}\n`;
  }
}
