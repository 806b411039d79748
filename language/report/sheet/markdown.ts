/** The sheet as Markdown: a table of the types, then every claim with its evidence, for a repository, a card or a paper's appendix. */
import { readText } from '../../rules/claims/decided.ts';
import { type ClaimGroup, groupsOf, nameOf } from './groups.ts';
import { heldText, movedText, outcomeOf, perturbationTitle, type SheetPerturbation, trialText } from './perturbed.ts';
import type { Sheet, SheetModel } from './sheet.ts';
import { countsText, saysOf, verdictWord } from './text.ts';

const cell = (text: string): string => escaped(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
/** Words of a program in backticks stay as they are. */
const escaped = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/([\\*_[\]<>#])/g, '\\$1')))
    .join('');

export function sheetMarkdown(sheet: Sheet): string {
  const run = sheet.run
    ? `Decided on data by run \`${sheet.run.id}\` (${sheet.run.started}), of this program on these data.`
    : `Nothing is decided on data: ${escaped(sheet.undecided ?? 'no run has ended')}.`;
  const waived = sheet.waived.map(({ rule, reason, file, range }) => `- \`${rule}\` in \`${file}:${range.start.line + 1}\`: ${escaped(reason)}`);
  return [
    `# Model info sheet: ${escaped(sheet.file)}`,
    '',
    `${run} Types of leakage after Kapoor and Narayanan, Patterns 4(9), 2023. Written by ${sheet.tool}.`,
    ...sheet.models.flatMap(model => ['', ...modelLines(model)]),
    ...(sheet.perturbation ? ['', ...perturbationLines(sheet.perturbation)] : []),
    ...(waived.length > 0 ? ['', '## Allowed in the text', '', ...waived] : []),
    '',
  ].join('\n');
}

function modelLines(model: SheetModel): string[] {
  const figures = model.evaluations.map(({ name, metric, value, low, high, read }) => {
    const figure =
      metric === null || value === null
        ? ''
        : `: ${metric} ${value.toFixed(3)}${low === null || high === null ? '' : ` (${low.toFixed(3)} – ${high.toFixed(3)})`}`;
    return `- ${escaped(name)}${escaped(figure)}${read === null ? '' : `; ${readText(read)}`}`;
  });
  return [
    `## ${escaped(model.model)}`,
    '',
    countsText(model.counts),
    '',
    ...figures,
    ...(figures.length > 0 ? [''] : []),
    '| type | claim | verdict | argument |',
    '|---|---|---|---|',
    ...model.sections.map(({ type, title, verdict, argument }) => `| ${type} | ${cell(title)} | **${verdictWord(verdict)}** | ${cell(argument)} |`),
    ...model.sections.flatMap(({ type, title, question, claims }) => [
      '',
      `### ${type} ${escaped(title)}`,
      '',
      escaped(question),
      '',
      ...groupsOf(claims).flatMap(claimLines),
    ]),
  ];
}

function perturbationLines(of: SheetPerturbation): string[] {
  return [
    `## ${perturbationTitle(of)}`,
    '',
    ...of.trials.flatMap(trial => [
      `- **${outcomeOf(trial)}** ${escaped(trialText(trial))}: ${escaped(heldText(trial))}`,
      ...trial.moved.map(one => `  - ${escaped(movedText(one))} (\`${one.file}:${one.range.start.line + 1}\`)`),
    ]),
  ];
}

function claimLines(claim: ClaimGroup): string[] {
  return [
    `- **${verdictWord(claim.verdict)}** ${escaped(nameOf(claim))}${escaped(saysOf(claim))} (\`${claim.file}:${claim.range.start.line + 1}\`)`,
    ...claim.evidence.map(({ message, file, range, fix }) => {
      const at = file === null || range === null ? '' : ` (\`${file}:${range.start.line + 1}\`)`;
      return `  - ${escaped(message)}${at}${fix === null ? '' : `. Fix: ${escaped(fix)}`}`;
    }),
  ];
}
