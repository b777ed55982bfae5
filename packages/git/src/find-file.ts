import type {BlobReader} from './blob-reader.ts'

export type FoundFile = {mode: string; oid: string}

/**
 * Regular file at a path of a commit, undefined where there is none; symbolic links and submodules are not regular.
 * Reads the one tree that holds the name, in the process that is running already.
 */
export async function findFile(objects: BlobReader, commit: string, path: string): Promise<FoundFile | undefined> {
  const slash = path.lastIndexOf('/')
  const tree = await objects.contents(`${commit}:${path.slice(0, Math.max(slash, 0))}`)
  if (tree?.type !== 'tree') return undefined
  const found = findEntry(Buffer.from(tree.bytes), Buffer.from(path.slice(slash + 1)), commit.length / 2)
  return found !== undefined && found.mode.startsWith('100') ? found : undefined
}

/** A tree is entries of `mode name NUL hash`, where the hash is bytes. */
function findEntry(tree: Buffer, name: Buffer, hashBytes: number): FoundFile | undefined {
  for (let start = 0; start < tree.length;) {
    const space = tree.indexOf(0x20, start)
    const nul = tree.indexOf(0, space)
    if (space < 0 || nul < 0) return undefined
    const end = nul + 1 + hashBytes
    if (tree.subarray(space + 1, nul).equals(name)) {
      return {mode: tree.toString('latin1', start, space), oid: tree.toString('hex', nul + 1, end)}
    }
    start = end
  }
  return undefined
}
