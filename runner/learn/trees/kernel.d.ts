/** The compiled kernel as base64, made when the product is built (scripts/kernel.mjs), and what Node has to run it. */
declare module 'cupel:kernel' {
  export const kernel: string;
}

declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(limits: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory; abort: () => void } });
    readonly exports: unknown;
  }
}
