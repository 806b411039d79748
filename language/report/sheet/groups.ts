/** Claims as a reader wants them: what several parts of a declaration assume in common is said once, with the names of those parts. */
import type { SheetClaim } from './sheet.ts';

export interface ClaimGroup extends SheetClaim {
  /** Of all claims that the group stands for; empty where its claim is about the declaration as a whole. */
  readonly subjects: readonly string[];
}

/** An assumption is told by what it rests on, so a claim with two of them is named in two groups. */
export function groupsOf(claims: readonly SheetClaim[]): ClaimGroup[] {
  const groups = new Map<string, ClaimGroup>();
  for (const [i, claim] of claims.entries()) {
    const { declaration, subject, verdict, evidence } = claim;
    if (subject === null || verdict !== 'assumed' || evidence.length === 0) {
      groups.set(String(i), { ...claim, subjects: subject === null ? [] : [subject] });
      continue;
    }
    for (const one of evidence) {
      const key = JSON.stringify([declaration, one]);
      const known = groups.get(key);
      groups.set(key, { ...(known ?? claim), evidence: [one], subjects: [...(known?.subjects ?? []), subject] });
    }
  }
  return [...groups.values()];
}

/** `features activity: orders_30d, spend_90d`. */
export function nameOf({ declaration, subjects }: ClaimGroup): string {
  return subjects.length > 1 ? `${declaration}: ${subjects.join(', ')}` : [declaration, ...subjects].join(', ');
}
