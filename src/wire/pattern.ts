import type { ShapeModel } from './model.ts'

const compiled = new Map<string, RegExp>()

/** A pattern as AWS means it: the whole value has to match. */
export function compilePattern(source: string): RegExp {
  let found = compiled.get(source)
  if (!found) {
    // Java's name of the printable characters of ASCII (Application Auto Scaling's PolicyName); JavaScript has none.
    const pattern = source.replaceAll(String.raw`\p{Print}`, String.raw`[\x20-\x7e]`)
    try {
      found = new RegExp(`^(?:${pattern})$`, 'u')
    } catch {
      // Java takes escapes such as `\_` that JavaScript takes only without its Unicode mode.
      found = new RegExp(`^(?:${pattern})$`)
    }
    compiled.set(source, found)
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
