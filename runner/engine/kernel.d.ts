/** The compiled kernel of windows as base64, made when the product is built (scripts/kernel.mjs). */
declare module 'cupel:windows' {
  export const kernel: string;
}
