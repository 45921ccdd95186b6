/**
 * Types of inputs and outputs, borrowed from the AWS SDK's declarations (types only, nothing at run time):
 * required members lose `undefined`, timestamps are epoch seconds, metadata is dropped.
 */
export type Shape<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? Uint8Array
    : T extends (...args: never[]) => unknown
      ? T
      : T extends readonly (infer U)[]
        ? Shape<U>[]
        : T extends object
          ? { [K in keyof T as K extends '$metadata' ? never : K]: Shape<Exclude<T[K], undefined>> }
          : T
