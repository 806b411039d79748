/**
 * Features that nearly decide the label by themselves, by their values or by where they are null. A feature counts only where it is better than
 * all others together: where the label is easy, many columns know it, and nothing is wrong.
 */
import { type DataRuleName, type DataRuleSettings, thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanFeature } from '../../language/plan/plan.ts';
import { type MatrixColumn, nullCode } from '../learn/matrix.ts';
import { placesWhere } from '../learn/rows.ts';
import { type Measured, measured } from './measured.ts';
import { type Sample, valuesOf } from './sample.ts';
import { type Asked, crossfitted, type Judged, judge, judgedAlone, type Question, questionsOf, stepsOf, together } from './solo.ts';

interface Column {
  readonly feature: PlanFeature;
  /** Of each question. */
  readonly scores: readonly Float64Array[];
  readonly alone: Judged | null;
  /** By where it is null; null where it never or always is. */
  readonly nulls: Judged | null;
  /** Where it is not null. */
  readonly values: () => Judged | null;
}

/** What each feature says by itself, the most telling first. */
export interface Told {
  readonly name: string;
  readonly value: number;
}

const mean = (found: readonly (Judged | null)[]): Judged | null => {
  const known = found.filter(one => one !== null);
  if (known.length === 0 || known.length < found.length) return null;
  const of = (key: keyof Judged): number => known.reduce((sum, one) => sum + one[key], 0) / known.length;
  return { value: of('value'), low: of('low'), high: of('high') };
};

const nullsOf = ({ isNumber, values }: Asked): Int32Array =>
  Int32Array.from(values, isNumber ? value => (Number.isNaN(value) ? 1 : 0) : code => (code === nullCode ? 1 : 0));

/** The column and the question over the rows where the column is not null. */
function known({ isNumber, values }: Asked, isNull: Int32Array, question: Question): readonly [Asked, Question] {
  const kept = placesWhere(isNull.length, i => isNull[i] === 0);
  const of = Float64Array.from(kept, i => values[i] ?? 0);
  return [
    { isNumber, values: isNumber ? of : Int32Array.from(of) },
    {
      ...question,
      rows: kept.map(i => question.rows[i] ?? 0),
      y: Float64Array.from(kept, i => question.y[i] ?? 0),
      entity: kept.map(i => question.entity[i] ?? 0),
    },
  ];
}

const alone = (asked: Asked, question: Question): Judged | null => judgedAlone(asked, crossfitted(stepsOf(asked), question), question);

function columnOf(feature: PlanFeature, column: MatrixColumn, questions: readonly Question[]): Column {
  const asked: Asked = { isNumber: column.kind === 'number', values: valuesOf(column, questions[0]?.rows ?? new Int32Array()) };
  const steps = stepsOf(asked);
  const scores = questions.map(question => crossfitted(steps, question));
  const isNull = nullsOf(asked);
  const hasNulls = isNull.some(value => value !== isNull[0]);
  return {
    feature,
    scores,
    alone: mean(questions.map((question, i) => judgedAlone(asked, scores[i] ?? new Float64Array(), question))),
    nulls: hasNulls ? mean(questions.map(question => judge(crossfitted(isNull, question), question))) : null,
    values: () => mean(questions.map(question => alone(...known(asked, isNull, question)))),
  };
}

/** The columns of the sample with the first feature that is made of each. */
function columnsOf(node: FeaturesNode, sample: Sample, questions: readonly Question[]): readonly Column[] {
  const owners = new Map<string, PlanFeature>();
  for (const feature of node.features)
    for (const { column } of [feature.raw, ...(feature.others ?? [])]) if (!owners.has(column)) owners.set(column, feature);
  return sample.columns.flatMap(column => {
    const feature = owners.get(column.name);
    return feature ? [columnOf(feature, column, questions)] : [];
  });
}

export function mostTelling(node: FeaturesNode, sample: Sample): readonly Told[] {
  const found = columnsOf(node, sample, questionsOf(sample)).flatMap(({ feature, alone: by }) =>
    by === null ? [] : [{ name: feature.name, value: by.value }],
  );
  return found.sort((a, b) => b.value - a.value);
}

export async function proxies(node: FeaturesNode, sample: Sample, settings: DataRuleSettings): Promise<readonly Measured[]> {
  const questions = questionsOf(sample);
  const base = { declaration: node.name, n: questions[0]?.rows.length ?? 0 };
  const unknown = (rule: DataRuleName): Measured =>
    measured({ ...base, rule, place: node.place, measure: words(sample).measure, figure: null, threshold: thresholdOf(settings, rule, 'warn') });
  if (questions.length === 0) return [unknown('target-proxy'), unknown('missingness-proxy')];
  const columns = columnsOf(node, sample, questions);
  const warn = thresholdOf(settings, 'target-proxy', 'warn');
  const suspects = columns.filter(({ alone: by }) => (by?.value ?? 0) >= warn);
  /** What all others know together, without further suspects where those are few: two of them would hide each other. `of`: null where there are none. */
  const rest = async (without: Column): Promise<{ readonly value: number; readonly of: string | null }> => {
    const all = columns.filter(c => c !== without);
    const others = all.filter(c => suspects.length > 2 || !suspects.includes(c));
    const of =
      others.length === 0 ? null : others.length === all.length ? 'all other features together' : 'the features that are not suspects together';
    const found: (Judged | null)[] = [];
    for (const [i, question] of questions.entries()) {
      const score = await together(
        others.flatMap(c => c.scores[i] ?? []),
        question,
      );
      found.push(judge(score, question));
    }
    return { value: mean(found)?.value ?? (questions[0]?.isNumber ? 0 : 0.5), of };
  };
  const all: Measured[] = [];
  for (const column of columns) {
    const nulls = column.nulls ? await judged('missingness-proxy', column, column.nulls) : null;
    if (nulls) all.push(nulls);
    // Where it is the nulls that tell, that is what is said.
    const isSaid = nulls !== null && nulls.fault !== null && (column.values()?.value ?? 0) < warn;
    if (column.alone && !isSaid) all.push(await judged('target-proxy', column, column.alone));
  }
  const has = (rule: DataRuleName): boolean => all.some(one => one.rule === rule);
  return [
    ...all,
    ...(has('target-proxy') ? [] : [unknown('target-proxy')]),
    ...(has('missingness-proxy') ? [] : [{ ...unknown('missingness-proxy'), figure: 0 }]),
  ];

  async function judged(rule: 'target-proxy' | 'missingness-proxy', column: Column, by: Judged): Promise<Measured> {
    const [least, error, gain] = [thresholdOf(settings, rule, 'warn'), thresholdOf(settings, rule, 'error'), thresholdOf(settings, rule, 'gain')];
    const { measure, what } = words(sample);
    const others = by.low >= least ? await rest(column) : null;
    const faulty = others !== null && by.value - others.value >= gain;
    const { name, place } = column.feature;
    const said = rule === 'target-proxy' ? `\`${name}\` alone` : `Whether \`${name}\` is null alone`;
    return measured({
      ...base,
      rule,
      subject: name,
      place,
      measure: rule === 'target-proxy' ? measure : `${measure}, by its nulls`,
      figure: by.value,
      low: by.low,
      high: by.high,
      expected: others?.value ?? null,
      ...(others !== null && others.of !== null && { against: others.of }),
      threshold: least,
      fault: faulty
        ? {
            severity: by.low >= error ? 'error' : 'warning',
            message: `${said} nearly decides the label: ${what} ${shown(by.value)} on train${others.of === null ? '' : `, where ${others.of} reach ${shown(others.value)}`}.`,
            help: `Find out when \`${name}\` is filled in: if with the outcome or after it, declare \`@after(outcome)\` and leave it out.`,
            count: base.n,
          }
        : null,
    });
  }
}

const shown = (value: number): string => value.toFixed(3);

const words = ({ kind }: Sample): { readonly measure: string; readonly what: string } =>
  kind === 'number' || kind === 'count'
    ? { measure: 'correlation of one feature alone with the label, on train', what: 'a correlation of' }
    : { measure: 'auc of one feature alone, on train', what: 'auc' };
