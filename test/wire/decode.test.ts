import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsError } from '../../src/wire/aws-error.ts'
import { readCbor, writeCbor } from '../../src/wire/cbor.ts'
import { bodyLimit, decode, streamsBody } from '../../src/wire/decode.ts'
import { identify } from '../../src/wire/identify.ts'
import type { HttpRequest } from '../../src/wire/request.ts'
import { seeded } from './random-values.ts'
import { form, request } from './requests.ts'

const target = (name: string, scope: string): HttpRequest =>
  request('POST 127.0.0.1 /', { 'x-amz-target': name }, scope)
const read = (incoming: HttpRequest, body: string | Uint8Array): Record<string, unknown> =>
  decode(identify(incoming, Buffer.from(body).toString()), incoming, Buffer.from(body))
const refusal = (incoming: HttpRequest, body: string | Uint8Array): string => {
  try {
    return JSON.stringify(read(incoming, body))
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error))
    return `${error.code} ${error.message}`
  }
}

const createJob = target('SageMaker.CreateTrainingJob', 'sagemaker')
const wrong: [body: string, answer: string][] = [
  ['{', 'SerializationException '],
  ['[]', 'SerializationException Start of list found where not expected'],
  ['null', 'SerializationException Unexpected field type'],
  ['{"TrainingJobName":1}', 'SerializationException NUMBER_VALUE can not be converted to a String'],
  ['{"TrainingJobName":1.5}', 'SerializationException DECIMAL_VALUE can not be converted to a String'],
  ['{"TrainingJobName":true}', 'SerializationException TRUE_VALUE can not be converted to a String'],
  ['{"TrainingJobName":[]}', 'SerializationException Start of list found where not expected'],
  ['{"TrainingJobName":{}}', 'SerializationException Start of structure or map found where not expected.'],
  ['{"EnableNetworkIsolation":"true"}', 'SerializationException STRING_VALUE can not be converted to a Boolean'],
  [
    '{"StoppingCondition":{"MaxRuntimeInSeconds":"1"}}',
    'SerializationException STRING_VALUE can not be converted to an Integer',
  ],
  ['{"Tags":{}}', 'SerializationException Start of structure or map found where not expected.'],
  ['{"Tags":1}', 'SerializationException Expected list or null'],
  ['{"Tags":[null]}', 'SerializationException Unexpected null in a list or map'],
  ['{"Environment":[]}', 'SerializationException Start of list found where not expected'],
  ['{"VpcConfig":1}', 'SerializationException Unexpected field type'],
]
for (const [body, answer] of wrong)
  test(`JSON ${body} is refused`, () => {
    assert.equal(refusal(createJob, body), answer)
  })

const uploadPart = target('AmazonEC2ContainerRegistry_V20150921.UploadLayerPart', 'ecr')
const base64: [text: string, bytes: string | undefined][] = [
  ['', ''],
  ['YQ==', 'a'],
  ['YWI=', 'ab'],
  ['YWJj', 'abc'],
  ['YWJjZA', 'abcd'],
  ['YWJjZGU', 'abcde'],
  ['/+/+', '\u{ff}\u{ef}\u{fe}'],
  ...['Y', 'YQ=', 'YQ===', 'YWI==', 'YWJj=', 'YWJjY', '=', '==', '====', 'Y=Q=', 'YW Jj', 'YWJj\n', '-_-_', 'YWJé'].map(
    (text): [string, undefined] => [text, undefined],
  ),
]
for (const [text, bytes] of base64)
  test(`a blob in JSON: ${JSON.stringify(text)}`, () => {
    const body = JSON.stringify({ layerPartBlob: text })
    if (bytes === undefined) assert.equal(refusal(uploadPart, body), 'SerializationException Invalid Base64 character')
    else assert.deepEqual(read(uploadPart, body), { layerPartBlob: Buffer.from(bytes, 'latin1') })
  })

test('a blob in JSON may be as large as a request', () => {
  const bytes = Buffer.alloc(10 * 2 ** 20, 'a part of an image layer')
  const text = bytes.toString('base64')
  const { layerPartBlob } = read(uploadPart, JSON.stringify({ layerPartBlob: text })) as { layerPartBlob: Buffer }
  assert.ok(bytes.equals(layerPartBlob))
  const bad = JSON.stringify({ layerPartBlob: `${text.slice(0, -1)}*` })
  assert.equal(refusal(uploadPart, bad), 'SerializationException Invalid Base64 character')
})

test('JSON: unknown members and nulls are as if absent, an empty body is an empty document', () => {
  assert.deepEqual(read(createJob, '{"Nothing":1,"TrainingJobName":null,"RoleArn":"r"}'), { RoleArn: 'r' })
  assert.deepEqual(read(createJob, ''), {})
})

test('a map may have a key called __proto__, and nobody inherits it', () => {
  const input = read(createJob, '{"Environment":{"__proto__":"x","constructor":"y"},"__proto__":{"polluted":1}}')
  assert.deepEqual(Object.entries(input['Environment'] as object), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
  assert.equal(Object.getPrototypeOf(input['Environment']), Object.prototype)
  assert.equal('polluted' in input, false)
})

test('a query: flattened names, first of duplicates, order by number, empty lists', () => {
  const call = (body: string) => read(request('POST 127.0.0.1 /', form, 'iam'), `Version=2010-05-08&${body}`)
  assert.deepEqual(
    call('Action=CreateRole&RoleName=a&RoleName=b&Tags.member.10.Key=j&Tags.member.2.Key=k&Tags.member.x.Key=n'),
    {
      RoleName: 'a',
      Tags: [{ Key: 'k' }, { Key: 'j' }],
    },
  )
  assert.deepEqual(call('Action=CreateRole&Tags='), { Tags: [] })
  assert.deepEqual(call('Action=CreateRole&RoleName=a%2Bb+c%zz'), { RoleName: 'a+b c%zz' })
  assert.equal(
    refusal(request('POST 127.0.0.1 /', form, 'iam'), 'Version=2010-05-08&Action=ListRoles&MaxItems=many'),
    "MalformedInput 'many' can not be converted to integer",
  )
})

test('EC2: capitalised names, lists without .member', () => {
  const call = (body: string) => read(request('POST 127.0.0.1 /', form, 'ec2'), `Version=2016-11-15&${body}`)
  assert.deepEqual(
    call(
      'Action=DescribeVpcs&VpcId.1=vpc-1&VpcId.2=vpc-2&Filter.1.Name=cidr&Filter.1.Value.1=10.0.0.0%2F16&DryRun=false',
    ),
    {
      VpcIds: ['vpc-1', 'vpc-2'],
      Filters: [{ Name: 'cidr', Values: ['10.0.0.0/16'] }],
      DryRun: false,
    },
  )
  assert.equal(
    refusal(request('POST 127.0.0.1 /', form, 'ec2'), 'Version=2016-11-15&Action=DescribeVpcs&DryRun=perhaps'),
    "InvalidParameterValue Invalid value 'perhaps' for DryRun",
  )
})

const deleteObjects = request('POST 127.0.0.1 /b?delete', {}, 's3')
test('XML: namespaces, entities, CDATA and references', () => {
  const body =
    '<?xml version="1.0"?>\n<d:Delete xmlns:d="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b&#x41;&#10;<![CDATA[<&>]]></Key></Object><Object><Key>c</Key></Object><Quiet>true</Quiet></d:Delete>'
  assert.deepEqual(read(deleteObjects, body), {
    Bucket: 'b',
    Delete: { Objects: [{ Key: 'a&bA\n<&>' }, { Key: 'c' }], Quiet: true },
  })
})
for (const body of [
  '<Delete>',
  'x',
  '<Other/>',
  '<Delete/><Delete/>',
  '<!DOCTYPE d [<!ENTITY x "y">]><Delete>&x;</Delete>',
  '<Delete><Quiet>&x;</Quiet></Delete>',
  '<Delete><Quiet>maybe</Quiet></Delete>',
  '<Delete><__proto__/></Delete>',
  '<Delete>'.repeat(500),
])
  test(`XML ${body.slice(0, 40)} is malformed`, () => {
    assert.match(refusal(deleteObjects, body), /^MalformedXML The XML you provided was not well-formed/)
  })

test('S3: headers, prefix headers and dates; a streamed body stays as it is', () => {
  const put = request(
    'PUT 127.0.0.1 /b/k',
    {
      'x-amz-meta-Color': 'blue',
      'content-length': '3',
      expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
      'x-amz-object-lock-retain-until-date': '2026-10-21T07:28:00Z',
    },
    's3',
  )
  const stream = (async function* () {
    yield Buffer.from('abc')
  })()
  const identified = identify(put)
  assert.equal(streamsBody(identified), true)
  const input = decode(identified, put, stream)
  assert.equal(input['Body'], stream)
  assert.deepEqual(input['Metadata'], { color: 'blue' })
  assert.equal(input['ContentLength'], 3)
  assert.equal(input['ObjectLockRetainUntilDate'], 1_792_567_680)
})

test('a body over the limit is refused', () => {
  const identified = identify(createJob)
  assert.throws(() => decode(identified, createJob, Buffer.alloc(bodyLimit(identified) + 1)), {
    code: 'RequestEntityTooLargeException',
    status: 413,
  })
})

test('CBOR is read and written', () => {
  const value = {
    a: [1, -1, 23, 24, 255, 256, 65_536, 2 ** 40, -(2 ** 40), 1.5, NaN, Infinity],
    b: 'ü',
    c: Buffer.from([1, 2]),
    d: true,
    e: null,
    f: {},
  }
  const back = readCbor(writeCbor(value)) as typeof value
  assert.deepEqual({ ...back, f: {}, c: Buffer.from(back.c) }, value)
  // RFC 8949 appendix A: half floats, indefinite lengths, tags.
  const hex = (text: string) => readCbor(Buffer.from(text, 'hex'))
  assert.equal(hex('f93c00'), 1)
  assert.equal(hex('f90001'), 2 ** -24)
  assert.equal(hex('f9fc00'), -Infinity)
  assert.deepEqual(hex('9f0102ff'), [1, 2])
  assert.equal(hex('7f657374726561646d696e67ff'), 'streaming')
  for (const broken of [
    '',
    '1c',
    '5f01ff',
    '9f',
    'a101',
    '62c328',
    '0000',
    'bf',
    'ff',
    '9b7fffffffffffffff',
    '81'.repeat(100) + '00',
  ])
    if (broken) assert.throws(() => hex(broken), AwsError, broken)
})

test('no body makes a decoder crash or hang', () => {
  const random = seeded(42)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const cases: [HttpRequest, string][] = [
    [
      createJob,
      '{"TrainingJobName":"j","Tags":[{"Key":"a","Value":"b"}],"VpcConfig":{"Subnets":["s"]},"Environment":{"a":"b"},"StoppingCondition":{"MaxRuntimeInSeconds":1}}',
    ],
    [target('Logs_20140328.PutLogEvents', 'logs'), '{"logGroupName":"g","logEvents":[{"timestamp":1,"message":"m"}]}'],
    [
      request('POST 127.0.0.1 /', form, 'iam'),
      'Action=CreateRole&Version=2010-05-08&Tags.member.1.Key=a&Tags.member.1.Value=b&MaxSessionDuration=3600',
    ],
    [
      request('POST 127.0.0.1 /', form, 'ec2'),
      'Action=CreateVpcEndpoint&Version=2016-11-15&SubnetId.1=a&TagSpecification.1.Tag.1.Key=a&DnsOptions.DnsRecordIpType=ipv4&DryRun=true',
    ],
    [
      request('POST 127.0.0.1 /', form, 'monitoring'),
      'Action=PutMetricData&Version=2010-08-01&MetricData.member.1.Value=1.5&MetricData.member.1.Timestamp=2026-01-01T00%3A00%3A00Z',
    ],
    [
      deleteObjects,
      '<Delete xmlns="x"><Object a="b"><Key>a&amp;b</Key></Object><Quiet>true</Quiet><!-- c --></Delete>',
    ],
    [
      request('PUT 127.0.0.1 /b?tagging', {}, 's3'),
      '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
    ],
    [
      request(
        'POST 127.0.0.1 /service/GraniteServiceVersion20100801/operation/PutMetricData',
        { 'smithy-protocol': 'rpc-v2-cbor' },
        'monitoring',
      ),
      writeCbor({ Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1.5, Values: [1, 2] }] }).toString('latin1'),
    ],
  ]
  const bits = [
    '{',
    '}',
    '[',
    ']',
    '"',
    '<',
    '>',
    '&',
    '&#0;',
    '&#x110000;',
    '=',
    '.',
    '%',
    '%ff',
    '__proto__',
    'null',
    '\0',
    '\uFFFF',
    ']]>',
    '<![CDATA[',
    '<!--',
    '<?x',
    '-1',
    '1e999',
    '\xff',
    '\x9f',
    '\xbf',
  ]
  let answered = 0
  for (const [incoming, whole] of cases)
    for (let round = 0; round < 400; round += 1) {
      let text = whole
      for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes -= 1) {
        const at = Math.floor(random() * (text.length + 1))
        const gone = random() < 0.5 ? 0 : Math.floor(random() * 8)
        text = text.slice(0, at) + (random() < 0.7 ? pick(bits) : '') + text.slice(at + gone)
        if (random() < 0.05) text += text
        if (random() < 0.05) text = pick(bits).repeat(2000) + text
      }
      try {
        read(incoming, Buffer.from(text, 'latin1'))
        answered += 1
      } catch (error) {
        if (!(error instanceof AwsError))
          throw new Error(`crashed on ${JSON.stringify(text.slice(0, 300))}`, { cause: error })
      }
    }
  assert.ok(answered > 100, 'all were refused')
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})
