/**
 * Threads that work for a kernel in its shared memory. They know nothing but its code, and outlive each use of it: whoever needs one next takes
 * one that is idle.
 */
import { Worker } from 'node:worker_threads';

/** A helper knows nothing but the kernel; as text it needs no file to be found beside the program. */
const helperText = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ module, memory, slot }) => {
  const calls = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } }).exports;
  try {
    calls.serve(slot);
    parentPort.postMessage('home');
  } catch (error) {
    calls.fail();
    throw error;
  }
});
`;

const idle: Worker[] = [];

/**
 * Ends when all of them have left the memory. Helpers outlive a fit, for starting one takes longer than a small fit; while they have no work
 * they do not keep the process from ending.
 */
export function hire(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number): Promise<unknown> {
  const leaving = Array.from({ length: count }, (_, k) => {
    const helper = idle.pop() ?? newHelper();
    helper.ref();
    helper.postMessage({ module, memory, slot: k + 1 });
    return new Promise<void>(resolve => {
      // One that fails is gone; the kernel has said so to the main thread.
      helper.once('exit', resolve);
      helper.once('message', () => {
        helper.off('exit', resolve);
        helper.unref();
        idle.push(helper);
        resolve();
      });
    });
  });
  return Promise.all(leaving);
}

function newHelper(): Worker {
  const helper = new Worker(helperText, { eval: true, execArgv: [], env: {} });
  helper.on('error', () => {});
  helper.once('exit', () => {
    const place = idle.indexOf(helper);
    if (place >= 0) idle.splice(place, 1);
  });
  return helper;
}
