/** An input of a model as DataInputConfig gives it; without a name where it is a list of shapes. */
export interface ModelInput {
  name?: string
  shape: number[]
}

type Json = unknown

/**
 * API_InputConfig, DataInputConfig: an object of shapes by name (TensorFlow, Keras, MXNet, ONNX, TFLite, PyTorch), a list of
 * shapes (PyTorch), or of each input an object with its shape (Core ML). JSON, as Python prints it, or with the
 * backslashes that the reference's examples for the CLI have. Undefined: it is none of these.
 */
export function parseDataInputConfig(text: string): ModelInput[] | undefined {
  const value = parseLoosely(text)
  if (Array.isArray(value)) {
    const shapes = value.map(shapeOf)
    return shapes.length > 0 && shapes.every((one) => one !== undefined)
      ? shapes.map((shape) => ({ shape }))
      : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const inputs = Object.entries(value).map(([name, one]) => ({ name, shape: shapeOf(one) }))
  return inputs.length > 0 && inputs.every(isWhole) ? inputs : undefined
}

function isWhole(input: { name: string; shape: number[] | undefined }): input is { name: string; shape: number[] } {
  return input.shape !== undefined
}

/** Sizes that are fixed: a compiled model has no others. */
function shapeOf(value: Json): number[] | undefined {
  const { shape = value } = (value ?? {}) as { shape?: Json }
  if (!Array.isArray(shape)) return undefined
  return shape.every((size) => Number.isSafeInteger(size) && size > 0) ? (shape as number[]) : undefined
}

/** CompilerOptions that a CPU has (API_OutputConfig). */
export interface CompilerOptions {
  mcpu?: string
  mattr?: string[]
}

/** Undefined: no such options, or others among them. */
export function parseCompilerOptions(text: string): CompilerOptions | undefined {
  const value = parseLoosely(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { mcpu, mattr, ...others } = value as Record<string, Json>
  const list = Array.isArray(mattr) ? mattr : mattr === undefined ? [] : undefined
  const isText = (one: Json) => typeof one === 'string' && /^[\w.+-]+$/.test(one)
  if (Object.keys(others).length > 0 || !list?.every(isText) || !(mcpu === undefined || isText(mcpu))) return undefined
  return { ...(mcpu !== undefined && { mcpu: mcpu as string }), ...(list.length > 0 && { mattr: list as string[] }) }
}

/** LLVM's words (`-mcpu=cortex-a53`, `+neon`) as Zig's `cortex_a53+neon`. */
export function cpuOf(cpu: string, { mcpu, mattr = [] }: CompilerOptions): string {
  const word = (text: string) => text.replaceAll(/[-.]/g, '_')
  const base = mcpu === undefined ? cpu : word(mcpu)
  return base + mattr.map((one) => one.slice(0, 1).replace(/[^+-]/, '+$&') + word(one.slice(1))).join('')
}

function parseLoosely(text: string): Json {
  for (const form of [text, text.replaceAll('\\"', '"'), pythonAsJson(text)]) {
    try {
      return JSON.parse(form)
    } catch {
      // Not that form.
    }
  }
  return undefined
}

/** Texts in single quotes, tuples, and Python's words. */
function pythonAsJson(text: string): string {
  return text
    .replaceAll(/'([^'"\\]*)'/g, '"$1"')
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replaceAll(/,\s*([\]}])/g, '$1')
    .replaceAll(/\bNone\b/g, 'null')
}
