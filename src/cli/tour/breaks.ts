import { AwsError } from '../../wire/aws-error.ts'
import type { Explanation, Fix } from '../../advise/explanation.ts'
import { fetchExplanation } from '../explain.ts'
import { pathOf } from './build.ts'
import type { Guide } from './guide.ts'
import { follow, jobRequest, type Job } from './job.ts'
import { drawPath } from './picture.ts'
import { trainingPolicy, trusting } from './policies.ts'
import type { BreakReport } from './report.ts'
import type { World } from './world.ts'

/** One thing that goes wrong in real accounts, and where the explanation must find it. */
interface Break {
  title: string
  why: string
  layer: Explanation['blockers'][number]['layer']
  /** Breaks it, and draws it where there is something to see. */
  apply(guide: Guide, world: World): Promise<void>
  /** Takes up what the fix made. */
  mended?(world: World, answer: Record<string, { VpcEndpointId?: string }>): void
}

export const breaks: readonly Break[] = [
  {
    title: 'Broken: the role has lost s3:GetObject',
    why: 'One word less in its policy. SageMaker still takes the job: only the download needs that action.',
    layer: 'exec-role-policy',
    async apply({ call, voice }, world) {
      const PolicyDocument = trainingPolicy(world, 's3:GetObject')
      await call('iam', 'PutRolePolicy', { RoleName: world.role, PolicyName: 'training', PolicyDocument })
      voice.drawing((paint) => drawPath(pathOf(world), { refused: 'AccessDenied', paint }))
    },
  },
  {
    title: 'Broken: the S3 endpoint is gone',
    why: 'Its route went with it. Every policy still says yes, but the packets have nowhere to go.',
    layer: 'route',
    async apply({ call, voice }, world) {
      await call('ec2', 'DeleteVpcEndpoints', { VpcEndpointIds: [world.endpoint.id] })
      world.endpoint.id = ''
      voice.drawing((paint) => drawPath(pathOf(world), { paint }))
    },
    mended(world, { VpcEndpoint }) {
      world.endpoint.id = VpcEndpoint?.VpcEndpointId ?? ''
    },
  },
  {
    title: 'Broken: the role trusts EC2 instead of SageMaker',
    why: 'Permissions are whole, but nobody may put the role on. This one is refused at once, before there is a job.',
    layer: 'trust',
    async apply({ call }, world) {
      await call('iam', 'UpdateAssumeRolePolicy', {
        RoleName: world.role,
        PolicyDocument: trusting('ec2.amazonaws.com'),
      })
    },
  },
]

/** Breaks one thing, runs into it, has it explained, does what the explanation says, and tries the same job again. */
export async function breakAndRepair(guide: Guide, world: World, broken: Break, at: number): Promise<void> {
  const { report, voice } = guide
  await guide.step(broken.title, broken.why, async () => {
    await broken.apply(guide, world)
    const name = (attempt: string) => `tour-${world.suffix}-break-${at}-${attempt}`
    const outcome = await attempt(guide, world, name('1'))
    if ('completed' in outcome) throw new Error('the job completed although it was broken')
    voice.note('AWS says', `${outcome.error.code}: ${outcome.error.message}`, 'bad')

    guide.show(`./sallyport explain ${outcome.explained}`)
    const explanation = await fetchExplanation(guide.client, outcome.explained)
    const found = reportOf(broken.title, outcome, explanation)
    report.breaks.push(found)
    tell(guide, found, explanation)
    if (!explanation.blockers.some((one) => one.layer === broken.layer))
      throw new Error(`the explanation does not name the layer ${broken.layer}`)
    if (!explanation.fixes.length) throw new Error('the explanation knows no fix')

    for (const fix of explanation.fixes) {
      const answer = await applyFix(guide, fix)
      broken.mended?.(world, answer)
    }
    const again = await attempt(guide, world, name('2'))
    found.repaired = 'completed' in again ? 'Completed' : `${again.error.code}: ${again.error.message}`
    if (!('completed' in again)) throw new Error(`the fix was applied, and still: ${found.repaired}`)
    return 'repaired as told: the same job again, Completed'
  })
}

type Outcome = { completed: Job } | Pick<BreakReport, 'error' | 'explained'>

/** The job, small: one channel and three epochs. */
async function attempt({ call, client, voice }: Guide, world: World, name: string): Promise<Outcome> {
  try {
    const told = `aws sagemaker create-training-job --training-job-name ${name} …`
    await call('sagemaker', 'CreateTrainingJob', jobRequest(world, name, { channels: ['train'], epochs: 3 }), { told })
  } catch (error) {
    const id = error instanceof AwsError ? error.fields['RequestId'] : undefined
    if (!(error instanceof AwsError) || !id) throw error
    return { error: { code: error.code, message: error.message, by: 'request' }, explained: id }
  }
  const job = await follow(client, name, { status: (text) => voice.busy(text) })
  if (job.TrainingJobStatus === 'Completed') return { completed: job }
  const [code = '', ...rest] = (job.FailureReason ?? '').split(': ')
  return { error: { code, message: rest.join(': '), by: 'job' }, explained: job.TrainingJobArn }
}

function reportOf(
  title: string,
  outcome: Pick<BreakReport, 'error' | 'explained'>,
  { steps, blockers, fixes }: Explanation,
): BreakReport {
  const step = steps?.find((one) => one.status === 'failed')?.name
  return {
    title,
    ...outcome,
    ...(step ? { step } : {}),
    blockers: blockers.map(({ layer, text }) => ({ layer, text })),
    fixes: fixes.map(({ text, command }) => ({ text, command })),
    repaired: '',
  }
}

/** The explanation in short: where it stopped, why, and what to do. */
function tell({ voice }: Guide, { step, fixes }: BreakReport, { way, causedBy, blockers }: Explanation): void {
  const { via, vpcEndpointId = '' } = (way ?? {}) as { via?: string; vpcEndpointId?: string }
  const place = [
    step && `at the job's step ${step}`,
    causedBy && `in the inner call ${causedBy.service}:${causedBy.operation}`,
    via &&
      via !== 'service-network' &&
      via !== 'public' &&
      `arriving by ${[via, vpcEndpointId].filter(Boolean).join(' ')}`,
  ]
  voice.note('Where', place.filter(Boolean).join(', '))
  const nearest = blockers.find(isNearMiss)
  for (const { layer, text } of blockers.filter((one) => !isNearMiss(one))) voice.note('Why', `[${layer}] ${text}`)
  if (nearest) voice.note('Nearest', nearest.text)
  for (const { text } of fixes) voice.note('Fix', `${text} (tried on a copy first: it helps)`, 'good')
}

/** A statement that nearly decided otherwise. */
const isNearMiss = ({ code }: Explanation['blockers'][number]): boolean => code.endsWith('_MISMATCH')

function applyFix({ call }: Guide, { call: { service, operation, input }, command }: Fix) {
  return call(service, operation, input, { command })
}
