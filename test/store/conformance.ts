import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { endOfPrefix } from '../../src/store/key-order.ts'
import type { ListOptions, Store } from '../../src/store/store.ts'

/** What every store must do, whatever it keeps its documents in. `make` gives an empty one. */
export function storeConformance(name: string, make: () => Store): void {
  describe(name, () => {
    const test = (title: string, body: (store: Store) => void | Promise<void>) =>
      it(title, async () => {
        const store = make()
        try {
          await body(store)
        } finally {
          store.close()
        }
      })
    const keys = (store: Store, options?: ListOptions) => store.list('k', options).map(({ key }) => key)

    test('has nothing at first', (store) => {
      assert.equal(store.get('k', 'a'), undefined)
      assert.equal(store.row('k', 'a'), undefined)
      assert.deepEqual(store.list('k'), [])
      assert.equal(store.count('k'), 0)
      assert.equal(store.delete('k', 'a'), false)
    })

    test('counts versions from one, and again from one after a delete', (store) => {
      assert.equal(store.put('k', 'a', { n: 1 }), 1)
      assert.equal(store.put('k', 'a', { n: 2 }), 2)
      assert.deepEqual(store.row('k', 'a'), { key: 'a', version: 2, value: { n: 2 } })
      assert.equal(store.delete('k', 'a'), true)
      assert.equal(store.get('k', 'a'), undefined)
      assert.equal(store.put('k', 'a', { n: 3 }), 1)
    })

    test('tells which kinds there are', (store) => {
      assert.deepEqual(store.kinds(), [])
      store.put('k', 'a', { n: 1 })
      store.put('l', 'a', { n: 2 })
      store.put('l', 'b', { n: 2 })
      assert.deepEqual(store.kinds().sort(), ['k', 'l'])
      store.delete('k', 'a')
      assert.deepEqual(store.kinds(), ['l'])
    })

    test('keeps kinds apart', (store) => {
      store.put('k', 'a', { n: 1 })
      store.put('l', 'a', { n: 2 })
      assert.deepEqual(store.get('k', 'a'), { n: 1 })
      assert.equal(store.count('l'), 1)
      store.delete('l', 'a')
      assert.deepEqual(store.get('k', 'a'), { n: 1 })
    })

    test('keeps what JSON keeps, and nothing of the object it was given', (store) => {
      const given = { text: 'ü\0\n\ud83d\ude00', gone: undefined, list: [1, { deep: true }], none: null }
      store.put('k', 'a', given)
      given.list.push(2)
      assert.deepEqual(store.get('k', 'a'), { text: 'ü\0\n😀', list: [1, { deep: true }], none: null })
    })

    test('gives deep-frozen values, the same object until the document changes', (store) => {
      store.put('k', 'a', { list: [{ n: 1 }] })
      const first = store.get<{ list: { n: number }[] }>('k', 'a')!
      assert.throws(() => first.list.push({ n: 2 }), TypeError)
      assert.throws(() => (first.list[0]!.n = 2), TypeError)
      store.put('k', 'b', {})
      assert.equal(store.get('k', 'a'), first)
      assert.equal(store.list('k')[0]!.value, first)
      store.put('k', 'a', { list: [] })
      assert.deepEqual(first, { list: [{ n: 1 }] })
      assert.deepEqual(store.get('k', 'a'), { list: [] })
    })

    test('orders keys by their UTF-8 bytes', (store) => {
      const inOrder = ['', '\0', '\0a', 'A', 'a', 'a\0', 'a/b', 'ab', 'é', '퟿', '\ue000', '\uffff', '😀', '\u{10ffff}']
      assert.deepEqual(
        inOrder,
        [...inOrder].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      )
      for (const key of [...inOrder].reverse()) store.put('k', key, {})
      assert.deepEqual(keys(store), inOrder)
      assert.deepEqual(keys(store, { reverse: true }), [...inOrder].reverse())
      for (const key of inOrder) {
        assert.deepEqual(
          keys(store, { prefix: key }),
          inOrder.filter((other) => other.startsWith(key)),
        )
        assert.deepEqual(keys(store, { after: key }), inOrder.slice(inOrder.indexOf(key) + 1))
      }
    })

    test('refuses a key that has no UTF-8 form', (store) => {
      assert.throws(() => store.put('k', '\ud83d', {}), TypeError)
    })

    test('lists by prefix, after, limit and reverse together', (store) => {
      for (const key of ['a/1', 'a/2', 'a/3', 'a0', 'b/1']) store.put('k', key, {})
      assert.deepEqual(keys(store, { prefix: 'a/' }), ['a/1', 'a/2', 'a/3'])
      assert.deepEqual(keys(store, { prefix: 'a/', after: 'a/1' }), ['a/2', 'a/3'])
      assert.deepEqual(keys(store, { prefix: 'a/', after: 'A' }), ['a/1', 'a/2', 'a/3'])
      assert.deepEqual(keys(store, { prefix: 'a/', after: 'b' }), [])
      assert.deepEqual(keys(store, { prefix: 'a/', limit: 2 }), ['a/1', 'a/2'])
      assert.deepEqual(keys(store, { prefix: 'a/', limit: 0 }), [])
      assert.deepEqual(keys(store, { prefix: 'a/', after: 'a/1', limit: 1, reverse: true }), ['a/3'])
      assert.equal(store.count('k', 'a/'), 3)
    })

    test('a transaction is all or nothing', (store) => {
      store.put('k', 'a', { n: 1 })
      const before = store.get('k', 'a')
      const revision = store.revision
      assert.throws(
        () =>
          store.transaction(() => {
            store.put('k', 'a', { n: 2 })
            store.put('k', 'b', {})
            assert.deepEqual(store.row('k', 'a'), { key: 'a', version: 2, value: { n: 2 } })
            assert.deepEqual(keys(store), ['a', 'b'])
            throw new Error('no')
          }),
        /^Error: no$/,
      )
      assert.deepEqual(store.row('k', 'a'), { key: 'a', version: 1, value: before })
      assert.deepEqual(keys(store), ['a'])
      assert.equal(store.revision, revision)
      assert.equal(
        store.transaction(() => store.put('k', 'a', { n: 3 })),
        2,
      )
      assert.ok(store.revision > revision)
    })

    test('what was written can be waited for, by many at once', async (store) => {
      const all = Array.from({ length: 5 }, (_, n) => {
        store.put('k', String(n), { n })
        return store.durable()
      })
      await Promise.all([store.durable(), ...all])
      assert.equal(store.count('k'), 5)
    })

    test('a nested transaction joins, and its throw undoes the outer one even when caught', (store) => {
      store.transaction(() => {
        store.put('k', 'a', {})
        store.transaction(() => store.put('k', 'b', {}))
      })
      assert.deepEqual(keys(store), ['a', 'b'])
      const careless = () =>
        store.transaction(() => {
          store.put('k', 'c', {})
          try {
            store.transaction(() => {
              throw new Error('inner')
            })
          } catch {}
        })
      assert.throws(careless, /inner/)
      assert.deepEqual(keys(store), ['a', 'b'])
      store.put('k', 'd', {})
      assert.deepEqual(keys(store), ['a', 'b', 'd'])
    })

    test('refuses an asynchronous transaction and undoes it', (store) => {
      assert.throws(
        () =>
          store.transaction(async () => {
            store.put('k', 'a', {})
            await Promise.resolve()
          }),
        TypeError,
      )
      assert.equal(store.get('k', 'a'), undefined)
    })

    test('moves the epoch of a kind with every write to it, and with an undone one', (store) => {
      const other = store.epoch('l')
      const seen = [store.epoch('k')]
      const moved = () => {
        assert.ok(store.epoch('k') > seen.at(-1)!)
        seen.push(store.epoch('k'))
      }
      store.put('k', 'a', {})
      moved()
      store.delete('k', 'a')
      moved()
      store.delete('k', 'a')
      assert.equal(store.epoch('k'), seen.at(-1))
      try {
        store.transaction(() => {
          store.put('k', 'a', {})
          moved()
          throw new Error('undone')
        })
      } catch {}
      moved()
      assert.equal(store.epoch('l'), other)
    })

    test('tells which keys of a kind changed since an epoch, or that it does not know', (store) => {
      store.put('k', 'old', {})
      const since = store.epoch('k')
      assert.deepEqual(store.changes('k', since), [])
      store.put('k', 'a', {})
      store.delete('k', 'old')
      store.put('l', 'elsewhere', {})
      try {
        store.transaction(() => {
          store.put('k', 'undone', {})
          throw new Error('undone')
        })
      } catch {}
      const changed = store.changes('k', since)
      if (changed) assert.deepEqual([...new Set(changed)].sort(), ['a', 'old', 'undone'])
      assert.deepEqual(store.changes('k', store.epoch('k')), [])
      for (let i = 0; i < 2500; i++) store.put('k', 'a', { i })
      assert.equal(store.changes('k', since), undefined, 'too long ago')
    })

    test('an overlay sees the base, and the base never sees the overlay', (store) => {
      for (const key of ['a', 'b', 'c']) store.put('k', key, { from: 'base' })
      const revision = store.revision
      const overlay = store.overlay()
      overlay.put('k', 'b', { from: 'overlay' })
      overlay.put('k', 'bb', { from: 'overlay' })
      overlay.delete('k', 'a')
      assert.deepEqual(keys(overlay), ['b', 'bb', 'c'])
      assert.deepEqual(keys(overlay, { limit: 1 }), ['b'])
      assert.deepEqual(keys(overlay, { limit: 2, reverse: true }), ['c', 'bb'])
      assert.equal(overlay.count('k'), 3)
      assert.equal(overlay.row('k', 'b')!.version, 2)
      assert.deepEqual(keys(store), ['a', 'b', 'c'])
      assert.deepEqual(store.get('k', 'b'), { from: 'base' })
      assert.equal(store.revision, revision)
      store.put('k', 'd', {})
      assert.deepEqual(keys(overlay), ['b', 'bb', 'c', 'd'])
      overlay.close()
      assert.deepEqual(keys(store), ['a', 'b', 'c', 'd'])
    })

    it('agrees with a plain map on any sequence of operations', () => {
      fc.assert(
        fc.property(fc.array(step(3), { maxLength: 60 }), (steps) => agreesWithModel(make(), steps)),
        {
          seed: 20260901,
          numRuns: 150,
        },
      )
    })
  })
}

type Step =
  | { do: 'put'; kind: string; key: string; value: number }
  | { do: 'delete'; kind: string; key: string }
  | { do: 'list'; kind: string; options: ListOptions }
  | { do: 'transaction'; steps: Step[]; fails: boolean }

const kind = fc.constantFrom('k', 'l')
const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\ue000', '😀', '\0'), maxLength: 3 })
const options = fc.record(
  { prefix: key, after: key, limit: fc.nat(5), reverse: fc.boolean() },
  { requiredKeys: [] },
) as fc.Arbitrary<ListOptions>

function step(depth: number): fc.Arbitrary<Step> {
  const flat: fc.Arbitrary<Step>[] = [
    fc.record({ do: fc.constant('put'), kind, key, value: fc.nat() }),
    fc.record({ do: fc.constant('delete'), kind, key }),
    fc.record({ do: fc.constant('list'), kind, options }),
  ]
  if (depth === 0) return fc.oneof(...flat)
  const nested = fc.record({
    do: fc.constant('transaction' as const),
    steps: fc.array(step(depth - 1), { maxLength: 6 }),
    fails: fc.boolean(),
  })
  return fc.oneof(...flat, nested)
}

type Model = Map<string, { kind: string; key: string; version: number; value: number }>

function agreesWithModel(store: Store, steps: Step[]): void {
  let model: Model = new Map()
  const run = (step: Step): void => {
    if (step.do === 'transaction') {
      store.transaction(() => {
        step.steps.forEach(run)
        if (step.fails) throw new Error('undo')
      })
    } else if (step.do === 'list') {
      assert.deepEqual(store.list(step.kind, step.options), expectedList(model, step.kind, step.options))
    } else {
      const id = `${step.kind} ${step.key}`
      const before = model.get(id)
      if (step.do === 'delete') {
        assert.equal(store.delete(step.kind, step.key), before !== undefined)
        model.delete(id)
      } else {
        const version = (before?.version ?? 0) + 1
        assert.equal(store.put(step.kind, step.key, { n: step.value }), version)
        model.set(id, { kind: step.kind, key: step.key, version, value: step.value })
      }
      assert.deepEqual(store.get(step.kind, step.key), model.has(id) ? { n: model.get(id)!.value } : undefined)
    }
  }
  try {
    for (const step of steps) {
      const before = new Map(model)
      try {
        run(step)
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'undo') throw error
        model = before
      }
      for (const kind of ['k', 'l']) {
        assert.deepEqual(store.list(kind), expectedList(model, kind, {}))
        for (const prefix of ['', 'a', '😀']) {
          assert.equal(store.count(kind, prefix), expectedList(model, kind, { prefix }).length)
        }
      }
    }
  } finally {
    store.close()
  }
}

function expectedList(model: Model, kind: string, { prefix = '', after, limit, reverse }: ListOptions) {
  const bytes = (text: string) => Buffer.from(text)
  const rows = [...model.values()]
    .filter((row) => row.kind === kind && bytes(row.key).indexOf(bytes(prefix)) === 0)
    .filter((row) => after === undefined || Buffer.compare(bytes(row.key), bytes(after)) > 0)
    .sort((a, b) => Buffer.compare(bytes(a.key), bytes(b.key)))
    .map(({ key, version, value }) => ({ key, version, value: { n: value } }))
  return (reverse ? rows.reverse() : rows).slice(0, limit)
}

it('the end of a prefix is the least string beyond all that begin so', () => {
  assert.equal(endOfPrefix('a/'), 'a0')
  assert.equal(endOfPrefix('퟿'), '\ue000')
  assert.equal(endOfPrefix('a\u{10ffff}'), 'b')
  assert.equal(endOfPrefix('\u{10ffff}'), undefined)
})
