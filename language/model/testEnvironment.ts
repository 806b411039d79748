/** For tests of the model: the sources, tables and checks of one text, typed in order of need, with what was reported. */
import type { Chunk } from '../syntax/ast.ts';
import { parseFile } from '../syntax/parse.ts';
import { durationText } from '../text/duration.ts';
import { typeCheck } from './checks.ts';
import type { DeclarationKind, Environment, ParamModel } from './environment.ts';
import { noFacts, regionText } from './factOps.ts';
import type { Facts } from './facts.ts';
import { typeParam } from './params.ts';
import type { Problem } from './problem.ts';
import { typeTable } from './relations.ts';
import { typeSource } from './sources.ts';
import type { CheckModel, RelationModel, SourceModel, TableModel } from './typed.ts';
import { typeText } from './typeOps.ts';

const file = 'main.cupel';

export interface Typed {
  relation(name: string): RelationModel;
  source(name: string): SourceModel;
  table(name: string): TableModel;
  readonly checks: readonly CheckModel[];
  /** `rule "marked text" message`, in the order of the text; parser problems too. */
  readonly problems: readonly string[];
}

export function typed(text: string): Typed {
  const tree = parseFile(file, text);
  const found: { at: number; text: string }[] = [];
  const named = new Map<string, Chunk>();
  for (const chunk of tree.chunks) {
    const { declaration } = chunk.parsed;
    if (declaration && 'name' in declaration && declaration.name && !named.has(declaration.name.text)) named.set(declaration.name.text, chunk);
    for (const p of chunk.parsed.problems) found.push({ at: chunk.start + p.span.start, text: `${p.rule}: ${p.message}` });
  }
  const sources = new Map<string, SourceModel>();
  const tables = new Map<string, TableModel>();
  const params = new Map<string, ParamModel>();

  const report = (problem: Problem): void => {
    const start = tree.chunks.find(chunk => chunk.id === problem.place.decl)?.start ?? 0;
    const { span } = problem.place;
    found.push({ at: start + span.start, text: `${problem.rule} "${text.slice(start + span.start, start + span.end)}" ${problem.message}` });
  };
  const kindOf = (name: string): DeclarationKind | null => {
    const kind = named.get(name)?.parsed.declaration?.kind;
    return kind === 'source' || kind === 'table' || kind === 'param' || kind === 'def' ? kind : null;
  };
  const keyOf = (name: string): { key: string | null } | 'unknown' => {
    const declaration = named.get(name)?.parsed.declaration;
    if (declaration?.kind === 'source') return { key: declaration.columns?.find(column => column.type.name.text === 'key')?.name.text ?? null };
    return declaration?.kind === 'table' ? { key: environment(name).relation(name)?.key ?? null } : 'unknown';
  };
  const param = (name: string): ParamModel | null => {
    const chunk = named.get(name);
    const declaration = chunk?.parsed.declaration;
    if (!chunk || declaration?.kind !== 'param') return null;
    let model = params.get(name);
    if (!model) {
      const context = { at: { file, decl: chunk.id }, parameter: () => null, table: keyOf, tableNames: () => [], report, set: null };
      params.set(name, (model = typeParam(declaration, context)));
    }
    return model;
  };
  const visible = (...kinds: readonly DeclarationKind[]): string[] =>
    [...named.keys()].filter(name => {
      const kind = kindOf(name);
      return kind !== null && (kinds.length === 0 || kinds.includes(kind));
    });
  const relation = (name: string): RelationModel | null => {
    const chunk = named.get(name);
    const declaration = chunk?.parsed.declaration;
    if (!chunk) return null;
    if (declaration?.kind === 'source') {
      let model = sources.get(name);
      if (!model) {
        const context = { parameter: (p: string) => param(p)?.value ?? null, table: keyOf, tableNames: () => visible('source', 'table') };
        sources.set(name, (model = typeSource(declaration, { file, decl: chunk.id }, context, report)));
      }
      return model.relation;
    }
    if (declaration?.kind !== 'table') return null;
    let model = tables.get(name);
    if (!model) tables.set(name, (model = typeTable(declaration, environment(name))));
    return model.relation;
  };
  const environment = (name: string, decl = named.get(name)?.id ?? ''): Environment => {
    const seenFrom = (): Environment => environment(name, decl);
    const env: Pick<Environment, 'file' | 'decl' | 'lookup' | 'visible' | 'relation' | 'keyOf' | 'definition' | 'param' | 'seenFrom' | 'report'> = {
      file,
      decl,
      lookup: wanted => {
        const kind = kindOf(wanted);
        return kind && { kind, name: wanted, file, decl: named.get(wanted)?.id ?? '' };
      },
      visible,
      relation,
      keyOf,
      definition: wanted => {
        const chunk = named.get(wanted);
        const declaration = chunk?.parsed.declaration;
        if (!chunk || declaration?.kind !== 'def') return null;
        return { name: wanted, parameters: declaration.parameters.map(p => p.text), body: declaration.body, file, decl: chunk.id };
      },
      param,
      seenFrom,
      report,
    };
    return env as Environment;
  };

  const checks: CheckModel[] = [];
  for (const chunk of tree.chunks) {
    const { declaration, text: own } = chunk.parsed;
    if (declaration?.kind === 'source' || declaration?.kind === 'table') relation(declaration.name.text);
    if (declaration?.kind === 'check') checks.push(typeCheck(declaration, own, environment('', chunk.id)));
  }
  const must = <T>(value: T | null | undefined, name: string): T => {
    if (value == null) throw new Error(`no ${name}`);
    return value;
  };
  return {
    relation: name => must(relation(name), name),
    source: name => must(sources.get(name), name),
    table: name => must(tables.get(name), name),
    checks,
    problems: found.sort((a, b) => a.at - b.at).map(p => p.text),
  };
}

const rootText = (root: string): string => root.replaceAll(`${file}:`, '');

/** `placed_at + 30d, leaks after-outcome(titanic.boat), entity`: what the facts say beside their reasons and lineage. */
export function factsText(facts: Facts): string {
  const known = facts.known.map(t => `${rootText(t.root)} + ${durationText(t.plus)}`);
  const blocks = facts.blocks.map(b => `${b.verdict} ${b.rule}(${b.subject})`);
  const identity = facts.identity === 'none' ? [] : [facts.identity];
  return [...known, ...blocks, ...identity, ...facts.tags].join(', ') || 'nothing';
}

export const lineageText = (facts: Facts): string => facts.lineage.map(l => `${l.source}.${l.column} ${regionText(l.region)}`).join(', ');

export const rowText = (relation: RelationModel): string => {
  const { event, known, exists, key, lag } = relation;
  return [
    `exists: ${factsText(exists)}`,
    `event: ${event ? `${event.column} = ${rootText(event.shape.root)} + ${durationText(event.shape.plus)}${event.facts === noFacts ? '' : ` (${factsText(event.facts)})`}` : 'none'}`,
    `known: ${known ? `${rootText(known.term.root)} + ${durationText(known.term.plus)}${known.column ? ` by ${known.column}` : ''}${known.declared ? '' : ' (assumed)'}` : 'always'}`,
    `lag: ${lag ? durationText(lag) : 'none'}`,
    `key: ${key ?? 'none'}`,
  ].join('\n');
};

export const columnText = (relation: RelationModel, name: string): string => {
  const column = relation.columns.find(c => c.name === name);
  if (!column) return 'no such column';
  const shape = column.shape ? ` = ${rootText(column.shape.root)} + ${durationText(column.shape.plus)}` : '';
  return `${typeText(column.type)}${shape}: ${factsText(column.facts)}`;
};
