import { functions, negated, operators, words, type Context } from './functions.ts'
import { MathError, type Node } from './parse.ts'
import { isSeries, zipped, type Series, type Value } from './values.ts'

/** Functions of AWS's that are not built: refused by name (they need models, rules or other services). */
const unbuilt = new Set([
  'ANOMALY_DETECTION_BAND',
  'DB_PERF_INSIGHTS',
  'INSIGHT_RULE_METRIC',
  'LAMBDA',
  'SERVICE_QUOTA',
  'PREDICT',
])

export class UnbuiltFunction extends Error {}

/** Computes a tree. `named` gives the value of a metric or another expression. Throws MathError, or UnbuiltFunction. */
export function evaluate(node: Node, named: (name: string) => Value, context: Context): Value {
  const of = (one: Node): Value => evaluate(one, named, context)
  switch (node.kind) {
    case 'number':
    case 'text':
      return node.value
    case 'name':
      return named(node.name)
    case 'list':
      return node.items.flatMap((item): Series[] => {
        const value = of(item)
        if (typeof value !== 'object') throw new MathError('An array holds time series')
        return isSeries(value) ? [value] : value
      })
    case 'negative':
      return negated(of(node.of))
    case 'binary':
      return zipped(of(node.left), of(node.right), operators[node.operator])
    case 'call': {
      if (unbuilt.has(node.name)) throw new UnbuiltFunction(node.name)
      if (!Object.hasOwn(functions, node.name)) throw new MathError(`Unknown function ${node.name}`)
      const given = node.arguments.map((one, i) =>
        i > 0 && one.kind === 'name' && words.has(one.name) ? one.name : of(one),
      )
      return functions[node.name]!(given, context)
    }
  }
}

/** Whether a function is known here at all; throws as `evaluate` would. */
export function checkFunction(name: string): void {
  if (unbuilt.has(name)) throw new UnbuiltFunction(name)
  if (!Object.hasOwn(functions, name)) throw new MathError(`Unknown function ${name}`)
}
