import type {
  InstanceMetadataOptionsRequest,
  InstanceMetadataOptionsResponse,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { ImageDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue } from '../errors.ts'
import { attributes, on } from '../needs.ts'
import { instances } from '../nouns.ts'
import { without } from '../without.ts'
import { requireLive } from './instance-state.ts'

type Options = Shape<InstanceMetadataOptionsResponse>

/**
 * How instance metadata answers. Of images that ask for version 2 tokens are required and may go one hop further
 * (EC2 User Guide, "Configure the Instance Metadata Service options", order of precedence).
 */
export function launchMetadataOptions(
  given: Shape<InstanceMetadataOptionsRequest> | undefined,
  image: ImageDocument | undefined,
): Options {
  const second = image?.ImdsSupport === 'v2.0'
  return checked({
    State: 'applied',
    HttpEndpoint: 'enabled',
    HttpProtocolIpv6: 'disabled',
    HttpPutResponseHopLimit: second ? 2 : 1,
    HttpTokens: second ? 'required' : 'optional',
    InstanceMetadataTags: 'disabled',
    ...given,
  })
}

const choices: readonly (readonly [keyof Options, readonly string[]])[] = [
  ['HttpEndpoint', ['enabled', 'disabled']],
  ['HttpProtocolIpv6', ['enabled', 'disabled']],
  ['HttpTokens', ['optional', 'required']],
  ['InstanceMetadataTags', ['enabled', 'disabled']],
]

/** inferred: the sentences. */
function checked(options: Options): Options {
  const hops = options.HttpPutResponseHopLimit ?? 1
  if (hops < 1 || hops > 64) {
    throw invalidValue(
      `Value (${hops}) for parameter HttpPutResponseHopLimit is invalid. Expecting a value between 1 and 64.`,
    )
  }
  for (const [name, allowed] of choices) {
    const value = String(options[name])
    if (!allowed.includes(value)) {
      throw invalidValue(`Value (${value}) for parameter ${name} is invalid. Expecting one of ${allowed.join(', ')}.`)
    }
  }
  return options
}

export const modifyInstanceMetadataOptions = ec2Operation<
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult
>('ModifyInstanceMetadataOptions', {
  needs: (input, estate) => [
    on(
      estate,
      'ModifyInstanceMetadataOptions',
      instances,
      input.InstanceId,
      attributes(without(input, 'InstanceId', 'DryRun')),
    ),
  ],
  perform(input, estate) {
    const instance = requireLive(estate, input.InstanceId)
    const change = without(input, 'InstanceId', 'DryRun')
    if (Object.keys(change).length === 0) throw invalidCombination('No attributes specified.') // inferred: the sentence.
    const MetadataOptions = checked({ ...instance.MetadataOptions, ...change })
    estate.save(instances, { ...instance, MetadataOptions })
    return { InstanceId: instance.InstanceId, InstanceMetadataOptions: { ...MetadataOptions, State: 'pending' } }
  },
})
