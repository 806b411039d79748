/**
 * What `check` found as SARIF 2.1.0 (OASIS, 2020), which code hosts and review tools read. Allowed findings are results with a suppression, so
 * that whoever reviews sees them with their reasons. Lines and columns count from 1 there, columns in UTF-16 units.
 */
import type { Diagnostic, Fix, Severity } from '../diagnostic.ts';
import { ruleNamed } from '../rules/list.ts';
import type { Waived } from '../rules/waive.ts';
import type { Range } from '../text/place.ts';
import type { CheckReport } from './report.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

export function sarifReport(report: CheckReport): string {
  const all: readonly (Diagnostic | Waived)[] = [...report.diagnostics, ...report.waived];
  const names = [...new Set(all.map(({ rule }) => rule))].sort();
  const [name = 'cupel', version = ''] = report.tool.split(' ');
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name, version, rules: names.map(ruleOf) } },
          columnKind: 'utf16CodeUnits',
          results: all.map(found => resultOf(found, names.indexOf(found.rule))),
        },
      ],
    },
    null,
    2,
  );
}

function ruleOf(name: string): object {
  const rule = ruleNamed(name);
  if (!rule) return { id: name, name };
  return {
    id: rule.code,
    name,
    shortDescription: { text: rule.why },
    help: { text: `cupel explain ${name}` },
    defaultConfiguration: { level: levels[rule.severity] },
    properties: { tags: [rule.group, ...(rule.type === null ? [] : [rule.type])] },
  };
}

function resultOf(found: Diagnostic | Waived, ruleIndex: number): object {
  const { file, range, severity, code, message, help, related, fixes, fingerprint } = found;
  return {
    ruleId: code === '' ? found.rule : code,
    ruleIndex,
    level: levels[severity],
    message: { text: help === null ? message : `${message} ${help}` },
    locations: [locationOf(file, range)],
    ...(related.length > 0 && {
      relatedLocations: related.map((one, id) => ({ id, ...locationOf(one.file, one.range), message: { text: one.message } })),
    }),
    partialFingerprints: { 'cupel/v1': fingerprint },
    ...(fixes.length > 0 && { fixes: fixes.map(fixOf) }),
    suppressions: 'reason' in found ? [{ kind: 'inSource', status: 'accepted', justification: found.reason }] : [],
  };
}

const locationOf = (file: string, range: Range): object => ({
  physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: regionOf(range) },
});

/** Relative paths, as they are written in URIs. */
const uriOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');

const regionOf = ({ start, end }: Range): object => ({
  startLine: start.line + 1,
  startColumn: start.character + 1,
  endLine: end.line + 1,
  endColumn: end.character + 1,
});

function fixOf({ title, edits }: Fix): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map(file => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: edits
        .filter(edit => edit.file === file)
        .map(({ range, text }) => ({ deletedRegion: regionOf(range), ...(text !== '' && { insertedContent: { text } }) })),
    })),
  };
}
