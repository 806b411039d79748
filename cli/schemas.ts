/** `check --schema auto`: what the files behind the sources have, as diagnostics of the declarations. */
import type { Diagnostic } from '../language/diagnostic.ts';
import { findRule, type Plan, type Rule } from '../language/index.ts';
import { shortHash } from '../language/text/hash.ts';
import type { FindingRecord } from '../runner/index.ts';
import { RunFailed, schemaFindings } from '../runner/index.ts';
import { analyse } from './analyse.ts';
import type { Project } from './checkParts.ts';
import { ResourceError } from './host.ts';

export function asDiagnostic(found: FindingRecord, rule: Rule): Diagnostic {
  const { file, range, severity, message, help } = found;
  return {
    file,
    range,
    severity,
    code: rule.code,
    rule: rule.name,
    group: rule.group,
    type: rule.type,
    verdict: rule.verdict,
    message,
    why: rule.why,
    help,
    label: null,
    related: [],
    fixes: [],
    url: `docs/rules/${rule.name}.md`,
    fingerprint: shortHash(`${rule.name}|${found.rule}|${message}`),
  };
}

/** Of the sources that are declared in these files; a file with errors is left to its errors. */
export async function schemaDiagnostics(project: Project, files: readonly string[]): Promise<Diagnostic[]> {
  const rule = findRule('actual-schema');
  if (rule === null) throw new Error('There is no rule actual-schema');
  const analysis = analyse(project, files);
  const plans = files.flatMap((file): Plan[] => {
    const sources = analysis
      .program()
      .declarations(file)
      .flatMap(({ model }) => (model.kind === 'source' ? [model.relation.name] : []));
    const { plan } = sources.length ? analysis.plan(file, sources) : { plan: null };
    return plan ? [plan] : [];
  });
  try {
    const listed = new Set(files);
    const findings = await schemaFindings(plans, project.root);
    return findings.filter(f => listed.has(f.file)).map(found => asDiagnostic(found, rule));
  } catch (error) {
    if (error instanceof RunFailed) throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    throw error;
  }
}
