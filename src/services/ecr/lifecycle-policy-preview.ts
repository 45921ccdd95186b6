import type {
  GetLifecyclePolicyPreviewCommandInput,
  GetLifecyclePolicyPreviewCommandOutput,
  StartLifecyclePolicyPreviewCommandInput,
  StartLifecyclePolicyPreviewCommandOutput,
} from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { lifecyclePolicyNotFound, lifecyclePolicyPreviewNotFound } from './errors.ts'
import { imagesOf } from './image.ts'
import { evaluateLifecycle } from './lifecycle-evaluate.ts'
import { lifecyclePolicyOf } from './lifecycle-policy.ts'
import { parseLifecyclePolicy } from './lifecycle-rules.ts'
import { page } from './page.ts'
import { findRepository, onRepository, repositoryId, repositoryKey } from './repository.ts'

/** Document `ecr/lifecycle-preview`, keyed `account/region/name`: the outcome of the last one. */
interface Preview {
  text: string
  results: readonly { imageDigest: string; imageTags: readonly string[]; imagePushedAt: number; priority: number }[]
}

export const PREVIEWS = 'ecr/lifecycle-preview'

/** AWS takes a while and says so; here the result is there when it is asked for. */
export const startLifecyclePolicyPreview = operation<
  StartLifecyclePolicyPreviewCommandInput,
  StartLifecyclePolicyPreviewCommandOutput
>('ecr', 'StartLifecyclePolicyPreview', {
  needs: onRepository('StartLifecyclePolicyPreview'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    return world.store.transaction(() => {
      findRepository(world, id)
      const text = input.lifecyclePolicyText ?? lifecyclePolicyOf(world.store, id)?.text
      if (text === undefined) throw lifecyclePolicyNotFound(id)
      const expiries = evaluateLifecycle(imagesOf(world, id), parseLifecyclePolicy(text), call.time / 1000)
      const results = expiries.map(({ image: { imageDigest, imageTags, imagePushedAt }, priority }) => ({
        imageDigest,
        imageTags,
        imagePushedAt,
        priority,
      }))
      const ordered = results.toSorted((a, b) => (a.imageDigest < b.imageDigest ? -1 : 1))
      world.store.put<Preview>(PREVIEWS, repositoryKey(id), { text, results: ordered })
      return {
        registryId: id.account,
        repositoryName: id.name,
        lifecyclePolicyText: text,
        status: 'IN_PROGRESS' as const,
      }
    })
  },
})

export const getLifecyclePolicyPreview = operation<
  GetLifecyclePolicyPreviewCommandInput,
  GetLifecyclePolicyPreviewCommandOutput
>('ecr', 'GetLifecyclePolicyPreview', {
  needs: onRepository('GetLifecyclePolicyPreview'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    findRepository(world, id)
    const preview = world.store.get<Preview>(PREVIEWS, repositoryKey(id))
    if (!preview) throw lifecyclePolicyPreviewNotFound(id)
    const { tagStatus = 'ANY' } = input.filter ?? {}
    const wanted = preview.results.filter(
      ({ imageDigest, imageTags }) =>
        (tagStatus === 'ANY' || imageTags.length > 0 === (tagStatus === 'TAGGED')) &&
        (!input.imageIds?.length ||
          input.imageIds.some(
            (one) =>
              (one.imageDigest === undefined || one.imageDigest === imageDigest) &&
              (one.imageTag === undefined || imageTags.includes(one.imageTag)),
          )),
    )
    const { items, nextToken } = page(wanted, ({ imageDigest }) => imageDigest, input)
    return {
      registryId: id.account,
      repositoryName: id.name,
      lifecyclePolicyText: preview.text,
      status: 'COMPLETE' as const,
      ...(nextToken !== undefined && { nextToken }),
      previewResults: items.map(({ imageDigest, imageTags, imagePushedAt, priority }) => ({
        ...(imageTags.length > 0 && { imageTags: [...imageTags] }),
        imageDigest,
        imagePushedAt,
        action: { type: 'EXPIRE' as const },
        appliedRulePriority: priority,
      })),
      summary: { expiringImageTotalCount: preview.results.length },
    }
  },
})
