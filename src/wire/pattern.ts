import type { ShapeModel } from './model.ts'

const compiled = new Map<string, RegExp>()

/** A pattern as AWS means it: the whole value has to match. */
export function compilePattern(pattern: string): RegExp {
  let found = compiled.get(pattern)
  if (!found) {
    try {
      found = new RegExp(`^(?:${pattern})$`, 'u')
    } catch {
      // Java takes escapes such as `\_` that JavaScript takes only without its Unicode mode.
      found = new RegExp(`^(?:${pattern})$`)
    }
    compiled.set(pattern, found)
  }
  return found
}

/**
 * Longest value that the shape's pattern is run on. AWS tells of a broken pattern and a broken maximum together; a value
 * that breaks its maximum by far is not worth the time. test/wire/patterns.test.ts tries hostile values of this length.
 */
export const runLength = (shape: ShapeModel): number => (shape.max === undefined ? 8192 : shape.max + 512)

/** Whether a value has the shape's form. */
export function matches(shape: ShapeModel, value: string): boolean {
  const pattern = shape.match ?? shape.pattern
  // Documents as long as their service takes have this one: it says nothing, so it is not run.
  if (pattern === undefined || pattern === String.raw`[\s\S]*`) return true
  return value.length <= runLength(shape) && compilePattern(pattern).test(value)
}
