/** A copy of an object that lacks some members. */
export function without<T extends object, K extends keyof T>(object: T, ...members: K[]): Omit<T, K> {
  const copy = { ...object }
  for (const member of members) delete copy[member]
  return copy
}
