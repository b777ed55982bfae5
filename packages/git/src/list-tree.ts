import {decodePath} from './decode-path.ts'
import type {TreeEntry} from './mirror.ts'
import {streamRecords} from './run-git.ts'

/** All files of a commit, as git writes them, ordered by path. */
export async function* listTree(dir: string, commit: string): AsyncGenerator<TreeEntry> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', commit]
  for await (const record of streamRecords(dir, args)) {
    const tab = record.indexOf(0x09)
    const [modeEnd, typeEnd, oidEnd] = spacesIn(record)
    // Each cut out by itself: a part of a string keeps all of it in memory, for as long as somebody holds the hash.
    const mode = record.toString('latin1', 0, modeEnd)
    const oid = record.toString('latin1', typeEnd + 1, oidEnd)
    const size = record.toString('latin1', oidEnd + 1, tab).trimStart()
    yield {...decodePath(record.subarray(tab + 1)), mode, oid, size: size === '-' ? 0 : Number(size)}
  }
}

/** Where mode, type and hash end. */
function spacesIn(record: Buffer): [number, number, number] {
  const first = record.indexOf(0x20)
  const second = record.indexOf(0x20, first + 1)
  return [first, second, record.indexOf(0x20, second + 1)]
}
