import { invalidArgument } from './errors.ts'
import { MAX_KEYS } from './listing.ts'

/** How many entries a page may have: at most 1,000, whatever is asked. Throws InvalidArgument. */
export function pageSize(asked: number | undefined, argument = 'maxKeys'): number {
  if (asked !== undefined && asked < 0) {
    throw invalidArgument(`Argument ${argument} must be an integer between 0 and 2147483647`, argument, String(asked))
  }
  if (asked !== undefined && asked > 2_147_483_647) {
    const name = argument === 'maxKeys' ? 'max-keys' : argument
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, String(asked))
  }
  return Math.min(asked ?? MAX_KEYS, MAX_KEYS)
}

export function checkEncoding(encodingType: string | undefined): void {
  if (encodingType === undefined || encodingType === 'url') return
  throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType)
}
