/** The few meanings that colour may carry. The host decides how they look; without colour every text reads the same. */
import type { Severity } from '../diagnostic.ts';

type Paint = (text: string) => string;

export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly info: Paint;
  readonly good: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
}

const asIs: Paint = text => text;

export const plainStyle: Style = { error: asIs, warning: asIs, info: asIs, good: asIs, dim: asIs, strong: asIs };

export function paintOf(style: Style, severity: Severity): Paint {
  switch (severity) {
    case 'error':
      return style.error;
    case 'warning':
      return style.warning;
    case 'info':
      return style.info;
    case 'hint':
      return style.dim;
  }
}
