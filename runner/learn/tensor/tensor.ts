/** What a tensor backend is to its users. Types only, so that whoever names one loads nothing. */
import type * as Core from '@tensorflow/tfjs-core';

export type TensorFlow = typeof Core;

export type BackendName = 'tfjs-node' | 'wasm' | 'cpu';

export interface Tensor {
  readonly name: BackendName;
  readonly version: string;
  readonly tf: TensorFlow;
  /** Makes this backend the one that computes; TensorFlow.js has one at a time in a process. */
  readonly activate: () => Promise<void>;
}
