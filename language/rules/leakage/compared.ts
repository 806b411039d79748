/** The models that claims compare the evaluated one with on its own rows: their figures have to be of rows that they have not seen either. */
import type { EvaluationModel, MetricExpr } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';

export interface Compared {
  readonly model: string;
  /** The file that declares it. */
  readonly home: string;
  /** Of the figure. */
  readonly place: Place;
}

/** Figures of other evaluations are of rows that these answer for. */
function figuresIn(metric: MetricExpr): Compared[] {
  switch (metric.kind) {
    case 'metric':
      return metric.evaluation ? [] : [{ model: metric.model, home: metric.home, place: metric.place }];
    case 'bound':
      return figuresIn(metric.of);
    case 'arithmetic':
      return [...figuresIn(metric.left), ...figuresIn(metric.right)];
    case 'drift':
    case 'number':
      return [];
  }
}

/** Each model where it is first read. */
export function comparedIn({ model, modelFile, claims, segments }: EvaluationModel): readonly Compared[] {
  const found = new Map<string, Compared>();
  for (const { left, right } of [...claims, ...segments.flatMap(segment => segment.claims)]) {
    for (const figure of [...figuresIn(left), ...figuresIn(right)]) {
      const key = `${figure.home}\0${figure.model}`;
      if ((figure.model !== model || figure.home !== modelFile) && !found.has(key)) found.set(key, figure);
    }
  }
  return [...found.values()];
}
