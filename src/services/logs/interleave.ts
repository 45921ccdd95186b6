/** Merges iterators that are in order already; `before` tells which of two heads comes first. */
export function* interleave<T>(
  sources: Iterable<Iterator<T, unknown>>,
  before: (a: T, b: T) => boolean,
): Generator<T, void> {
  const heap: { source: Iterator<T, unknown>; head: T }[] = []
  const push = (entry: (typeof heap)[number]) => {
    let at = heap.push(entry) - 1
    for (let up = (at - 1) >> 1; at > 0 && before(entry.head, heap[up]!.head); at = up, up = (at - 1) >> 1) {
      heap[at] = heap[up]!
      heap[up] = entry
    }
  }
  for (const source of sources) {
    const { done, value } = source.next()
    if (!done) push({ source, head: value })
  }
  while (heap.length > 0) {
    const top = heap[0]!
    yield top.head
    const { done, value } = top.source.next()
    const entry = done ? heap.pop()! : { source: top.source, head: value }
    if (heap.length > 0) sink(heap, entry, before)
  }
}

/** Puts an entry where the first one was. */
function sink<E extends { head: T }, T>(heap: E[], entry: E, before: (a: T, b: T) => boolean): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!.head, heap[child]!.head)) child++
    if (!before(heap[child]!.head, entry.head)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = entry
}
