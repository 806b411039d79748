/** `npm run build`: every bundle into dist/. */
import { fileURLToPath } from 'node:url';
import { bundle } from './scripts/bundle.mjs';

await bundle(fileURLToPath(new URL('dist', import.meta.url)));
