import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cpuOf, parseCompilerOptions, parseDataInputConfig } from '../../src/jobs/compilation/input.ts'

/** AWS's own examples, framework by framework (API_InputConfig, "What input data shapes does SageMaker Neo expect?"). */
const read: Record<string, ReturnType<typeof parseDataInputConfig>> = {
  '{"input":[1,1024,1024,3]}': [{ name: 'input', shape: [1, 1024, 1024, 3] }],
  [String.raw`{\"input\":[1,1024,1024,3]}`]: [{ name: 'input', shape: [1, 1024, 1024, 3] }],
  '{"data1": [1,28,28,1], "data2":[1,28,28,1]}': [
    { name: 'data1', shape: [1, 28, 28, 1] },
    { name: 'data2', shape: [1, 28, 28, 1] },
  ],
  "{'data':[1,3,1024,1024]}": [{ name: 'data', shape: [1, 3, 1024, 1024] }],
  "{'var1': (1,1,28,28), 'var2':(1,1,28,28),}": [
    { name: 'var1', shape: [1, 1, 28, 28] },
    { name: 'var2', shape: [1, 1, 28, 28] },
  ],
  '[[1,3,224,224]]': [{ shape: [1, 3, 224, 224] }],
  '[[1,3,224,224], [1,3,224,224]]': [{ shape: [1, 3, 224, 224] }, { shape: [1, 3, 224, 224] }],
  '{"input_1": {"shape": [1,224,224,3], "type":"Image", "bias": [-1,-1,-1]}}': [
    { name: 'input_1', shape: [1, 224, 224, 3] },
  ],
  '{"x:0": []}': [{ name: 'x:0', shape: [] }],
}

const refused = [
  '',
  'data',
  '{}',
  '[]',
  '{"a": 1}',
  '{"a": [1, null]}',
  "{'a': [1, None]}",
  '{"a": [0]}',
  '{"a": [1.5]}',
  '[1, 2]',
  '"a"',
  'null',
  '{"a":[-1]}',
]

describe('DataInputConfig', () => {
  for (const [text, inputs] of Object.entries(read))
    test(text, () => assert.deepEqual(parseDataInputConfig(text), inputs))
  for (const text of refused)
    test(`${text || 'nothing'} is none`, () => assert.equal(parseDataInputConfig(text), undefined))
})

describe('CompilerOptions', () => {
  const cpus: Record<string, string | undefined> = {
    '{}': 'baseline',
    '{"mcpu": "skylake-avx512"}': 'skylake_avx512',
    "{'mattr': ['+neon']}": 'baseline+neon',
    '{"mcpu": "cortex-a53", "mattr": ["+crypto", "-fp16", "v8.2a"]}': 'cortex_a53+crypto-fp16+v8_2a',
    '{"cuda-ver": "10.0", "gpu-code": "sm_72"}': undefined,
    '{"mcpu": "x -o /etc"}': undefined,
    '{"mattr": "neon"}': undefined,
    '"--verbose 1"': undefined,
    '[]': undefined,
  }
  for (const [text, cpu] of Object.entries(cpus))
    test(text, () => {
      const options = parseCompilerOptions(text)
      assert.equal(options && cpuOf('baseline', options), cpu)
    })
})
