import type {
  DecodeAuthorizationMessageCommandInput,
  DecodeAuthorizationMessageCommandOutput,
} from '@aws-sdk/client-sts'
import { open } from '../../door/authorization-message.ts'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'

/**
 * Opens the encoded message of a refusal (EC2's). inferred: only for principals of the account that was refused; for
 * others, as for what this server did not seal, the message is none.
 */
export const decodeAuthorizationMessage = operation<
  DecodeAuthorizationMessageCommandInput,
  DecodeAuthorizationMessageCommandOutput
>('sts', 'DecodeAuthorizationMessage', {
  needs: () => [need('sts:DecodeAuthorizationMessage', '*')],
  perform: ({ EncodedMessage }, { call, world }) => {
    const message = open(world.store, EncodedMessage)
    if (message?.account !== call.account) {
      // inferred: the sentence.
      throw new AwsError('InvalidAuthorizationMessageException', 'Message is not valid')
    }
    return { DecodedMessage: message.document }
  },
})
