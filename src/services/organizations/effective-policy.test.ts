/** The examples of the AWS Organizations User Guide, "Inheritance examples", as data. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { effectivePolicy } from './effective-policy.ts'

type Setting = Record<string, unknown>
const tags = (costcenter: Setting): object => ({ tags: { costcenter } })
const merged = (levels: readonly (readonly object[])[]): unknown =>
  effectivePolicy(levels.map((level) => level.map((document) => JSON.stringify(document))))

const key = { tag_key: { '@@assign': 'CostCenter' } }
const root = tags({ ...key, tag_value: { '@@assign': ['Development', 'Support'] } })

const cases: { name: string; levels: object[][]; effective: unknown }[] = [
  {
    name: 'a child overwrites values, and adds what the parent does not say',
    levels: [
      [root],
      [tags({ ...key, tag_value: { '@@assign': ['Sandbox'] }, enforced_for: { '@@assign': ['redshift:*'] } })],
    ],
    effective: tags({ tag_key: 'CostCenter', tag_value: ['Sandbox'], enforced_for: ['redshift:*'] }),
  },
  {
    name: 'a child appends values, each once',
    levels: [[root], [tags({ tag_value: { '@@append': ['Marketing', 'Support'] } })]],
    effective: tags({ tag_key: 'CostCenter', tag_value: ['Development', 'Support', 'Marketing'] }),
  },
  {
    name: 'a child removes values',
    levels: [[root], [], [tags({ tag_value: { '@@remove': ['Development', 'Marketing'] } })]],
    effective: tags({ tag_key: 'CostCenter', tag_value: ['Support'] }),
  },
  {
    name: 'a parent forbids changes, at the setting and to all below it',
    levels: [
      [
        tags({
          '@@operators_allowed_for_child_policies': ['@@none'],
          tag_key: { '@@operators_allowed_for_child_policies': ['@@none'], '@@assign': 'Project' },
          tag_value: { '@@operators_allowed_for_child_policies': ['@@append'], '@@assign': ['A'] },
        }),
      ],
      [
        tags({
          tag_key: { '@@assign': 'PROJECT' },
          tag_value: { '@@assign': ['X'], '@@append': ['B'] },
          enforced_for: { '@@assign': ['ec2:*'] },
        }),
      ],
    ],
    effective: tags({ tag_key: 'Project', tag_value: ['A', 'B'] }),
  },
  {
    name: 'where two of one level differ in what they allow, only what both allow is',
    levels: [
      [
        tags({ tag_value: { '@@operators_allowed_for_child_policies': ['@@append', '@@remove'], '@@assign': ['A'] } }),
        tags({ tag_value: { '@@operators_allowed_for_child_policies': ['@@append', '@@assign'] } }),
      ],
      [tags({ tag_value: { '@@append': ['B'], '@@remove': ['A'], '@@assign': ['C'] } })],
    ],
    effective: tags({ tag_value: ['A', 'B'] }),
  },
  {
    name: 'of two of one level that assign, the one attached first counts; what they append adds up',
    levels: [
      [
        tags({ tag_key: { '@@assign': 'PROJECT' }, tag_value: { '@@append': ['Maintenance'] } }),
        tags({ tag_key: { '@@assign': 'project' }, tag_value: { '@@append': ['Escalations'] } }),
      ],
    ],
    effective: tags({ tag_key: 'PROJECT', tag_value: ['Maintenance', 'Escalations'] }),
  },
  {
    name: 'what a neighbour allows binds only those below',
    levels: [
      [
        tags({ '@@operators_allowed_for_child_policies': ['@@none'], tag_value: { '@@assign': ['A'] } }),
        tags({ tag_value: { '@@append': ['B'] } }),
      ],
    ],
    effective: tags({ tag_value: ['A', 'B'] }),
  },
  { name: 'nothing set is no policy', levels: [[], [tags({})]], effective: undefined },
]

describe('an effective policy', () => {
  for (const { name, levels, effective } of cases) {
    it(name, () => assert.deepEqual(merged(levels), effective))
  }

  it('takes names of objects for nothing but names', () => {
    const hostile = '{"tags":{"__proto__":{"tag_key":{"@@assign":"x"}},"constructor":{"tag_key":{"@@assign":"y"}}}}'
    const found = effectivePolicy([[hostile]])
    assert.equal(JSON.stringify(found), '{"tags":{"__proto__":{"tag_key":"x"},"constructor":{"tag_key":"y"}}}')
  })
})
