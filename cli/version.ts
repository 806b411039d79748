/** The version that every output names; `package.json` has the same, which a test holds. */
export const version = '0.1.0';

export const tool = `cupel ${version}`;
