/** The same patient, the same hospital, the same birth on both sides: rows that are not independent of each other. */
import { csvOf, drawsOf, type FamousCase, logistic, rowsOf } from './famousCase.ts';

/** Pictures of one patient look alike, and are all ill or all well. */
function pictures(): string {
  const { normal, chance, below } = drawsOf(31);
  const patients = rowsOf(160, () => ({ texture: normal(), contrast: normal(), ill: chance(0.4) }));
  return csvOf(
    rowsOf(1100, i => {
      const p = below(patients.length);
      const { texture = 0, contrast = 0, ill = false } = patients[p] ?? {};
      const near = (x: number) => (x + 0.01 * normal()).toFixed(3);
      return {
        picture: `x${i}`,
        patient: `p${p}`,
        texture: near(texture),
        contrast: near(contrast),
        pneumonia: ill,
      };
    }),
  );
}

/** Each hospital prints its own mark into the picture, and sees its own share of the ill. */
function marks(): string {
  const { normal, chance, below } = drawsOf(32);
  const hospitals = rowsOf(24, () => ({ mark: normal(), rate: chance(0.5) ? 0.1 : 0.8 }));
  return csvOf(
    rowsOf(1400, i => {
      const h = below(hospitals.length);
      const { mark = 0, rate = 0 } = hospitals[h] ?? {};
      const ill = chance(rate);
      return {
        picture: `x${i}`,
        hospital: `h${h}`,
        corner: (mark + 0.02 * normal()).toFixed(3),
        opacity: (normal() + (ill ? 0.8 : 0)).toFixed(3),
        pneumonia: ill,
      };
    }),
  );
}

/** One birth in ten comes too early; the signal says little about it. */
function births(): string {
  const { normal, chance } = drawsOf(33);
  return csvOf(
    rowsOf(1500, i => {
      const signal = normal();
      return { birth: `b${i}`, signal: signal.toFixed(4), weeks: Math.round(24 + 3 * normal()), preterm: chance(logistic(-2.5 + 0.4 * signal)) };
    }),
  );
}

const pictureModel = `model m = k_nearest(film) { neighbors: 5 }
model usual = baseline(film)
evaluate m on test { auc, auc - usual.auc >= 0 }
`;

export const unitCases: readonly FamousCase[] = [
  {
    name: 'pictures of one patient on both sides',
    published: 'Rajpurkar et al., CheXNet, arXiv:1711.05225, 2017, whose first version split by picture and whose later ones split by patient',
    files: { 'pictures.csv': pictures(), 'patients.csv': csvOf(rowsOf(160, i => ({ patient: `p${i}` }))) },
    program: `source patients = csv("patients.csv") {
  patient : key
}
source pictures = csv("pictures.csv") {
  picture   : key
  patient   : ref patients
  texture   : float
  contrast  : float
  pneumonia : bool
}
task reading { each picture in pictures, label pneumonia }
split reading ⟨CAUSE⟩
features film for reading { texture, contrast }
${pictureModel}`,
    leaky: 'at random { test: 30%, seed: 4 }',
    honest: 'by group { group: patient, test: 30%, seed: 4 }',
    rule: 'entity-on-both-sides',
    at: 'random',
    metric: 'auc',
    pretends: 0.85,
    deserves: [0.4, 0.68],
  },
  {
    name: 'a hospital prints its mark into its pictures',
    published: 'Zech et al., PLOS Medicine 15(11), 2018',
    files: { 'pictures.csv': marks() },
    program: `source pictures = csv("pictures.csv") {
  picture   : key
  hospital  : text @site
  corner    : float
  opacity   : float
  pneumonia : bool
}
task reading { each picture in pictures, label pneumonia }
split reading ⟨CAUSE⟩
features film for reading { corner, opacity }
model m = gradient_boosting(film) { trees: 60, leaves: 16, min_leaf: 5 }
model usual = baseline(film)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: 'at random { test: 30%, seed: 4 }',
    honest: 'by group { group: hospital, test: 30%, seed: 4 }',
    rule: 'group-on-both-sides',
    at: 'random',
    metric: 'auc',
    pretends: 0.8,
    deserves: [0.25, 0.7],
  },
  {
    name: 'early births are repeated before the split',
    published: 'Vandewiele et al., Artificial Intelligence in Medicine 111, 2021',
    files: { 'births.csv': births() },
    program: `source births = csv("births.csv") {
  birth   : key
  signal  : float
  weeks   : int
  preterm : bool
}
⟨CAUSE⟩
task early { each birth in sample, label preterm }
split early at random { test: 30%, seed: 4 }
features signals for early { signal, weeks }
model m = logistic_regression(signals)
model usual = baseline(signals)
evaluate m on test { average_precision, average_precision - usual.average_precision >= 0 }
`,
    leaky: 'table rare = births | where preterm\ntable sample = births | union rare | union rare | union rare | union rare | union rare',
    honest: 'table sample = births',
    rule: 'resample-before-split',
    at: 'sample',
    metric: 'average_precision',
    pretends: 0.4,
    deserves: [0.08, 0.25],
  },
];
