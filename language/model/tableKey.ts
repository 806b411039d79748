/** The key of a table, read off its steps: what refs to it hold. The typed relation says the same with its types. */
import type { TableDeclaration } from '../syntax/ast.ts';

export function tableKey({ steps }: TableDeclaration, base: string | null): string | null {
  let key = base;
  for (const step of steps) {
    switch (step.kind) {
      case 'group':
      case 'dedupe':
        key = step.by.length === 1 ? (step.by[0]?.text ?? null) : step.kind === 'group' ? null : key;
        break;
      case 'rename':
        key = step.pairs.find(pair => pair.from.text === key)?.to.text ?? key;
        break;
      case 'drop':
        if (step.columns.some(column => column.text === key)) key = null;
        break;
      case 'select':
        if (!step.columns.some(column => column.text === key)) key = null;
        break;
      case 'derive':
        if (step.columns.some(column => column.name.text === key)) key = null;
        break;
      case 'union':
        key = null;
        break;
      default:
        break;
    }
  }
  return key;
}
