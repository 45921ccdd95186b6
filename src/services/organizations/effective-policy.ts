/**
 * How management policies merge on their way from the root to an account: AWS Organizations User Guide, "Inheritance
 * operators" and "Inheritance examples". Pure.
 *
 * Every setting is a leaf with operators: `@@assign` overwrites what was inherited, `@@append` and `@@remove` add to and
 * take from a list, and `@@operators_allowed_for_child_policies` says what those below may use; from where it stands it
 * holds for all that lies under it. What a policy may not do is left out, silently.
 */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Value = string | number | boolean | null | Json[]

const OPERATORS = ['@@assign', '@@append', '@@remove'] as const
type Operator = (typeof OPERATORS)[number]
const CONTROL = '@@operators_allowed_for_child_policies'

interface Node {
  /** Settings below. */
  readonly children: Map<string, Node>
  value?: Value
  /** What policies of lower levels may do here; absent: all. */
  allowed?: ReadonlySet<Operator>
}

/**
 * The effective policy as JSON without operators, or undefined where nothing is set. `levels` are the documents by level,
 * the root's first; within a level in the order in which they were attached: of two that assign, the first counts.
 */
export function effectivePolicy(levels: readonly (readonly string[])[]): Json | undefined {
  const root: Node = { children: new Map() }
  for (const documents of levels) {
    const assigned = new Set<Node>()
    const controls: [Node, ReadonlySet<Operator>][] = []
    for (const text of documents) apply(root, JSON.parse(text) as Json, undefined, assigned, controls)
    // Controls bind the levels below, not one's neighbours; where two of a level differ, only what both allow is allowed.
    for (const [node, allowed] of controls) {
      const before: ReadonlySet<Operator> = node.allowed ?? new Set(OPERATORS)
      node.allowed = new Set([...allowed].filter((operator) => before.has(operator)))
    }
  }
  return plain(root)
}

function apply(
  node: Node,
  document: Json,
  inherited: ReadonlySet<Operator> | undefined,
  assigned: Set<Node>,
  controls: [Node, ReadonlySet<Operator>][],
): void {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) return
  const allowed = node.allowed ?? inherited
  for (const [key, value] of Object.entries(document)) {
    if (key === CONTROL) controls.push([node, operatorsOf(value)])
    else if (isOperator(key)) {
      if (allowed?.has(key) ?? true) operate(node, key, value, assigned)
    } else if (!key.startsWith('@@')) {
      let child = node.children.get(key)
      if (!child) node.children.set(key, (child = { children: new Map() }))
      apply(child, value, allowed, assigned, controls)
    }
  }
}

function isOperator(key: string): key is Operator {
  return (OPERATORS as readonly string[]).includes(key)
}

function operatorsOf(value: Json): ReadonlySet<Operator> {
  const names = [value].flat()
  return new Set(names.includes('@@all') ? OPERATORS : OPERATORS.filter((operator) => names.includes(operator)))
}

function operate(node: Node, operator: Operator, given: Json, assigned: Set<Node>): void {
  if (given !== null && typeof given === 'object' && !Array.isArray(given)) return
  if (operator === '@@assign') {
    if (assigned.has(node)) return
    assigned.add(node)
    node.value = given
    return
  }
  const list = Array.isArray(node.value) ? node.value : []
  const named = [given].flat()
  node.value =
    operator === '@@append'
      ? [...list, ...named.filter((one) => !list.includes(one))]
      : list.filter((one) => !named.includes(one))
}

function plain({ children, value }: Node): Json | undefined {
  if (children.size === 0) return value
  const entries = [...children].flatMap(([key, child]) => {
    const below = plain(child)
    return below === undefined ? [] : [[key, below] as const]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
