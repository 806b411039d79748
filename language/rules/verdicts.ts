/** How many of the claims of each declaration are proved by the program, assumed from a declaration, left to the data, or leak. */
import type { Verdict } from '../diagnostic.ts';
import type { Claim, ClaimKind } from './claims/claim.ts';

export interface Standing {
  readonly file: string;
  readonly declares: ClaimKind;
  readonly declaration: string;
  readonly proved: number;
  readonly assumed: number;
  readonly needsData: number;
  readonly leaks: number;
}

export function verdicts(claims: readonly Claim[]): Standing[] {
  const byDeclaration = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = `${claim.kind} ${claim.declaration}`;
    const list = byDeclaration.get(key);
    if (list) list.push(claim);
    else byDeclaration.set(key, [claim]);
  }
  return [...byDeclaration.values()].flatMap(list => {
    const [first] = list;
    if (!first) return [];
    const count = (which: Verdict): number => list.filter(({ verdict }) => verdict === which).length;
    return [
      {
        file: first.file,
        declares: first.kind,
        declaration: first.declaration,
        proved: count('proved'),
        assumed: count('assumed'),
        needsData: count('needs data'),
        leaks: count('leaks'),
      },
    ];
  });
}
