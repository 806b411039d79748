/** Random well-typed programs: the same seed, the same program. */
import { type Draw, drawFrom } from '../reference/draw.ts';
import { drawGroup } from './drawGroup.ts';
import { drawModels } from './drawModels.ts';
import { plainSources, timedSources } from './drawSources.ts';
import { type Drawing, drawTable, type Relation, sourceRelation } from './drawTables.ts';
import { drawFeatures, drawOtherSplit, drawSplit, drawTask, usedDefinitions, type Viewer } from './drawTask.ts';
import { type Declaration, declaration, mainFile, type SoundProgram } from './program.ts';
import { repaired } from './repair.ts';

/** How often something risky is drawn: most programs are careful, so that clean ones are many. */
const risks = [0, 0, 0, 0.02, 0.03, 0.06, 0.25];

/** Claims that warn, or that take rows out. */
const drawCheck = (draw: Draw, risk: number): Declaration =>
  declaration('check', 'check ev', 'block', [
    draw.pick([
      'x >= 1  quarantine',
      's != "b"  quarantine',
      'refers(cust, ent)  warn',
      'x < 5  warn',
      ...(draw.chance(risk * 2) ? ['late != null  quarantine', 'refers(cust, ent)  quarantine'] : []),
    ]),
  ]);

const isReadIn = (declarations: readonly Declaration[], name: string): boolean =>
  declarations.some(({ head, pieces }) => [head, ...pieces.map(({ text }) => text)].some(text => new RegExp(`\\b${name}\\b`).test(text)));

/** Values are carried forward only where an entity is looked at again and again. */
const notForward = (features: Declaration): Declaration => {
  const plain = (text: string): string => text.replaceAll('impute(forward)', 'impute(mean)');
  return { ...features, pieces: features.pieces.map(({ text, simpler = [] }) => ({ text: plain(text), simpler: simpler.map(plain) })) };
};

export function generate(seed: number): SoundProgram {
  const draw = drawFrom(seed);
  const risk = draw.pick(risks);
  const isTimed = draw.chance(0.75);
  const sources = isTimed ? timedSources(draw, risk) : plainSources(draw, risk);
  const declarations: Declaration[] = [];
  let count = 0;
  const fresh = (prefix: string): string => `${prefix}${++count}`;
  let relations: readonly Relation[] = sources.map(sourceRelation);
  const drawing = (): Drawing => ({ draw, risk, relations, fresh });
  const add = (made: { readonly declarations: readonly Declaration[]; readonly relation: Relation }): Relation => {
    declarations.push(...made.declarations);
    relations = [...relations, made.relation];
    return made.relation;
  };
  const source = (name: string): Relation => {
    const found = relations.find(r => r.name === name);
    if (!found) throw new Error(`There is no source ${name}.`);
    return found;
  };

  let entity: Relation;
  if (isTimed) {
    if (draw.chance(0.5)) add(drawTable(drawing(), fresh('Changes'), source('chg'), draw.int(1, 2)));
    for (let i = 0; i < draw.pick([0, 1, 1, 2]); i++) {
      const base = draw.chance(0.2) ? draw.pick(relations.filter(r => r.home === 'ev')) : source('ev');
      add(drawTable(drawing(), fresh('Events'), base, draw.int(1, 4)));
    }
    const kind = draw.pick(['ent', 'ent', 'ent', 'ent', 'group', 'ev', 'ev'] as const);
    const group = kind === 'group' ? drawGroup(drawing(), fresh('Groups'), source('ev')) : null;
    const length = draw.pick([0, 0, 1, 2, 3]);
    entity = group
      ? add(group)
      : length === 0
        ? source(kind === 'ev' ? 'ev' : 'ent')
        : add(drawTable(drawing(), fresh('Units'), source(kind === 'ev' ? 'ev' : 'ent'), length));
  } else {
    if (sources.some(({ name }) => name === 'nt'))
      for (let i = 0; i < draw.pick([0, 1, 1, 2]); i++) {
        const others = relations.filter(r => r.home === 'nt' || r.home === 'lk');
        add(drawTable(drawing(), fresh('Notes'), draw.chance(0.3) ? draw.pick(others) : source('nt'), draw.int(1, 5)));
      }
    const length = draw.pick([0, 1, 2, 3]);
    entity = length === 0 ? source('ps') : add(drawTable(drawing(), fresh('Units'), source('ps'), length));
  }

  const viewer: Viewer = { ...drawing(), entity, via: entity.home === 'ent' ? '' : ' via cust', isTimed };
  const task = drawTask(viewer);
  const split = drawSplit(viewer, task);
  const isAgain = task.declarations.some(({ pieces }) => pieces.some(({ text }) => /^at\s+every/.test(text)));
  const features = drawFeatures(viewer, 'known');
  const set = isAgain ? features : notForward(features);
  if (isTimed && draw.chance(0.15)) declarations.push(drawCheck(draw, risk));
  const other = drawOtherSplit(viewer, split);
  declarations.push(
    ...task.declarations,
    split.declaration,
    ...(other ? [other] : []),
    ...usedDefinitions(set, viewer),
    set,
    ...drawModels(draw, risk, 'known', task, split, other !== null),
  );
  const sourceFile = draw.chance(0.3) ? 'sources.cupel' : mainFile;
  // With the sources stand what is made of them, up to some declaration: tables, the task, its split, the features.
  const beside = draw.int(0, declarations.indexOf(set) + 1);
  const read = sourceFile === mainFile ? [] : sources.filter(({ name }) => name !== 'ent' && isReadIn(declarations.slice(0, beside), name));
  const clashing = read.length > 0 && draw.chance(0.5) ? draw.pick(read) : null;
  const program: SoundProgram = {
    sources: clashing ? [...sources, { ...clashing, name: `${clashing.name}_main`, written: clashing.name, file: mainFile }] : sources,
    sourceFile,
    declarations: declarations.map((declared, i) => (i < beside ? { ...declared, file: sourceFile } : declared)),
  };
  return isTimed ? repaired(program, !draw.chance(risk)) : program;
}
