/** Enough of the grammars of Mermaid's flowcharts and of Graphviz's language to tell that a drawing is one. */

/** Throws at the first line that is none of a flowchart; answers the ids that were declared and those that edges name. */
export function readFlowchart(text: string): { declared: Set<string>; used: Set<string>; labels: string[] } {
  const declared = new Set<string>()
  const used = new Set<string>()
  const labels: string[] = []
  const [comment, head, ...lines] = text.trimEnd().split('\n')
  if (!/^%% [^{}]*$/.test(comment!) || !/^flowchart (LR|TB)$/.test(head!)) throw new Error(`${comment}\n${head}`)
  let depth = 0
  for (const line of lines) {
    const node = /^ *(subgraph )?(n\d+)\["([^"<>]*(?:<br\/>[^"<>]*)*)"\](?::::[a-z]+)?$/.exec(line)
    const edge = /^ *(n\d+) (?:-->|-\.->|--x)(?:\|"([^"<>|]*)"\|)? (n\d+)$/.exec(line)
    if (node) {
      if (node[1]) depth++
      declared.add(node[2]!)
      labels.push(...node[3]!.split('<br/>'))
    } else if (edge) used.add(edge[1]!).add(edge[3]!)
    else if (/^ *end$/.test(line)) depth--
    else if (!/^ *(classDef [a-z]+ [a-z0-9#:,-]+|class n\d+ [a-z]+)$/.test(line))
      throw new Error(`no flowchart: ${line}`)
    if (depth < 0) throw new Error('an end too many')
  }
  if (depth !== 0) throw new Error('a subgraph is open')
  return { declared, used, labels: labels.map(unescape) }
}

const unescape = (label: string): string =>
  label.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

/** Parses `digraph ID { stmt* }` as Graphviz's language is defined; answers the ids of nodes and of the ends of edges. */
export function readDigraph(text: string): { declared: Set<string>; used: Set<string> } {
  const tokens = [
    ...text.matchAll(/"(?:[^"\\]|\\[^])*"|->|-?(?:\.\d+|\d+(?:\.\d*)?)|[A-Za-z_][A-Za-z0-9_]*|[{}[\]=,]|\S/g),
  ].map(([token]) => token)
  const declared = new Set<string>()
  const used = new Set<string>()
  let at = 0
  const next = (): string => tokens[at++] ?? ''
  const isId = (token: string): boolean => /^(?:".*"|[A-Za-z_]\w*|-?[\d.]+)$/s.test(token)
  const expect = (token: string): void => {
    const found = next()
    if (found !== token) throw new Error(`${token} expected, not ${found} (${at})`)
  }
  const id = (): string => {
    const token = next()
    if (!isId(token)) throw new Error(`an id expected, not ${token}`)
    return token
  }
  const attributes = (): void => {
    if (tokens[at] !== '[') return
    at++
    while (tokens[at] !== ']') {
      id()
      expect('=')
      id()
      if (tokens[at] === ',') at++
    }
    at++
  }
  const block = (): void => {
    expect('{')
    while (tokens[at] !== '}') {
      const first = id()
      if (first === 'subgraph') {
        id()
        block()
      } else if (['graph', 'node', 'edge'].includes(first)) attributes()
      else if (tokens[at] === '=') {
        at++
        id()
      } else if (tokens[at] === '->') {
        at++
        used.add(first).add(id())
        attributes()
      } else {
        declared.add(first)
        attributes()
      }
    }
    at++
  }
  expect('digraph')
  id()
  block()
  if (at !== tokens.length) throw new Error('more behind the graph')
  return { declared, used }
}
