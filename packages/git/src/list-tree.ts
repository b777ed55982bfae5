import {decodePath} from './decode-path.ts'
import type {TreeEntry} from './mirror.ts'
import {streamRecords} from './run-git.ts'

/** All files of a commit, as git writes them, ordered by path. */
export async function* listTree(dir: string, commit: string): AsyncGenerator<TreeEntry> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', commit]
  for await (const record of streamRecords(dir, args)) {
    const tab = record.indexOf(0x09)
    const [mode = '', , oid = '', size = ''] = record.toString('latin1', 0, tab).split(/ +/)
    yield {...decodePath(record.subarray(tab + 1)), mode, oid, size: size === '-' ? 0 : Number(size)}
  }
}
