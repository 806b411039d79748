/** The sheet as one page that needs nothing else: no script, no font, no request; readable on paper and without colour. */
import { readText } from '../../rules/claims/decided.ts';
import type { SheetEvidence } from './argument.ts';
import { type ClaimGroup, groupsOf, nameOf } from './groups.ts';
import { heldText, movedText, outcomeOf, perturbationTitle, type SheetPerturbation, type SheetTrial, trialText } from './perturbed.ts';
import type { SectionVerdict, Sheet, SheetModel, SheetSection } from './sheet.ts';
import { countsText, saysOf, verdictWord } from './text.ts';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
/** Words of a program stand in backticks. */
const prose = (text: string): string => escaped(text).replace(/`([^`]*)`/g, '<code>$1</code>');

const marks: Readonly<Record<SectionVerdict, readonly [sign: string, tone: string]>> = {
  proved: ['✓', 'good'],
  'on data': ['✓', 'good'],
  assumed: ['◦', 'look'],
  'needs data': ['?', 'look'],
  leaks: ['✗', 'act'],
  'not applicable': ['–', 'dim'],
};

const style = `
:root { --ink: #1d2327; --dim: #667077; --line: #dfe3e6; --paper: #fff; --soft: #f6f7f8; --good: #1a6b3c; --look: #8a5a00; --act: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7e9; --dim: #98a2a9; --line: #363d42; --paper: #16191b; --soft: #1e2225; --good: #6cc08b; --look: #e0b050; --act: #f2867d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 58rem; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 2.5rem 0 .25rem; font-size: 1.25rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); }
code { font: .88em ui-monospace, monospace; background: var(--soft); padding: .05em .3em; border-radius: 3px; }
.figures { margin: .5rem 0 1rem; padding: 0; list-style: none; } .figures b { font-variant-numeric: tabular-nums; }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 3.6rem 15rem 7rem 1fr; gap: .75rem; padding: .7rem .25rem; cursor: pointer; list-style: none; align-items: baseline; }
summary::-webkit-details-marker { display: none; } .type::before { content: '▸ '; } details[open] .type::before { content: '▾ '; }
footer { margin-top: 1.5rem; }
.type { color: var(--dim); font-variant-numeric: tabular-nums; } .title { font-weight: 600; }
.verdict { white-space: nowrap; font-weight: 600; } .good { color: var(--good); } .look { color: var(--look); } .act { color: var(--act); }
.claims { margin: 0 0 1rem 3.95rem; padding: 0; list-style: none; } .claims > li { padding: .45rem 0; border-top: 1px dotted var(--line); }
.claims > li:first-child { border: 0; } .evidence { margin: .15rem 0 0; padding: 0 0 0 1.1rem; color: var(--dim); } .evidence .at, .at { white-space: nowrap; font: .85em ui-monospace, monospace; color: var(--dim); }
.question { margin: 0 0 .5rem 3.95rem; color: var(--dim); font-style: italic; }
@media (max-width: 46rem) { summary { grid-template-columns: 3.2rem 1fr auto; } summary .argument { grid-column: 2 / -1; } .claims, .question { margin-left: .5rem; } }
@media print { body { max-width: none; padding: 0; font-size: 11px; } details { break-inside: avoid; } }
`;

export function sheetHtml(sheet: Sheet): string {
  const run = sheet.run
    ? `Decided on data by run <code>${escaped(sheet.run.id)}</code>, ${escaped(sheet.run.started.slice(0, 16).replace('T', ' '))} UTC, of this program on these data.`
    : `Nothing is decided on data: ${prose(sheet.undecided ?? 'no run has ended')}.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(sheet.file)}: model info sheet</title>
<style>${style}</style>
</head>
<body>
<h1>Model info sheet: ${escaped(sheet.file)}</h1>
<p class="dim">${run} Types of leakage after Kapoor and Narayanan, <i>Patterns</i> 4(9), 2023.</p>
${sheet.models.map(modelHtml).join('\n')}
${sheet.perturbation ? perturbationHtml(sheet.perturbation) : ''}
${waivedHtml(sheet)}
<footer class="dim">Proved: it follows from the program. On data: measured by that run. Assumed: it follows from the program and a declaration, which is named. Undecided: no run on this program and these data has measured it. Written by ${escaped(sheet.tool)}.</footer>
</body>
</html>
`;
}

function modelHtml(model: SheetModel): string {
  const figures = model.evaluations.map(({ name, metric, value, low, high, read }) => {
    const figure =
      metric === null || value === null
        ? ''
        : ` &nbsp; ${escaped(metric)} <b>${value.toFixed(3)}</b>${low === null || high === null ? '' : ` <span class="dim">(${low.toFixed(3)} – ${high.toFixed(3)})</span>`}`;
    return `<li>${escaped(name)}${figure}${read === null ? '' : ` &nbsp; <span class="dim">${escaped(readText(read))}</span>`}</li>`;
  });
  return `<h2>${escaped(model.model)}</h2>
<p>${escaped(countsText(model.counts))}</p>
${figures.length === 0 ? '' : `<ul class="figures">${figures.join('')}</ul>`}
${model.sections.map(sectionHtml).join('\n')}`;
}

/** What must be acted on stands open. */
function sectionHtml({ type, title, question, verdict, argument, claims }: SheetSection): string {
  const isOpen = verdict === 'leaks' || verdict === 'assumed';
  return `<details${isOpen ? ' open' : ''}>
<summary><span class="type">${type}</span><span class="title">${escaped(title)}</span>${verdictHtml(verdict)}<span class="argument">${prose(argument)}</span></summary>
<p class="question">${escaped(question)}</p>
<ul class="claims">${groupsOf(claims).map(claimHtml).join('')}</ul>
</details>`;
}

function verdictHtml(verdict: SectionVerdict): string {
  const [sign, tone] = marks[verdict];
  return `<span class="verdict ${tone}">${sign} ${verdictWord(verdict)}</span>`;
}

function claimHtml(claim: ClaimGroup): string {
  const evidence = claim.evidence.length === 0 ? '' : `<ul class="evidence">${claim.evidence.map(evidenceHtml).join('')}</ul>`;
  return `<li>${verdictHtml(claim.verdict)} &nbsp; ${escaped(nameOf(claim))}${prose(saysOf(claim))} ${atHtml(claim)}${evidence}</li>`;
}

function evidenceHtml(one: SheetEvidence): string {
  return `<li>${prose(one.message)}${one.fix === null ? '' : ` · fix: ${prose(one.fix)}`} ${atHtml(one)}</li>`;
}

const atHtml = ({ file, range }: Pick<SheetEvidence, 'file' | 'range'>): string =>
  file === null || range === null ? '' : `<span class="at">${escaped(file)}:${range.start.line + 1}</span>`;

function perturbationHtml(of: SheetPerturbation): string {
  const tones = { stays: ['✓', 'good'], moves: ['✗', 'act'], 'nothing to change': ['?', 'look'] } as const;
  const item = (trial: SheetTrial): string => {
    const outcome = outcomeOf(trial);
    const [sign, tone] = tones[outcome];
    const moved = trial.moved.map(one => `<li>${prose(movedText(one))} ${atHtml(one)}</li>`).join('');
    return `<li><span class="verdict ${tone}">${sign} ${outcome}</span> &nbsp; ${prose(trialText(trial))}<ul class="evidence"><li>${prose(heldText(trial))}</li>${moved}</ul></li>`;
  };
  return `<h2>${escaped(perturbationTitle(of))}</h2>\n<ul class="claims">${of.trials.map(item).join('')}</ul>`;
}

function waivedHtml({ waived }: Sheet): string {
  if (waived.length === 0) return '';
  const items = waived.map(one => `<li><code>${escaped(one.rule)}</code> ${prose(one.reason)} ${atHtml(one)}</li>`);
  return `<h2>Allowed in the text</h2><ul>${items.join('')}</ul>`;
}
