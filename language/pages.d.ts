/** Rule pages by the rule's name, bundled as text (scripts/pages.mjs). */
declare module 'cupel:pages' {
  export const pages: Readonly<Record<string, string>>;
}
