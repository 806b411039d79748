/** What needs the analysis or the runner, but a check by itself. Of the bundle it is one script, which starts nothing before it is asked for. */
export const analyse = () => import('./analyse.ts');
export const doctor = () => import('./doctor.ts');
export const drift = () => import('./drift.ts');
export const fmt = () => import('./fmt.ts');
export const infer = () => import('./infer.ts');
export const lsp = () => import('./lsp.ts');
export const plan = () => import('./plan.ts');
export const preview = () => import('./preview.ts');
export const profile = () => import('./profile.ts');
export const prove = () => import('./prove.ts');
export const run = () => import('./run.ts');
export const sampled = () => import('./sampled.ts');
export const sarif = () => import('../language/report/sarif.ts');
export const schemas = () => import('./schemas.ts');
export const score = () => import('./score.ts');
export const test = () => import('./test.ts');
