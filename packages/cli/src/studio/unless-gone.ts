import {BroadsideError} from '@broadside/runtime'

const codes = ['ENOENT', 'ENOTDIR', 'EISDIR']

/**
 * For what fails while files are followed: a file that went meanwhile, of which the next event tells, and a studio that was
 * left. Everything else is thrown again, since nobody would hear of it otherwise.
 */
export function unlessGone(error: unknown): undefined {
  if (error instanceof BroadsideError && error.code === 'markdown.pool-closed') return undefined
  if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
  throw error
}
