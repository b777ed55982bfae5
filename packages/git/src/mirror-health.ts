import {BroadsideError} from '@broadside/runtime'

/**
 * Remembers that reading failed in a way that a new copy of the repository would cure: fetching alone does not notice
 * damage, for it finds the branch where it should be. A file that is missing makes the mirror suspect once in the life
 * of a process, because the question may have been wrong, and each new copy is a whole transfer.
 */
export function createHealth() {
  let suspect = false
  let hasDoubted = false
  const judge = (error: unknown): void => {
    if (!(error instanceof BroadsideError)) return
    if (error.code === 'git.read.failed') suspect = true
    if (error.code === 'git.blob.missing' && !hasDoubted) {
      suspect = true
      hasDoubted = true
    }
  }
  return {
    isSuspect: () => suspect,
    restored: () => {
      suspect = false
    },
    async check<T>(read: () => Promise<T>): Promise<T> {
      try {
        return await read()
      } catch (error) {
        judge(error)
        throw error
      }
    },
    async *watch<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
      try {
        yield* items
      } catch (error) {
        judge(error)
        throw error
      }
    },
  }
}
