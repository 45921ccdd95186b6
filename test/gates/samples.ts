import type { TestServer } from '../support/server.ts'
import { call } from '../support/call.ts'
import { authority, leaf, leafKey, sshKey } from '../iam/certificates.ts'
import { samlMetadata } from '../iam/saml-metadata.ts'
import type { Input, Samples } from './sample-input.ts'
import { studioSamples } from './studio.ts'

const policy = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [Statement] })

/**
 * Resources that the samples name, so that a try is made on things that exist. All are called `sample`: the gate's own
 * principals are called otherwise and outlive whatever the allowed tries delete.
 */
export async function makeSamples({ url, admin, account, region }: TestServer): Promise<Samples> {
  const iam = (operation: string, input: Input) => call(url, admin, 'iam', operation, input)
  const ec2 = (operation: string, input: Input) => call(url, admin, 'ec2', operation, input)
  const trust = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root`, Service: 'sagemaker.amazonaws.com' },
    Action: 'sts:AssumeRole',
  })

  await iam('CreateRole', { RoleName: 'sample', AssumeRolePolicyDocument: trust })
  // AssumeRole is tried on a role that no other try deletes.
  const { Role } = await iam('CreateRole', { RoleName: 'assumed', AssumeRolePolicyDocument: trust })
  await iam('CreateUser', { UserName: 'sample' })
  await iam('CreateGroup', { GroupName: 'sample' })
  const { Policy } = await iam('CreatePolicy', {
    PolicyName: 'sample',
    PolicyDocument: policy({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' }),
  })
  const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc
  const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.7.0.0/24' })).Subnet
  const { NetworkInterface } = await ec2('CreateNetworkInterface', { SubnetId })
  const { RouteTable } = await ec2('CreateRouteTable', { VpcId })
  const { GroupId } = await ec2('CreateSecurityGroup', { VpcId, GroupName: 'sample', Description: 'sample' })
  const { NetworkAcl } = await ec2('CreateNetworkAcl', { VpcId })
  const { Images } = await ec2('DescribeImages', { Filters: [{ Name: 'architecture', Values: ['x86_64'] }] })
  const launch = { ImageId: Images[0].ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, SubnetId }
  const { InstanceId } = (await ec2('RunInstances', launch)).Instances[0]
  await call(url, admin, 's3', 'CreateBucket', { Bucket: 'sample-bucket' })
  await call(url, admin, 's3', 'PutObject', { Bucket: 'sample-bucket', Key: 'sample', Body: 'sample' })
  await call(url, admin, 'ecr', 'CreateRepository', { repositoryName: 'sample' })
  await call(url, admin, 'logs', 'CreateLogGroup', { logGroupName: 'sample' })
  await call(url, admin, 'logs', 'CreateLogStream', { logGroupName: 'sample', logStreamName: 'sample' })

  const kms = (operation: string, input: Input) => call(url, admin, 'kms', operation, input)
  const { KeyId } = (await kms('CreateKey', {})).KeyMetadata
  await kms('CreateAlias', { AliasName: 'alias/sample', TargetKeyId: KeyId })
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: Buffer.from('sample') })
  const keyOf = async (KeyUsage: string, KeySpec: string, more: Input = {}) => {
    const made = await kms('CreateKey', { KeyUsage, KeySpec, ...more })
    return { KeyId: made.KeyMetadata.KeyId as string }
  }
  const signing = await keyOf('SIGN_VERIFY', 'ECC_NIST_P256')
  const mac = await keyOf('GENERATE_VERIFY_MAC', 'HMAC_256')
  const imported = await keyOf('ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT', { Origin: 'EXTERNAL' })
  const copied = await keyOf('ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT', { MultiRegion: true })
  const grant = { KeyId, GranteePrincipal: Role.Arn, Operations: ['Decrypt'] }
  const { GrantId } = await kms('CreateGrant', grant)

  // Reports that are made by the time that somebody asks for them.
  await iam('GenerateCredentialReport', {})
  const { JobId } = await iam('GenerateServiceLastAccessedDetails', { Arn: Role.Arn })

  const job = `arn:aws:sagemaker:${region}:${account}:training-job/sample`
  return {
    RoleArn: Role.Arn,
    PolicyArn: Policy.Arn,
    PermissionsBoundary: Policy.Arn,
    PolicyDocument: policy({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' }),
    AssumeRolePolicyDocument: trust,
    policyText: policy({ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }),
    AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    AWSServiceName: 'sagemaker.amazonaws.com',
    VpcId,
    SubnetId,
    SubnetIds: [SubnetId],
    RouteTableId: RouteTable.RouteTableId,
    RouteTableIds: [RouteTable.RouteTableId],
    NetworkInterfaceId: NetworkInterface.NetworkInterfaceId,
    GroupId,
    SecurityGroupIds: [GroupId],
    Groups: [GroupId],
    NetworkAclId: NetworkAcl.NetworkAclId,
    InstanceId,
    InstanceIds: [InstanceId],
    'ec2:RunInstances': launch,
    Resources: [VpcId],
    CidrBlock: '10.7.1.0/24',
    DestinationCidrBlock: '192.0.2.0/24',
    ServiceName: `com.amazonaws.${region}.s3`,
    Bucket: 'sample-bucket',
    CopySource: 'sample-bucket/sample',
    's3:Policy': policy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::sample-bucket/secret',
    }),
    's3:AllowedMethod': 'GET',
    logGroupName: 'sample',
    'kms.KeyId': KeyId,
    'kms.TargetKeyId': KeyId,
    'kms.DestinationKeyId': KeyId,
    'kms.AliasName': 'alias/sample',
    'kms.GrantId': GrantId,
    'kms.KeyMaterialId': '0'.repeat(64),
    'kms.GranteePrincipal': Role.Arn,
    'kms.RetiringPrincipal': Role.Arn,
    'kms.Policy': policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    }),
    'kms:CreateGrant': grant,
    'kms:Decrypt': { CiphertextBlob },
    'kms:DeleteImportedKeyMaterial': imported,
    'kms:GenerateDataKey': { KeySpec: 'AES_256' },
    'kms:GenerateDataKeyPair': { KeyPairSpec: 'ECC_NIST_P256' },
    'kms:GenerateDataKeyPairWithoutPlaintext': { KeyPairSpec: 'ECC_NIST_P256' },
    'kms:GenerateDataKeyWithoutPlaintext': { KeySpec: 'AES_256' },
    'kms:GenerateMac': { ...mac, MacAlgorithm: 'HMAC_SHA_256' },
    'kms:GenerateRandom': { NumberOfBytes: 1 },
    'kms:GetParametersForImport': { ...imported, WrappingAlgorithm: 'RSAES_OAEP_SHA_256' },
    'kms:GetPublicKey': signing,
    'kms:ReEncrypt': { CiphertextBlob },
    'kms:ReplicateKey': { ...copied, ReplicaRegion: 'us-west-2' },
    'kms:RetireGrant': { KeyId, GrantId },
    'kms:ScheduleKeyDeletion': { ...signing, PendingWindowInDays: 7 },
    'kms:Sign': { ...signing, SigningAlgorithm: 'ECDSA_SHA_256' },
    'kms:UpdatePrimaryRegion': { ...copied, PrimaryRegion: 'us-west-2' },
    'kms:VerifyMac': { ...mac, MacAlgorithm: 'HMAC_SHA_256' },
    'ecr.resourceArn': `arn:aws:ecr:${region}:${account}:repository/sample`,
    'logs.policyDocument': policy({ Effect: 'Allow', Principal: '*', Action: 'logs:PutLogEvents', Resource: '*' }),
    'logs.policyName': 'sample',
    'logs.queryString': 'fields @message',
    'logs.filterPattern': 'ERROR',
    'logs.metricValue': '1',
    'logs.endTime': 1,
    'logs.destinationArn': `arn:aws:lambda:${region}:${account}:function:sample`,
    'logs.kmsKeyId': `arn:aws:kms:${region}:${account}:key/sample`,
    'logs.logGroupIdentifier': 'sample',
    'logs.logGroupIdentifiers': [`arn:aws:logs:${region}:${account}:log-group:sample`],
    'logs.logRecordPointer': Buffer.from(JSON.stringify([account, region, 'sample', 'sample', 0, 0, 0])).toString(
      'base64',
    ),
    'logs:AssociateKmsKey': { logGroupName: 'sample' },
    'logs:DisassociateKmsKey': { logGroupName: 'sample' },
    'logs:PutResourcePolicy': {
      policyName: 'sample',
      policyDocument: policy({ Effect: 'Allow', Principal: '*', Action: 'logs:PutLogEvents', Resource: '*' }),
    },
    'logs:DeleteResourcePolicy': { policyName: 'sample' },
    'logs:StartQuery': { logGroupName: 'sample', queryString: 'fields @message' },
    'logs:AmazonResourceName': `arn:aws:logs:${region}:${account}:log-group:sample`,
    'cloudwatch:AmazonResourceName': `arn:aws:cloudwatch:${region}:${account}:alarm:sample`,
    'application-autoscaling.ServiceNamespace': 'sagemaker',
    'application-autoscaling.ResourceId': 'endpoint/sample/variant/sample',
    'application-autoscaling.ScalableDimension': 'sagemaker:variant:DesiredInstanceCount',
    ResourceArn: job,
    retentionInDays: 7,
    CertificateBody: leaf,
    PrivateKey: leafKey,
    CertificateChain: authority,
    SSHPublicKeyBody: sshKey,
    SAMLMetadataDocument: samlMetadata(),
    'iam.RemovePrivateKey': 'SAMPLE0PRIVATE0KEY0ID0',
    'iam.Url': 'https://sample.example.com',
    'iam.ServiceName': 'codecommit.amazonaws.com',
    OpenIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/sample.example.com`,
    SAMLProviderArn: `arn:aws:iam::${account}:saml-provider/sample`,
    SerialNumber: `arn:aws:iam::${account}:mfa/sample`,
    PolicySourceArn: Role.Arn,
    PolicyInputList: [policy({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' })],
    ActionNames: ['sns:Publish'],
    'iam.ServiceNamespace': 's3',
    'iam.ServiceNamespaces': ['s3'],
    'iam:GenerateServiceLastAccessedDetails': { Arn: Role.Arn },
    'iam:ListPoliciesGrantingServiceAccess': { Arn: Role.Arn },
    'iam:GetServiceLastAccessedDetails': { JobId },
    'iam:GetServiceLastAccessedDetailsWithEntities': { JobId },
    'iam:CreateLoginProfile': { Password: 'Sample-password-1' },
    // Of a key that is not there AWS says that it may not be asked about.
    'iam:GetAccessKeyLastUsed': { AccessKeyId: admin.accessKeyId },
    // What is optional in the model and yet asked for.
    'ec2:CreateVpc': { CidrBlock: '10.8.0.0/16' },
    'ec2:CreateSubnet': { CidrBlock: '10.7.1.0/24' },
    'ec2:CreateNatGateway': { SubnetId },
    'ec2:AllocateAddress': { Domain: 'vpc' },
    ...(await studioSamples({ url, admin, account, region }, { VpcId, SubnetIds: [SubnetId], RoleArn: Role.Arn })),
    'sagemaker:CreateAutoMLJobV2': {
      AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'sample' } },
    },
    'sagemaker.MetricsEndpointPath': '/metrics',
    'sagemaker:CreateModel': {
      ExecutionRoleArn: Role.Arn,
      PrimaryContainer: { Image: `${account}.dkr.ecr.${region}.amazonaws.com/sample:latest` },
    },
    'sagemaker:CreateEndpointConfig': {
      ProductionVariants: [
        { VariantName: 'sample', ModelName: 'sample', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
      ],
    },
    'sagemaker:CreateHyperParameterTuningJob': {
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'sample' },
        ParameterRanges: { CategoricalParameterRanges: [{ Name: 'sample', Values: ['sample', 'other'] }] },
        ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 },
      },
      TrainingJobDefinition: {
        AlgorithmSpecification: {
          TrainingImage: `${account}.dkr.ecr.${region}.amazonaws.com/sample:latest`,
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'sample', Regex: 'sample' }],
        },
        RoleArn: Role.Arn,
        OutputDataConfig: { S3OutputPath: 's3://sample-bucket' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      },
    },
    // Teams of others are nobody's to ask about.
    'sagemaker.WorkteamArn': `arn:aws:sagemaker:${region}:${account}:workteam/private-crowd/sample`,
    'sagemaker:CreateFeatureGroup': { OnlineStoreConfig: { EnableOnlineStore: true } },
    'sagemaker:RenderUiTemplate': { UiTemplate: { Content: 'sample' }, Task: { Input: '{}' } },
    'sagemaker:CreateProcessingJob': {
      AppSpecification: { ImageUri: `${account}.dkr.ecr.${region}.amazonaws.com/sample:latest` },
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } },
    },
    'sagemaker:CreateTransformJob': {
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://sample-bucket/' } } },
      TransformOutput: { S3OutputPath: 's3://sample-bucket/' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    },
    'sagemaker:CreateTrainingJob': {
      AlgorithmSpecification: {
        TrainingImage: `${account}.dkr.ecr.${region}.amazonaws.com/sample:latest`,
        TrainingInputMode: 'File',
      },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    },
  }
}
