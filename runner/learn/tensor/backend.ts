/** The door to TensorFlow.js: one backend is chosen, loaded on demand, and named. Nothing else imports TensorFlow.js. */
import type * as Core from '@tensorflow/tfjs-core';

export type TensorFlow = typeof Core;

export type BackendName = 'tfjs-node' | 'wasm' | 'cpu';

export interface Tensor {
  readonly name: BackendName;
  readonly version: string;
  readonly tf: TensorFlow;
}
