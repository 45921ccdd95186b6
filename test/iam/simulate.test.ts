import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { account, allowAll, newAccount, policy, refused } from './account.ts'

/** Answers of AWS's own simulator, as users recorded them, are the expectations wherever a comment says so. */

const a = 'arn:aws:s3:::shelf/a'
const b = 'arn:aws:s3:::shelf/b'
const get = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more })
const deny = (more: object = {}) => get({ Effect: 'Deny', ...more })
const listed = (...statements: object[]) => policy(statements)
const when = (key: string, value = 'yes', operator = 'StringEquals') => ({
  Condition: { [operator]: { [key]: value } },
})
const invalid = (work: () => unknown, message: string) => refused(work, 'InvalidInput', message, 400)

const { act, store, user, role } = newAccount()

function custom(policies: string[], more: object = {}) {
  const input = { PolicyInputList: policies, ActionNames: ['s3:GetObject'], ...more }
  return act('admin', 'SimulateCustomPolicy', input).EvaluationResults
}

const matched = (result: any): string[] => result.MatchedStatements.map((one: any) => one.SourcePolicyId)

describe('SimulateCustomPolicy', () => {
  test('one answer an action, with the statement that decided and where it stands', () => {
    // Recorded: columns 38 and 95 for this very text.
    const [answer] = custom([listed(get())])
    assert.deepEqual(answer, {
      EvalActionName: 's3:GetObject',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [
        {
          SourcePolicyId: 'PolicyInputList.1',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 1, Column: 38 },
          EndPosition: { Line: 1, Column: 95 },
        },
      ],
      MissingContextValues: [],
    })
  })

  test('one resource is echoed, and answered a second time by itself', () => {
    const [answer] = custom([listed(get())], { ResourceArns: [a] })
    assert.equal(answer.EvalResourceName, a)
    assert.deepEqual(answer.EvalDecisionDetails, {})
    const [only] = answer.ResourceSpecificResults
    assert.deepEqual(Object.keys(only), ['EvalResourceName', 'EvalResourceDecision', 'MatchedStatements'])
    assert.deepEqual(only.MatchedStatements, answer.MatchedStatements)
  })

  test('several resources are summed up: the strictest decision, and all that matched anywhere', () => {
    const [answer] = custom([listed(get({ Resource: a }))], { ResourceArns: [a, b] })
    assert.equal(answer.EvalResourceName, 'arn:aws:s3:::${BucketName}/${KeyName}')
    assert.equal(answer.EvalDecision, 'implicitDeny')
    assert.deepEqual(matched(answer), ['PolicyInputList.1'])
    assert.deepEqual(
      answer.ResourceSpecificResults.map((one: any) => [one.EvalResourceName, one.EvalResourceDecision]),
      [
        [a, 'allowed'],
        [b, 'implicitDeny'],
      ],
    )
    const twice = custom([listed(get())], { ResourceArns: [a, a], ActionNames: ['s3:GetObject', 's3:GetObject'] })
    assert.deepEqual(
      twice.map((one: any) => one.ResourceSpecificResults.length),
      [2, 2],
    )
  })

  test('a deny is the only thing told of a denial', () => {
    const [both] = custom([listed(get(), deny())])
    assert.equal(both.EvalDecision, 'explicitDeny')
    assert.deepEqual(both.MatchedStatements[0].StartPosition, { Line: 1, Column: 95 })
    const [apart] = custom([listed(get()), listed(deny())])
    assert.deepEqual(matched(apart), ['PolicyInputList.2'])
  })

  test('no policy at all is an implicit deny', () => {
    const [answer] = custom([])
    assert.deepEqual([answer.EvalDecision, answer.MatchedStatements], ['implicitDeny', []])
  })

  test('action names are taken as they stand, in any case', () => {
    const decided = (action: string, policies = [listed(get())]) =>
      custom(policies, { ActionNames: [action] })[0].EvalDecision
    assert.equal(decided('S3:gEtObJeCt'), 'allowed')
    for (const odd of ['s3:*', 'madeup:Action', 's3:MadeUp', 's3:Get Object', 's3:']) {
      assert.equal(decided(odd), 'implicitDeny', odd)
    }
    assert.equal(decided('madeup:Action', [listed(allowAll)]), 'allowed')
    invalid(() => decided('GetObject'), 'The action is invalid since it is missing names')
  })

  test('an action on a resource that it cannot be about is denied, whatever the policies say', () => {
    // Recorded: s3:GetObject on a user, iam:GetUser on an object.
    for (const [action, resource] of [
      ['s3:GetObject', `arn:aws:iam::${account}:user/somebody`],
      ['iam:GetUser', a],
    ] as const) {
      const [answer] = custom([listed(allowAll)], { ActionNames: [action], ResourceArns: [resource] })
      assert.deepEqual([answer.EvalDecision, answer.MatchedStatements], ['implicitDeny', []], action)
    }
    const [pattern] = custom([listed(allowAll)], { ResourceArns: ['arn:aws:s3:::shelf/*'] })
    assert.equal(pattern.EvalDecision, 'allowed')
  })

  describe('context', () => {
    const missing = (statements: object[], more: object = {}) => {
      const [answer] = custom([listed(...statements)], { ResourceArns: [a], ...more })
      const [only] = answer.ResourceSpecificResults
      assert.deepEqual(answer.MissingContextValues, only.MissingContextValues ?? [])
      return [answer.EvalDecision, ...answer.MissingContextValues]
    }
    const entry = (name: string, values: string[], type = 'string') => ({
      ContextEntries: [{ ContextKeyName: name, ContextKeyValues: values, ContextKeyType: type }],
    })

    /** Recorded, all of them: the keys of every statement are told, and only where nothing is decided. */
    const cases: [string, object[], string[]][] = [
      ['wanted', [get(when('shop:key'))], ['implicitDeny', 'shop:key']],
      ['of another action', [{ ...get(when('shop:key')), Action: 's3:PutObject' }], ['implicitDeny', 'shop:key']],
      ['of another resource', [get({ Resource: b, ...when('shop:key') })], ['implicitDeny', 'shop:key']],
      ['of a deny', [deny(when('shop:key'))], ['implicitDeny', 'shop:key']],
      ['where another statement allows', [get(), get(when('shop:key'))], ['allowed']],
      ['where another statement denies', [deny(), get(when('shop:key'))], ['explicitDeny']],
      ['with IfExists', [get(when('shop:key', 'yes', 'StringEqualsIfExists'))], ['allowed']],
      ['negated', [get(when('shop:key', 'yes', 'StringNotEquals'))], ['allowed']],
      ['Null: false', [get(when('shop:key', 'false', 'Null'))], ['implicitDeny', 'shop:key']],
      ['a variable', [get({ Resource: 'arn:aws:s3:::shelf/${aws:username}' })], ['implicitDeny', 'aws:username']],
      ['a default that hits', [get({ Resource: "arn:aws:s3:::shelf/${shop:key, 'a'}" })], ['allowed']],
      [
        'a default that misses',
        [get({ Resource: "arn:aws:s3:::shelf/${shop:key, 'z'}" })],
        ['implicitDeny', 'shop:key'],
      ],
    ]
    for (const [name, statements, expected] of cases) {
      test(`a missing key: ${name}`, () => assert.deepEqual(missing(statements), expected))
    }

    test('given values count, in any case of the key', () => {
      assert.deepEqual(missing([get(when('shop:key'))], entry('SHOP:Key', ['yes'])), ['allowed'])
      assert.deepEqual(missing([get(when('shop:key'))], entry('shop:key', ['no'])), ['implicitDeny'])
    })

    test('a list is a multi-valued key, even of one', () => {
      const any = get(when('aws:TagKeys', 'team', 'ForAnyValue:StringEquals'))
      assert.deepEqual(missing([any], entry('aws:TagKeys', ['x', 'team'], 'stringList')), ['allowed'])
      // A single-valued operator never holds for one (facts: iam.md §3.8).
      assert.deepEqual(missing([get(when('shop:key'))], entry('shop:key', ['yes'], 'stringList')), ['implicitDeny'])
    })

    test('numbers, dates, addresses and bytes are compared as such', () => {
      const holds = (operator: string, wanted: string, value: string, type: string) =>
        missing([get(when('shop:key', wanted, operator))], entry('shop:key', [value], type))[0]
      assert.equal(holds('NumericLessThan', '10', '9.5', 'numeric'), 'allowed')
      assert.equal(holds('NumericLessThan', '10', '10', 'numeric'), 'implicitDeny')
      assert.equal(holds('DateGreaterThan', '2018-08-16T12:00:00Z', '2019-04-25T11:00:00Z', 'date'), 'allowed')
      assert.equal(holds('DateGreaterThan', '2018-08-16T12:00:00Z', '2014-04-25T11:00:00Z', 'date'), 'implicitDeny')
      assert.equal(holds('IpAddress', '203.0.113.0/24', '203.0.113.7', 'ip'), 'allowed')
      assert.equal(holds('Bool', 'true', 'TRUE', 'boolean'), 'allowed')
      assert.equal(holds('Bool', 'true', 'yes', 'boolean'), 'implicitDeny')
      assert.equal(holds('BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', 'binary'), 'allowed')
    })

    test('what does not look like its type is refused', () => {
      const refusal = (values: string[], type: string, message: string) =>
        invalid(() => custom([listed(get())], entry('shop:test', values, type)), message)
      refusal(['a', 'b'], 'string', 'Context key string expected a single value, but received 2.')
      refusal(['abc'], 'numeric', 'Invalid context value for key shop:test: expected numeric format.')
      refusal(['NaN'], 'numericList', 'Invalid context value for key shop:test: expected numeric format.')
      refusal(['tomorrow'], 'date', 'Invalid context value for key shop:test: expected DateTime format.')
      refusal(['999.0.0.1'], 'ip', 'Invalid context value for key shop:test: expected IP address.')
      refusal(['192.0.2.0/24'], 'ip', 'Invalid context value for key shop:test: expected IP address.')
      refusal(['YR=='], 'binary', 'Invalid context value for key shop:test: expected base-64 encoded binary format.')
      refusal([], 'stringList', 'Context values for context key shop:test cannot be null or empty.')
      const entries = (...ContextEntries: object[]) => custom([listed(get())], { ContextEntries })
      const named = { ContextKeyName: 'shop:test' }
      const given = { ContextKeyValues: ['yes'] }
      invalid(() => entries({ ...named, ...given }), 'Context key shop:test has invalid type null.')
      invalid(() => entries({ ...given, ContextKeyType: 'string' }), 'ContextKeyName cannot be null or empty.')
      assert.equal(entries({})[0].EvalDecision, 'allowed')
      refusal(['!base64'], 'binary', 'Invalid context value for key shop:test: expected base-64 encoded binary format.')
      const twice = [...entry('shop:test', ['a']).ContextEntries, ...entry('SHOP:TEST', ['b']).ContextEntries]
      invalid(() => custom([listed(get())], { ContextEntries: twice }), 'Duplicate context key: SHOP:TEST.')
    })

    test('of a caller only these keys are known, and what is given goes before them', () => {
      const CallerArn = `arn:aws:iam::${account}:user/team/ann`
      const known = (key: string, value: string, more: object = { CallerArn }) =>
        custom([listed(get(when(key, value)))], more)[0].EvalDecision
      assert.equal(known('aws:PrincipalArn', CallerArn), 'allowed')
      assert.equal(known('aws:PrincipalAccount', account), 'allowed')
      assert.equal(known('aws:username', 'ann'), 'allowed')
      assert.equal(known('aws:userid', CallerArn), 'allowed')
      assert.equal(known('aws:username', 'bob', { CallerArn, ...entry('aws:username', ['bob']) }), 'allowed')
      assert.equal(known('aws:userid', 'STUB_PRINCIPAL_FOR_POLICY_SIMULATOR', {}), 'allowed')
      assert.equal(known('aws:PrincipalType', 'User'), 'implicitDeny')
    })
  })

  test('a boundary narrows, grants nothing, and is told of', () => {
    const bounded = (identity: object[], boundary: object) => {
      const [answer] = custom([listed(...identity)], {
        PermissionsBoundaryPolicyInputList: [listed(boundary)],
        ResourceArns: [a],
      })
      assert.deepEqual(
        answer.ResourceSpecificResults[0].PermissionsBoundaryDecisionDetail,
        answer.PermissionsBoundaryDecisionDetail,
      )
      const allowed = answer.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary
      return [answer.EvalDecision, allowed, ...matched(answer)]
    }
    const bound = 'PermissionsBoundaryPolicyInputList.1'
    assert.deepEqual(bounded([get()], get()), ['allowed', true, 'PolicyInputList.1'])
    assert.deepEqual(bounded([get()], { ...get(), Action: 's3:PutObject' }), ['implicitDeny', false])
    assert.deepEqual(bounded([get()], deny()), ['explicitDeny', false, bound])
    const [decision, within, ...both] = bounded([deny()], deny())
    assert.deepEqual([decision, within, new Set(both)], ['explicitDeny', false, new Set(['PolicyInputList.1', bound])])
    assert.deepEqual(bounded([{ ...get(), Action: 's3:PutObject' }], get()), ['implicitDeny', true])
    const two = { PermissionsBoundaryPolicyInputList: [listed(get()), listed(get())] }
    invalid(() => custom([listed(get())], two), 'The list of Permissions Boundary policies cannot exceed 1 items.')
  })

  test('SCPs that are given bind; their statements are not told', () => {
    const all = listed(allowAll)
    const governed = (...levels: string[][]) => {
      const given = levels.map((texts) => ({ ServiceControlPolicyInputList: texts }))
      const [answer] = custom([listed(get())], { OrderedOrganizationPolicyInputList: given })
      return [
        answer.EvalDecision,
        answer.OrganizationsDecisionDetail.AllowedByOrganizations,
        answer.MatchedStatements.length,
      ]
    }
    assert.deepEqual(governed([all], [all]), ['allowed', true, 1])
    assert.deepEqual(governed([all], [listed(deny())]), ['explicitDeny', false, 0])
    assert.deepEqual(governed([all], [listed({ ...get(), Action: 's3:PutObject' })]), ['implicitDeny', false, 0])
    assert.deepEqual(governed([listed(deny()), all], [all]), ['explicitDeny', false, 0])
    invalid(() => governed([]), 'Organization policy at index 1 must contain at least one service control policy')
  })

  describe('a resource policy', () => {
    const ann = `arn:aws:iam::${account}:user/ann`
    const shelf = (Principal: unknown, more: object = {}) =>
      listed(get({ Resource: 'arn:aws:s3:::shelf/*', Principal, ...more }))
    const ask = (identity: string[], ResourcePolicy: string, more: object = {}) =>
      custom(identity, { ResourcePolicy, CallerArn: ann, ResourceArns: [a], ...more })[0]

    test('within the account may allow by itself', () => {
      const answer = ask([], shelf({ AWS: ann }))
      assert.equal(answer.EvalDecision, 'allowed')
      assert.deepEqual(matched(answer), ['ResourcePolicy'])
      assert.equal(answer.MatchedStatements[0].SourcePolicyType, 'Resource Policy')
      assert.deepEqual(answer.EvalDecisionDetails, {})
    })

    test('that delegates to the account leaves it to the identity policies', () => {
      // Here AWS's simulator says `allowed`, and AWS itself does not. We say what happens.
      assert.equal(ask([], shelf({ AWS: account })).EvalDecision, 'implicitDeny')
      assert.deepEqual(matched(ask([listed(get())], shelf({ AWS: account }))), ['ResourcePolicy', 'PolicyInputList.1'])
    })

    test('of another account is asked beside the identity policies, and each is told of', () => {
      const ResourceOwner = 'arn:aws:iam::999999999999:root'
      const across = (identity: string[], more: object = {}) => {
        const { EvalDecision, EvalDecisionDetails } = ask(identity, shelf({ AWS: ann }), { ResourceOwner, ...more })
        return [EvalDecision, { ...EvalDecisionDetails }]
      }
      assert.deepEqual(across([]), ['implicitDeny', { 'Resource Policy': 'allowed', 'IAM Policy': 'implicitDeny' }])
      assert.deepEqual(across([listed(get())]), ['allowed', { 'Resource Policy': 'allowed', 'IAM Policy': 'allowed' }])
      const boundary = { PermissionsBoundaryPolicyInputList: [listed({ ...get(), Action: 's3:PutObject' })] }
      assert.deepEqual(across([listed(get())], boundary), [
        'implicitDeny',
        { 'Permissions Boundary Policy': 'implicitDeny', 'Resource Policy': 'allowed', 'IAM Policy': 'allowed' },
      ])
    })

    test('may deny', () => {
      const answer = ask([listed(get())], shelf('*', { Effect: 'Deny' }))
      assert.deepEqual([answer.EvalDecision, ...matched(answer)], ['explicitDeny', 'ResourcePolicy'])
    })

    test('names roles, too', () => {
      const CallerArn = `arn:aws:iam::${account}:role/job`
      assert.equal(ask([], shelf({ AWS: CallerArn }), { CallerArn }).EvalDecision, 'allowed')
      assert.equal(ask([], shelf({ AWS: ann }), { CallerArn }).EvalDecision, 'implicitDeny')
    })

    test('wants a caller, resources, and an owner that is an ARN', () => {
      const text = shelf('*')
      const asked =
        (more: object, document = text) =>
        () =>
          ask([], document, more)
      invalid(asked({ CallerArn: undefined }), 'Invalid caller - Caller cannot be null or empty.')
      const caller = 'Invalid caller - Caller must be an IAM user, role or group in this context.'
      invalid(asked({ CallerArn: `arn:aws:iam::${account}:root` }), caller)
      invalid(asked({ CallerArn: `arn:aws:sts::${account}:assumed-role/job/run` }), caller)
      invalid(asked({ ResourceArns: [] }), 'Invalid Entity Arn: * does not clearly define entity type and name.')
      invalid(asked({ ResourceOwner: '123456789012' }), 'Invalid Resource Owner.')
      const wide = listed(get({ Principal: '*' }))
      invalid(asked({}, wide), 'ResourceNames are not in a valid ARN format: *.')
    })
  })

  test('input that means nothing is refused', () => {
    const input = (more: object, policies = [listed(get())]) => custom(policies, more)
    invalid(() => input({}, ['{']), 'Policy input list item 1 has invalid content')
    const versioned = '{"Version":"2099-01-01","Statement":[]}'
    invalid(() => input({}, [listed(get()), versioned]), 'Policy input list item 2 has invalid content')
    invalid(() => input({ ResourceArns: ['not-an-arn'] }), 'ResourceNames are not in a valid ARN format: not-an-arn.')
    invalid(() => input({ ResourceArns: ['arn:aws:s3'] }), 'ResourceNames are not in a valid ARN format: arn:aws:s3.')
    invalid(
      () => input({ ResourceArns: [a], ActionNames: ['s3:GetObject', 's3:PutBucketReplication'] }),
      'Invalid Input Actions: [s3:GetObject] and [s3:PutBucketReplication] require different authorization information. ' +
        'Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html',
    )
    invalid(
      () => input({ ResourceArns: [a], ResourceHandlingOption: 'EC2-VPC-EBS' }),
      'Invalid input resource handling options. Action does not support resource handling options: s3:GetObject. ' +
        'Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html',
    )
    const instance = `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`
    const started = {
      ResourceArns: [instance],
      ResourceHandlingOption: 'EC2-VPC-EBS',
      ActionNames: ['ec2:RunInstances'],
    }
    assert.equal(input(started, [listed(allowAll)])[0].EvalDecision, 'allowed')
  })

  test('pages count actions, and a marker goes on in whatever is asked next', () => {
    const input = { PolicyInputList: [listed(get())], ActionNames: ['s3:PutObject', 'iam:GetUser', 's3:GetObject'] }
    const page = (more: object) => act('admin', 'SimulateCustomPolicy', { ...input, ...more })
    const first = page({ MaxItems: 1 })
    assert.deepEqual([first.EvaluationResults.length, first.IsTruncated], [1, true])
    const rest = page({ Marker: first.Marker })
    assert.deepEqual(
      rest.EvaluationResults.map((one: any) => one.EvalActionName),
      ['iam:GetUser', 's3:GetObject'],
    )
    assert.equal(rest.IsTruncated, false)
    invalid(() => page({ Marker: 'not-a-simulation-marker' }), 'Invalid marker for pagination.')
  })
})

describe('SimulatePrincipalPolicy', () => {
  const text = (Action: string, Resource: string, Sid: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource, Sid }] }, null, 2)
  const managed = act('admin', 'CreatePolicy', {
    PolicyName: 'deleter',
    Path: '/team/',
    PolicyDocument: text('s3:DeleteObject', '*', 'Managed'),
  }).Policy.Arn
  const bound = act('admin', 'CreatePolicy', { PolicyName: 'bound', PolicyDocument: text('s3:*', '*', 'Bound') }).Policy
    .Arn
  act('admin', 'CreateUser', { UserName: 'sim', Path: '/team/' })
  act('admin', 'CreateGroup', { GroupName: 'sims' })
  act('admin', 'AddUserToGroup', { UserName: 'sim', GroupName: 'sims' })
  act('admin', 'PutUserPolicy', { UserName: 'sim', PolicyName: 'Own', PolicyDocument: text('s3:GetObject', a, 'Own') })
  act('admin', 'PutGroupPolicy', {
    GroupName: 'sims',
    PolicyName: 'Its',
    PolicyDocument: text('s3:PutObject', b, 'Its'),
  })
  act('admin', 'AttachUserPolicy', { UserName: 'sim', PolicyArn: managed })
  act('admin', 'AttachGroupPolicy', { GroupName: 'sims', PolicyArn: managed })
  const source = `arn:aws:iam::${account}:user/team/sim`
  const ActionNames = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']

  const results = (more: object = {}) =>
    act('admin', 'SimulatePrincipalPolicy', { PolicySourceArn: source, ActionNames, ResourceArns: [a, b], ...more })
      .EvaluationResults
  const decided = (more: object = {}) => results(more).map((one: any) => [one.EvalDecision, ...matched(one)])

  test("a user's own policies, and those of its groups", () => {
    assert.deepEqual(decided(), [
      ['implicitDeny', 'user_sim_Own'],
      ['implicitDeny', 'group_sims_Its'],
      ['allowed', 'deleter'],
    ])
    const [{ MatchedStatements }] = results()
    // Recorded for a text laid out like this one.
    assert.deepEqual(MatchedStatements[0].StartPosition, { Line: 3, Column: 17 })
    assert.deepEqual(MatchedStatements[0].EndPosition, { Line: 9, Column: 6 })
  })

  test('a group alone, and a role', () => {
    assert.deepEqual(decided({ PolicySourceArn: `arn:aws:iam::${account}:group/sims` }).slice(0, 2), [
      ['implicitDeny'],
      ['implicitDeny', 'group_sims_Its'],
    ])
    const arn = role('sim-role', { Service: 'sagemaker.amazonaws.com' })
    act('admin', 'PutRolePolicy', { RoleName: 'sim-role', PolicyName: 'Own', PolicyDocument: listed(get()) })
    assert.deepEqual(decided({ PolicySourceArn: arn, ActionNames: ['s3:GetObject'] }), [
      ['allowed', 'role_sim-role_Own'],
    ])
    act('admin', 'AttachRolePolicy', {
      RoleName: 'sim-role',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    })
    const [read] = results({ PolicySourceArn: arn, ActionNames: ['s3:GetObjectAcl'] })
    assert.deepEqual([read.EvalDecision, ...matched(read)], ['allowed', 'AmazonS3ReadOnlyAccess'])
  })

  test('with further policies, and as somebody', () => {
    const more = { PolicyInputList: [listed(get())], ActionNames: ['s3:GetObject'] }
    assert.deepEqual(decided(more), [['allowed', 'user_sim_Own', 'PolicyInputList.1']])
    const named = { PolicyInputList: [listed({ ...get(when('aws:username', 'sim')), Action: 's3:GetObjectAcl' })] }
    assert.equal(results({ ...named, ActionNames: ['s3:GetObjectAcl'] })[0].EvalDecision, 'allowed')
    const CallerArn = `arn:aws:iam::${account}:user/bob`
    assert.equal(results({ ...named, ActionNames: ['s3:GetObjectAcl'], CallerArn })[0].EvalDecision, 'implicitDeny')
  })

  test("the user's boundary, and one put in its place", () => {
    act('admin', 'PutUserPermissionsBoundary', { UserName: 'sim', PermissionsBoundary: bound })
    const allowed = (more: object = {}) =>
      results({ ActionNames: ['s3:DeleteObject'], ...more }).map((one: any) => [
        one.EvalDecision,
        one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      ])
    assert.deepEqual(allowed(), [['allowed', true]])
    const narrow = { PermissionsBoundaryPolicyInputList: [listed(get())] }
    assert.deepEqual(allowed(narrow), [['implicitDeny', false]])
    const free = { PolicyExclusionList: [{ PolicyType: 'permission-boundary' }] }
    assert.deepEqual(allowed(free), [['allowed', undefined]])
    assert.deepEqual(allowed({ ...free, ...narrow }), [['implicitDeny', false]])
    act('admin', 'DeleteUserPermissionsBoundary', { UserName: 'sim' })
  })

  test('without some of its policies', () => {
    const left = (...PolicyExclusionList: object[]) =>
      decided({ PolicyExclusionList }).map(([, ...ids]: string[]) => ids)
    const all = [['user_sim_Own'], ['group_sims_Its'], ['deleter']]
    const inline = (PolicyName: string, AttachmentType: string, AttachmentName: string) => ({
      InlinePolicyIdentifier: { PolicyName, AttachmentType, AttachmentName },
    })
    assert.deepEqual(left({ PolicyType: 'inline' }), [[], [], ['deleter']])
    assert.deepEqual(left({ PolicyType: 'user-managed' }), [['user_sim_Own'], ['group_sims_Its'], []])
    assert.deepEqual(left({ PolicyType: 'aws-managed' }, { PolicyType: 'rcp' }), all)
    assert.deepEqual(left({ PolicyArn: managed }), [['user_sim_Own'], ['group_sims_Its'], []])
    assert.deepEqual(left({ PolicyArn: `arn:aws:iam::${account}:policy/del*` }), [
      ['user_sim_Own'],
      ['group_sims_Its'],
      [],
    ])
    assert.deepEqual(left({ PolicyArn: `arn:aws:iam::${account}:policy/other/deleter` }), all)
    assert.deepEqual(left(inline('Own', 'user', 'si?')), [[], ['group_sims_Its'], ['deleter']])
    assert.deepEqual(left(inline('Own', 'user', 'sims')), all)
    assert.deepEqual(left(inline('Its', 'user', 'sim')), all)
  })

  test('by name, whatever the path; and nobody else', () => {
    assert.deepEqual(decided({ PolicySourceArn: `arn:aws:iam::${account}:user/elsewhere/sim` }), decided())
    const ask = (PolicySourceArn: string) => () => results({ PolicySourceArn })
    refused(ask(`arn:aws:iam::${account}:role/ghost`), 'NoSuchEntity', 'The role with name ghost cannot be found.', 404)
    const session = `arn:aws:sts::${account}:assumed-role/sim-role/run`
    invalid(ask(session), `Invalid Entity Arn: ${session} does not clearly define entity type and name.`)
    const foreign = 'arn:aws:iam::999999999999:user/sim'
    invalid(
      ask(foreign),
      `Invalid Policy Source Arn: caller's account ${account} does not have access to policies in account 999999999999`,
    )
  })

  test('asks for permission on the very principal', () => {
    const asker = user('asker', {
      Effect: 'Allow',
      Action: ['iam:SimulatePrincipalPolicy', 'iam:GetContextKeysForPrincipalPolicy'],
      Resource: source,
    })
    const input = { PolicySourceArn: source, ActionNames: ['s3:GetObject'] }
    assert.equal(act(asker, 'SimulatePrincipalPolicy', input).EvaluationResults.length, 1)
    const other = `arn:aws:iam::${account}:group/sims`
    refused(
      () => act(asker, 'SimulatePrincipalPolicy', { ...input, PolicySourceArn: other }),
      'AccessDenied',
      `User: arn:aws:iam::${account}:user/asker is not authorized to perform: iam:SimulatePrincipalPolicy ` +
        `on resource: ${other} because no identity-based policy allows the iam:SimulatePrincipalPolicy action`,
      403,
    )
    refused(
      () => act(asker, 'SimulateCustomPolicy', { PolicyInputList: [], ActionNames: ['s3:GetObject'] }),
      'AccessDenied',
      /iam:SimulateCustomPolicy on resource: \*/,
      403,
    )
  })

  test('it changes nothing', () => {
    const before = store.revision
    results()
    assert.equal(store.revision, before)
  })
})

describe('GetContextKeys', () => {
  const keyed = (key: string) => listed(get(when(key)))

  test('of documents: each once a document', () => {
    // AWS CLI reference, get-context-keys-for-custom-policy.
    const example =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*",' +
      '"Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}",' +
      '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}'
    const of = (...PolicyInputList: string[]) =>
      act('admin', 'GetContextKeysForCustomPolicy', { PolicyInputList }).ContextKeyNames
    assert.deepEqual(of(example), ['aws:username', 'aws:CurrentTime'])
    assert.deepEqual(of(keyed('shop:Key'), keyed('shop:Key')), ['shop:Key', 'shop:Key'])
    assert.deepEqual(of(listed({ ...get(when('aws:SourceVpce')), Principal: '*' })), ['aws:SourceVpce'])
    invalid(() => of(example, '{'), 'Policy input list item 2 has invalid content')
  })

  test("of a principal: its own, its groups' and its boundary's", () => {
    act('admin', 'CreateUser', { UserName: 'keyed' })
    act('admin', 'CreateGroup', { GroupName: 'keyed' })
    act('admin', 'AddUserToGroup', { UserName: 'keyed', GroupName: 'keyed' })
    act('admin', 'PutUserPolicy', { UserName: 'keyed', PolicyName: 'own', PolicyDocument: keyed('shop:own') })
    act('admin', 'PutGroupPolicy', { GroupName: 'keyed', PolicyName: 'its', PolicyDocument: keyed('shop:its') })
    const PolicyArn = act('admin', 'CreatePolicy', { PolicyName: 'keyed', PolicyDocument: keyed('shop:bound') }).Policy
      .Arn
    act('admin', 'PutUserPermissionsBoundary', { UserName: 'keyed', PermissionsBoundary: PolicyArn })
    const of = (type: string, more: object = {}) =>
      act('admin', 'GetContextKeysForPrincipalPolicy', {
        PolicySourceArn: `arn:aws:iam::${account}:${type}/keyed`,
        ...more,
      }).ContextKeyNames
    assert.deepEqual(of('user', { PolicyInputList: [keyed('shop:more')] }), [
      'shop:own',
      'shop:its',
      'shop:bound',
      'shop:more',
    ])
    assert.deepEqual(of('group'), ['shop:its'])
  })
})
