import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { uploadNotFound } from './errors.ts'
import { contentKey, discard, UPLOADS, type Upload } from './layer.ts'
import { findRepository } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** The upload, or UploadNotFoundException. */
export function findUpload(world: World, id: RepositoryId, uploadId: string): Upload {
  findRepository(world, id)
  const upload = world.store.get<Upload>(UPLOADS, contentKey(id, uploadId))
  if (!upload) throw uploadNotFound(id, uploadId)
  return upload
}

/** Adds written bytes to an upload that `fits`; another part, or its end, may have come while they were written. */
export async function appendPart(
  world: World,
  id: RepositoryId,
  uploadId: string,
  bytes: StoredBytes,
  fits: (upload: Upload) => void,
  more: Partial<Upload> = {},
): Promise<void> {
  try {
    world.store.transaction(() => {
      const upload = findUpload(world, id, uploadId)
      fits(upload)
      const grown = { ...upload, ...more, parts: [...upload.parts, bytes] }
      world.store.put<Upload>(UPLOADS, contentKey(id, uploadId), grown)
    })
  } catch (error) {
    await discard(world, [bytes])
    throw error
  }
}
