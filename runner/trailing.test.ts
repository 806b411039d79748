/** The end of a step is told before anything of the next one. */
import { describe, expect, it } from 'vitest';
import type { RunEvent } from './events.ts';
import { trailing } from './trailing.ts';

const event = (id: string): RunEvent => ({ event: 'run-failed', id, node: null, code: 'bug', message: '', help: null, place: null });

function later<T>() {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((done, failed) => {
    [resolve, reject] = [done, failed];
  });
  return { promise, resolve, reject };
}

function started() {
  const told: string[] = [];
  const abort = new AbortController();
  const line = trailing(one => told.push('id' in one ? one.id : ''), abort.signal);
  return { told, abort, ...line };
}

describe('the end of a step', () => {
  it('is told before what the next step told meanwhile', async () => {
    const { told, emit, follow, settle } = started();
    emit(event('first begins'));
    const end = later<(tell: (event: RunEvent) => void) => void>();
    follow(end.promise, () => undefined);
    emit(event('second begins'));
    expect(told).toEqual(['first begins']);
    end.resolve(tell => tell(event('first ends')));
    await settle();
    emit(event('second ends'));
    expect(told).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('that comes to nothing says so once, after what was told', async () => {
    const { told, emit, follow, settle } = started();
    const end = later<() => void>();
    follow(end.promise, () => told.push('failed'));
    emit(event('second begins'));
    end.reject(new Error('the rules broke'));
    await expect(settle()).rejects.toThrow('the rules broke');
    expect(told).toEqual(['failed', 'second begins']);
  });

  it('is not waited for, nor told, once the run is cancelled', async () => {
    const { told, abort, emit, follow, settle } = started();
    const end = later<(tell: (event: RunEvent) => void) => void>();
    follow(end.promise, () => undefined);
    emit(event('second begins'));
    abort.abort();
    await settle();
    end.resolve(tell => tell(event('first ends')));
    await end.promise;
    expect(told).toEqual(['second begins']);
  });

  it('that comes to nothing because the run was cancelled is no failure', async () => {
    const { told, abort, emit, follow, settle, ended } = started();
    const end = later<() => void>();
    follow(end.promise, () => told.push('failed'));
    emit(event('second begins'));
    abort.abort();
    await settle();
    end.reject(new Error('the thread was ended'));
    await ended();
    expect(told).toEqual(['second begins']);
  });
});
