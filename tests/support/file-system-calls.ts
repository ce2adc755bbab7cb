import {
  type FileSystemCalls,
  SYSTEM_CALLS,
} from '../../src/adapters/image-store/filesystem/calls.ts';

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: the test's file system`), { code });
}

export function failing(code: string): () => Promise<never> {
  return () => Promise.reject(systemError(code));
}

/** As on FAT, and on many network drives: no hard links, and nothing that can be flushed. */
export const FAT_CALLS: FileSystemCalls = {
  ...SYSTEM_CALLS,
  link: failing('EPERM'),
  flush: failing('EINVAL'),
};

/** A call that fails so many times, and works then. */
export function failingFirst<A extends unknown[], T>(
  times: number,
  code: string,
  call: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let left = times;
  return async (...args) => {
    if (left > 0) {
      left -= 1;
      throw systemError(code);
    }
    return call(...args);
  };
}
