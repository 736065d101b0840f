// A choice that this browser remembers.
import { useState } from "react";

/** One of `values`, kept under `key`; `first` until somebody has chosen. */
export function useKept<T extends string>(
  key: string,
  values: readonly T[],
  first: T,
): [T, (next: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = localStorage.getItem(key);
    return values.find((each) => each === kept) ?? first;
  });
  return [
    value,
    (next) => {
      localStorage.setItem(key, next);
      setValue(next);
    },
  ];
}
